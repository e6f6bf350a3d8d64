import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { UserError } from '../base/user-error.js'
import type { CheckedSettings, Environment } from '../config/read-settings.js'
import { CommandError, type RunningCommand, startCommand } from '../exec/command.js'
import {
  addressesOf,
  commandEnvironment,
  parseTemplates,
  placeholdersFor,
  type VariableTemplate
} from '../exec/variables.js'
import type { CommandRecord } from '../report/flight-record.js'
import { systemClock } from '../state/clock.js'
import { spaceName } from '../state/space-name.js'
import type { CommandContext } from './context.js'
import { exitCodes } from './exit-codes.js'
import { type CommandServer, startServer } from './start-server.js'

/** The options of `exec` beside the settings. */
export interface ExecOptions {
  /** The command and its arguments, from after `--`. */
  readonly words: readonly string[]
  readonly space?: string | undefined
  /** `NAME=TEMPLATE`, for each `--env`. */
  readonly env?: readonly string[] | undefined
}

/** Milliseconds for processes left behind by the command. */
const grace = 1000

/** Runs a command beside a server. Resolves to the exit code of the command. */
export const execCommand = async (
  checked: CheckedSettings,
  options: ExecOptions,
  context: CommandContext
): Promise<number> => {
  const templates = checkOptions(checked, options, context)
  // The log is mixed with the output of the command.
  const settings = { ...checked.settings, ...(checked.settings.log === 'auto' && { log: 'pretty' as const }) }
  const server = await startServer({ ...checked, settings }, context, context.stderr)
  if (!server) return exitCodes.portInUse
  const folder = await mkdtemp(join(tmpdir(), 'session-mock-'))
  let record: CommandRecord | undefined
  let failed = 0
  try {
    const env = await environmentFor(server, { ...options, templates, folder }, context)
    record = await runCommand(options.words, env, context)
  } finally {
    failed = await server.close(record)
    await rm(folder, { recursive: true, force: true })
  }
  return record.exitCode === 0 ? failed : record.exitCode
}

/** Throws a UserError for an invalid option. */
const checkOptions = (
  { settings, problems }: CheckedSettings,
  { words, space, env = [] }: ExecOptions,
  { products }: CommandContext
): VariableTemplate[] => {
  if (words.length === 0)
    throw new UserError('no command: write it after two hyphens, as in session-mock exec -- npm test')
  if (space !== undefined && !spaceName.test(space))
    throw new UserError(`--space "${space}": expected 1 to 64 letters, digits, ".", "_" or "-"`)
  if (problems.length > 0) return []
  const https = settings.httpsPort !== undefined
  return parseTemplates(env, placeholdersFor(settings.products ?? products, { https, space: space !== undefined }))
}

interface EnvironmentOptions {
  readonly space?: string | undefined
  readonly templates: readonly VariableTemplate[]
  /** For the file of the authority. */
  readonly folder: string
}

const environmentFor = async (
  { app, listeners, tls, settings }: CommandServer,
  { space, templates, folder }: EnvironmentOptions,
  { env }: CommandContext
): Promise<Environment> => {
  const ca = tls?.ca === undefined ? settings.tlsCert : join(folder, 'ca.pem')
  if (ca !== undefined && tls?.ca !== undefined) await writeFile(ca, tls.ca)
  const addresses = addressesOf(app.products, listeners, { space, ca: tls && ca })
  return commandEnvironment(env, addresses, templates)
}

const runCommand = async (
  words: readonly string[],
  env: Environment,
  context: CommandContext
): Promise<CommandRecord> => {
  const early: NodeJS.Signals[] = []
  let command: RunningCommand | undefined
  const unlisten = context.onSignal?.(signal => {
    if (command) command.kill(signal)
    else early.push(signal)
  })
  try {
    command = await startCommand({ words, env, systemClock })
    for (const signal of early) command.kill(signal)
    const { code, signal } = await command.ended
    if (await command.endGroup(grace))
      context.stderr.write('session-mock: ended processes left behind by the command\n')
    return { words, exitCode: code, ...(signal && { signal }) }
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    context.stderr.write(`session-mock: ${error.message}\n`)
    return { words, exitCode: error.code }
  } finally {
    unlisten?.()
  }
}
