import { mkdirSync, openSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import type { App } from '../app.js'
import { messageOf } from '../base/error-message.js'
import { choice, UserError } from '../base/user-error.js'
import type { CheckedSettings } from '../config/read-settings.js'
import { flagOf, type Settings } from '../config/settings.js'
import { unknownVariables } from '../config/unknown-variables.js'
import type { Output } from '../log/log.js'
import { createLog } from '../log/logger.js'
import { createLogHooks } from '../log/request-log.js'
import type { CommandRecord } from '../report/flight-record.js'
import { formatIssue } from '../scenario/validation-issue.js'
import type { RunningServer } from '../server/listeners.js'
import { tlsOf } from '../startup/from-settings.js'
import { openApp } from '../startup/open-app.js'
import { readWithScenario } from '../startup/read-scenario.js'
import { runApp } from '../startup/run-app.js'
import { systemClock } from '../state/clock.js'
import type { TlsIdentity } from '../tls/identity.js'
import type { CommandContext } from './context.js'
import { exitCodes } from './exit-codes.js'
import { reportPortError } from './ports.js'
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
  const { startReport } = await import('../report/report.js')
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
