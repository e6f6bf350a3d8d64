import type { App } from '../app.js'
import { choice, UserError } from '../base/user-error.js'
import { type CheckedSettings, unknownVariables } from '../config/read-settings.js'
import { flagOf, type Settings } from '../config/settings.js'
import { createStrictAudit } from '../journal/audit.js'
import { createLog } from '../log/logger.js'
import { createBugLog, createRequestLog, loggedSteering } from '../log/request-log.js'
import { formatIssue } from '../scenario/format/validation-issue.js'
import { watch } from '../scenario/format/watch.js'
import type { Scenario } from '../scenario/scenario.js'
import { limitsOf, listen, type RunningServer } from '../server/listeners.js'
import type { AccountDocument } from '../space/accounts.js'
import { systemClock } from '../space/clock.js'
import { banner, readyLine, servedProducts } from './banner.js'
import type { CommandContext } from './cli.js'
import { exitCodes } from './exit-codes.js'
import { appOf, listenersOf, tlsOf } from './from-settings.js'
import { parentEnded } from './parent.js'
import { readWithScenario } from './read-scenario.js'
import { catalogOf } from './scenario-commands.js'

/** Serves until it is asked to stop; the answer is the exit code. */
export const serveCommand = async (checked: CheckedSettings, outside: CommandContext): Promise<number> => {
  const catalog = catalogOf(outside)
  const { settings, scenario: parsed } = await readWithScenario(checked, catalog)
  const { scenario, warnings } = parsed
  warnOfUnknownVariables(outside)
  const log = await createLog(settings, outside.stdout, outside.env)
  for (const warning of warnings) log.warn(formatIssue(warning))
  const tls = await tlsOf(settings)
  const strict = settings.strict ? await createStrictAudit(catalog) : undefined
  const app = appOf(settings, {
    products: outside.products,
    scenario,
    catalog,
    version: outside.version,
    onEntry: createRequestLog(log),
    bug: createBugLog(log),
    steered: loggedSteering(log),
    ca: tls?.ca,
    ...(strict && { audit: strict })
  })
  const listening = await listen(app, {
    host: settings.host,
    listeners: listenersOf(settings, tls),
    limits: limitsOf(settings),
    hint: sentence => log.warn(sentence),
    systemClock
  }).catch(error => portTaken(error, settings, outside))
  if (!listening) return exitCodes.portInUse
  const watching = settings.watch
    ? await watch(catalog, settings.scenario, { spaces: app.spaces, log, systemClock })
    : undefined
  const parent = parentEnded(settings, outside, systemClock)
  try {
    // The handlers are there before the Ready line, which a signal may follow at once.
    const stopped = outside.stopped()
    await greet(app, listening, settings, outside)
    warnOfOpenControl(settings, outside)
    await Promise.race([stopped, parent.ended])
  } finally {
    parent.close()
    await Promise.all([watching?.close(), listening.close()])
  }
  return sayFindings(strict?.findings(app.spaces.list()) ?? [], outside)
}

const warnOfUnknownVariables = ({ env, stderr }: CommandContext): void => {
  const names = unknownVariables(env)
  if (names.length > 0)
    stderr.write(
      `session-mock: ${choice(names, 'and')} ${names.length === 1 ? 'is no setting' : 'are no settings'}, ignored\n`
    )
}

/** What a strict end has found, for people; the answer is the exit code. */
const sayFindings = (findings: readonly string[], { stderr }: CommandContext): number => {
  if (findings.length === 0) return exitCodes.stopped
  stderr.write(`session-mock: ${flagOf('strict')} found:\n${findings.map(line => `  ${line}\n`).join('')}`)
  return exitCodes.found
}

/** Said at every level of the log: who listens on a wide address has to know. */
const warnOfOpenControl = ({ host, adminToken }: Settings, { stderr }: CommandContext): void => {
  const near = host === 'localhost' || host === '::1' || host.startsWith('127.')
  if (!near && adminToken === undefined)
    stderr.write(
      `session-mock: the control API, /__admin, is open to everyone who reaches ${host}; set ${flagOf('adminToken')}, or ${flagOf('adminPort')} and keep that port to yourself\n`
    )
}

const greet = async (
  app: App,
  { listeners }: RunningServer,
  settings: Settings,
  outside: CommandContext
): Promise<void> => {
  const { stdout, env, version } = outside
  const rows = servedProducts(app.products, listeners)
  const url = listeners[0]?.url ?? ''
  const { scenario } = app.spaces.default
  const https = listeners.find(({ tls }) => tls)?.url
  const ready = readyLine(version, url)
  if (settings.log !== 'json')
    return void stdout.write(
      `${banner(rows, { ...settings, scenario: scenario.title, ...sampleAccount(scenario) }, https)}${ready}\n`
    )
  const products = Object.fromEntries(
    rows.filter(({ space }) => space === undefined).map(({ product, url }) => [product.name, `${url}${product.base}`])
  )
  // That it is ready is said at every level.
  const log = await createLog({ log: 'json', logLevel: 'info' }, stdout, env)
  log.info({ version, url, ...(https && { https }), products }, ready)
}

/** The first account of the scenario: where it lists some, demo may not be one of them. */
const sampleAccount = ({ accounts }: Scenario): { readonly account?: AccountDocument } => {
  const [account] = accounts === 'any' ? [] : accounts
  return account ? { account } : {}
}

type ListenError = NodeJS.ErrnoException & { readonly port?: number }

const troubles: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is in use',
  EACCES: 'cannot be opened: this user has no permission for it'
}

/** Says which port cannot be had and how to pick another. Throws what is no matter of ports. */
const portTaken = (error: ListenError, { host, listen }: Settings, { stderr }: CommandContext): undefined => {
  const trouble = troubles[error.code ?? '']
  if (error.code === 'EADDRNOTAVAIL' || error.syscall === 'getaddrinfo')
    throw new UserError(`${flagOf('host')} "${host}": this machine has no such address`)
  if (trouble === undefined) throw error
  const own = listen.find(listener => listener.port === error.port)?.product.name
  const flag = own === undefined ? `${flagOf('port')} <number>` : `${flagOf('listen')} ${own}=<number>`
  stderr.write(
    `session-mock: port ${error.port} on ${host} ${trouble}; pick another with ${flag}, where 0 takes a free one\n`
  )
  return undefined
}
