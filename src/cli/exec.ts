import { UserError } from '../base/errors.js'
import type { CheckedSettings, Environment } from '../config/read-settings.js'
import type { CommandRecord } from '../run/report.js'
import {
  type AuthorityFile,
  addressesOf,
  CommandError,
  commandEnvironment,
  parseTemplates,
  placeholdersFor,
  proxyHint,
  type RunningCommand,
  startCommand,
  type VariableTemplate,
  writeAuthority
} from '../run/run-command.js'
import { systemClock } from '../session/clock.js'
import { spaceName } from '../session/space-values.js'
import { type CommandContext, exitCodes } from './command-context.js'
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
  const { templates, problems } = checkOptions(checked, options, context)
  // The log is mixed with the output of the command.
  const settings = { ...checked.settings, ...(checked.settings.log === 'auto' && { log: 'pretty' as const }) }
  const server = await startServer({ settings, problems }, context, context.stderr)
  if (!server) return exitCodes.portInUse
  let authority: AuthorityFile | undefined
  let record: CommandRecord | undefined
  let failed = 0
  let hasRequests = false
  try {
    authority = server.tls?.ca === undefined ? undefined : await writeAuthority(server.tls.ca)
    const env = environmentFor(server, { ...options, templates, ca: authority?.path }, context)
    record = await runCommand(options.words, env, context)
    hasRequests = server.app.spaces.list().some(({ journal }) => journal.size + journal.dropped > 0)
  } finally {
    failed = await server.close(record)
    await authority?.remove()
  }
  const hint = proxyHint(context.env)
  if (hint !== '' && !hasRequests) context.stderr.write(`session-mock: no request came: ${hint}\n`)
  return record.exitCode === 0 ? failed : record.exitCode
}

/** The templates, and a line for each wrong setting or option. Throws a UserError without a command. */
const checkOptions = (
  { settings, problems }: CheckedSettings,
  { words, space, env = [] }: ExecOptions,
  { products }: CommandContext
): { readonly templates: readonly VariableTemplate[]; readonly problems: readonly string[] } => {
  const wrong = [...problems]
  if (words.length === 0) wrong.push('no command: write it after two hyphens, as in session-mock exec -- npm test')
  if (space !== undefined && !spaceName.test(space))
    wrong.push(`--space "${space}": expected 1 to 64 letters, digits, ".", "_" or "-"`)
  const https = settings.httpsPort !== undefined
  const known = placeholdersFor(settings.products ?? products, { https, space: space !== undefined })
  const templates = env.flatMap(text => {
    try {
      return parseTemplates([text], known)
    } catch (error) {
      if (!(error instanceof UserError)) throw error
      wrong.push(error.message)
      return []
    }
  })
  return { templates, problems: wrong }
}

interface EnvironmentOptions {
  readonly space?: string | undefined
  readonly templates: readonly VariableTemplate[]
  /** The file of the generated authority. */
  readonly ca: string | undefined
}

const environmentFor = (
  { app, listeners, tls, settings }: CommandServer,
  { space, templates, ca = settings.tlsCert }: EnvironmentOptions,
  { env }: CommandContext
): Environment => {
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
