import { mkdirSync, openSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import type { App } from '../app.js'
import { messageOf } from '../base/error-message.js'
import { choice, UserError } from '../base/errors.js'
import { type CheckedSettings, type Environment, type Flags, unknownVariables } from '../config/read-settings.js'
import { flagOf, type Settings, variableOf } from '../config/settings.js'
import type { Output } from '../run/log.js'
import { createLog } from '../run/logger.js'
import { openApp, tlsOf } from '../run/open-app.js'
import { readWithScenario } from '../run/read-scenario.js'
import type { CommandRecord } from '../run/report.js'
import { createLogHooks } from '../run/request-log.js'
import { runApp } from '../run/run-app.js'
import { formatIssue } from '../scenario/validation-issue.js'
import type { TlsIdentity } from '../server/identity.js'
import type { RunningServer } from '../server/listeners.js'
import { systemClock } from '../session/clock.js'
import { type CommandContext, exitCodes } from './command-context.js'
import { catalogOf } from './scenario-commands.js'

/** A server of the command, with log, watched scenario, audit and report. */
export interface CommandServer {
  readonly settings: Settings
  readonly app: App
  readonly listeners: RunningServer['listeners']
  readonly tls: TlsIdentity | undefined
  /** Stops the server, writes the report, and prints the findings of `--strict`. Resolves to the exit code. */
  close(command?: CommandRecord): Promise<number>
}

/**
 * Starts a server. Resolves to undefined if a port is not available, which is reported. Logs to `output`, or to the file of the
 * settings. Throws a UserError with all problems before anything is started.
 */
export const startServer = async (
  checked: CheckedSettings,
  context: CommandContext,
  output: Output
): Promise<CommandServer | undefined> => {
  const catalog = catalogOf(context)
  const { settings, scenario: parsed, overlay } = await readWithScenario(checked, catalog)
  warnOfUnknownVariables(context)
  const log = await createLog(settings, logOutput(settings, output), context.env)
  for (const warning of parsed.warnings) log.warn(formatIssue(warning))
  const tls = await tlsOf(settings)
  const report = await startReport(settings, context)
  const { products, endpoints, version, dashboard } = context
  const parts = { products, endpoints, version, dashboard, ...createLogHooks(log) }
  const { scenario } = parsed
  const opened = await openApp(settings, { ...parts, scenario, catalog, overlay, tls, log, recorder: report?.recorder })
  const { app } = opened
  const running = await runApp(opened, settings, { catalog, tls, log }).catch(error =>
    reportPortError(error, settings, context)
  )
  if (!running) return undefined
  const { listeners } = running
  const close = async (command?: CommandRecord) => {
    const findings = await running.stop()
    await report?.write(app.spaces, listeners[0]?.url ?? '', command)
    return printFindings(findings, context)
  }
  return { settings, app, listeners, tls, close }
}

/** The report of the settings, if any; loaded on demand. */
const startReport = async (settings: Settings, { version, products }: CommandContext) => {
  if (settings.report === undefined) return undefined
  const { startReport } = await import('../run/report.js')
  return startReport(settings.report, { settings, version, products, systemClock })
}

/** The log file, or else the output. Throws a UserError if the file is not writable. */
const logOutput = ({ logFile }: Settings, output: Output): Output => {
  if (logFile === undefined) return output
  try {
    mkdirSync(dirname(logFile), { recursive: true })
    const file = openSync(logFile, 'a')
    return { write: text => writeSync(file, text) }
  } catch (error) {
    throw new UserError(`${flagOf('logFile')} "${logFile}": it cannot be written: ${messageOf(error)}`)
  }
}

const warnOfUnknownVariables = ({ env, stderr }: CommandContext): void => {
  const names = unknownVariables(env)
  if (names.length > 0)
    stderr.write(
      `session-mock: ${choice(names, 'and')} ${names.length === 1 ? 'is not a setting' : 'are not settings'}, ignored\n`
    )
}

/** Prints the findings of `--strict`. Returns the exit code. */
const printFindings = (findings: readonly string[], { stderr }: CommandContext): number => {
  if (findings.length === 0) return exitCodes.stopped
  stderr.write(`session-mock: ${flagOf('strict')} found:\n${findings.map(line => `  ${line}\n`).join('')}`)
  return exitCodes.found
}

/** Flags for a server on a free port by default. The variable PORT is for the command, not for the server. */
export const withFreePort = (flags: Flags, env: Environment): Flags =>
  flags.port !== undefined || env[variableOf('port')] ? flags : { ...flags, port: '0' }

/** Whether only programs on this machine can connect. */
export const isLoopback = (host: string): boolean => host === 'localhost' || host === '::1' || host.startsWith('127.')

type ListenError = NodeJS.ErrnoException & { readonly port?: number }

const reasons: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is in use',
  EACCES: 'cannot be opened: this user has no permission for it'
}

/** Reports an unavailable port and an alternative. Rethrows other errors. */
export const reportPortError = (
  error: ListenError,
  { host, listen }: Pick<Settings, 'host' | 'listen'>,
  { stderr }: CommandContext
): undefined => {
  const reason = reasons[error.code ?? '']
  if (error.code === 'EADDRNOTAVAIL' || error.syscall === 'getaddrinfo')
    throw new UserError(`${flagOf('host')} "${host}": this machine has no such address`)
  if (reason === undefined) throw error
  const own = listen.find(listener => listener.port === error.port)?.product.name
  const flag = own === undefined ? `${flagOf('port')} <number>` : `${flagOf('listen')} ${own}=<number>`
  stderr.write(
    `session-mock: port ${error.port} on ${host} ${reason}; choose another with ${flag}; 0 selects a free one\n`
  )
  return undefined
}
