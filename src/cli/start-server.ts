import { mkdirSync, openSync, writeSync } from 'node:fs'
import { dirname } from 'node:path'
import type { App } from '../app.js'
import { choice, UserError } from '../base/user-error.js'
import type { CheckedSettings } from '../config/read-settings.js'
import { flagOf, type Settings } from '../config/settings.js'
import { unknownVariables } from '../config/unknown-variables.js'
import { createLog, type Log, type Output } from '../log/logger.js'
import { createBugLog, createControlLog, createRequestLog } from '../log/request-log.js'
import type { CommandRecord } from '../report/flight-record.js'
import { formatIssue } from '../scenario/validation-issue.js'
import { limitsOf } from '../server/limits.js'
import { listen, type RunningServer } from '../server/listeners.js'
import { allAudits } from '../startup/all-audits.js'
import { appOf, listenersOf, tlsOf } from '../startup/from-settings.js'
import { openStoreOf } from '../startup/open-store.js'
import { readWithScenario } from '../startup/read-scenario.js'
import { createStrictAudit } from '../startup/strict-audit.js'
import { watch } from '../startup/watch.js'
import { systemClock } from '../state/clock.js'
import type { TlsIdentity } from '../tls/identity.js'
import type { CommandContext } from './context.js'
import { exitCodes } from './exit-codes.js'
import { portTaken } from './ports.js'
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
  outside: CommandContext,
  output: Output
): Promise<CommandServer | undefined> => {
  const catalog = catalogOf(outside)
  const { settings, scenario: parsed, overlay } = await readWithScenario(checked, catalog)
  warnOfUnknownVariables(outside)
  const log = await createLog(settings, logOutput(settings, output), outside.env)
  for (const warning of parsed.warnings) log.warn(formatIssue(warning))
  const tls = await tlsOf(settings)
  const report = await startReport(settings, outside)
  const strict = settings.strict ? await createStrictAudit(catalog) : undefined
  const store = await openStoreOf(settings, { ...outside, scenario: parsed.scenario, catalog, log })
  const app = appOf(settings, {
    ...partsOf(outside, log),
    replication: store,
    scenario: parsed.scenario,
    catalog,
    ca: tls?.ca,
    overlay,
    ...allAudits(strict, report?.recorder),
    ...(report && { onEvent: report.recorder.onEvent })
  })
  await store?.load()
  const running = await listenWith(app, settings, tls, log).catch(async error => {
    await store?.close()
    return portTaken(error, settings, outside)
  })
  if (!running) return undefined
  const watching = settings.watch
    ? await watch(catalog, settings.scenario, { spaces: app.spaces, log, systemClock })
    : undefined
  return {
    settings,
    app,
    listeners: running.listeners,
    tls,
    close: async command => {
      await Promise.all([watching?.close(), running.close()])
      await store?.close()
      await report?.write(app.spaces, running.listeners[0]?.url ?? '', command)
      return sayFindings(strict?.findings(app.spaces.list()) ?? [], outside)
    }
  }
}

/** The options that all servers of the command share, with their log. */
const partsOf = ({ products, endpoints, version, dashboard }: CommandContext, log: Log) => ({
  products,
  endpoints,
  version,
  dashboard,
  onExchange: createRequestLog(log),
  hint: (sentence: string) => log.warn(sentence),
  bug: createBugLog(log),
  steered: createControlLog(log)
})

const listenWith = (app: App, settings: Settings, tls: TlsIdentity | undefined, log: Log): Promise<RunningServer> =>
  listen(app, {
    host: settings.host,
    listeners: listenersOf(settings, tls),
    limits: limitsOf(settings),
    hint: sentence => log.warn(sentence),
    systemClock
  })

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
    throw new UserError(`${flagOf('logFile')} "${logFile}": it cannot be written: ${(error as Error).message}`)
  }
}

const warnOfUnknownVariables = ({ env, stderr }: CommandContext): void => {
  const names = unknownVariables(env)
  if (names.length > 0)
    stderr.write(
      `session-mock: ${choice(names, 'and')} ${names.length === 1 ? 'is no setting' : 'are no settings'}, ignored\n`
    )
}

/** Prints the findings of `--strict`. Returns the exit code. */
const sayFindings = (findings: readonly string[], { stderr }: CommandContext): number => {
  if (findings.length === 0) return exitCodes.stopped
  stderr.write(`session-mock: ${flagOf('strict')} found:\n${findings.map(line => `  ${line}\n`).join('')}`)
  return exitCodes.found
}
