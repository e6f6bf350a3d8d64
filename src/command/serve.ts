import type { AccountDraft } from '../accounts.js'
import type { App } from '../app.js'
import { wall } from '../clock.js'
import { Complaint, choice } from '../complaint.js'
import { sayMistake } from '../scenario/mistakes.js'
import { watch } from '../scenario/watch.js'
import { type Listening, limitsOf, listen } from '../server.js'
import type { Story } from '../story.js'
import { banner, readyLine, served } from './banner.js'
import { logged, loggedBug, loggedSteering } from './call-log.js'
import type { Outside } from './cli.js'
import { exitCodes } from './exit-codes.js'
import { appOf, doorsOf, tlsOf } from './from-settings.js'
import { createLog } from './log.js'
import { parentEnded } from './parent.js'
import { readWithScenario } from './read-scenario.js'
import { type CheckedSettings, unknownVariables } from './read-settings.js'
import { libraryOf } from './scenario-commands.js'
import { flagOf, type Settings } from './settings.js'
import { strictly } from './strict.js'

/** Serves until it is asked to stop; the answer is the exit code. */
export const serveCommand = async (checked: CheckedSettings, outside: Outside): Promise<number> => {
  const library = libraryOf(outside)
  const { settings, scenario } = await readWithScenario(checked, library)
  const { story, warnings } = scenario
  warnOfUnknownVariables(outside)
  const log = await createLog(settings, outside.stdout, outside.env)
  for (const warning of warnings) log.warn(sayMistake(warning))
  const tls = await tlsOf(settings)
  const strict = settings.strict ? await strictly(library) : undefined
  const app = appOf(settings, {
    products: outside.products,
    story,
    library,
    version: outside.version,
    told: logged(log),
    bug: loggedBug(log),
    steered: loggedSteering(log),
    ca: tls?.ca,
    ...(strict && { audit: strict })
  })
  const listening = await listen(app, {
    host: settings.host,
    doors: doorsOf(settings, tls),
    limits: limitsOf(settings),
    hint: sentence => log.warn(sentence),
    wall
  }).catch(error => portTaken(error, settings, outside))
  if (!listening) return exitCodes.portInUse
  const watching = settings.watch
    ? await watch(library, settings.scenario, { spaces: app.spaces, log, wall })
    : undefined
  const parent = parentEnded(settings, outside, wall)
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

const warnOfUnknownVariables = ({ env, stderr }: Outside): void => {
  const names = unknownVariables(env)
  if (names.length > 0)
    stderr.write(
      `session-mock: ${choice(names, 'and')} ${names.length === 1 ? 'is no setting' : 'are no settings'}, ignored\n`
    )
}

/** What a strict end has found, for people; the answer is the exit code. */
const sayFindings = (findings: readonly string[], { stderr }: Outside): number => {
  if (findings.length === 0) return exitCodes.stopped
  stderr.write(`session-mock: ${flagOf('strict')} found:\n${findings.map(line => `  ${line}\n`).join('')}`)
  return exitCodes.found
}

/** Said at every level of the log: who listens on a wide address has to know. */
const warnOfOpenControl = ({ host, adminToken }: Settings, { stderr }: Outside): void => {
  const near = host === 'localhost' || host === '::1' || host.startsWith('127.')
  if (!near && adminToken === undefined)
    stderr.write(
      `session-mock: the control API, /__admin, is open to everyone who reaches ${host}; set ${flagOf('adminToken')}, or ${flagOf('adminPort')} and keep that port to yourself\n`
    )
}

const greet = async (app: App, { doors }: Listening, settings: Settings, outside: Outside): Promise<void> => {
  const { stdout, env, version } = outside
  const rows = served(app.products, doors)
  const url = doors[0]?.url ?? ''
  const { story } = app.spaces.default
  const https = doors.find(({ tls }) => tls)?.url
  const ready = readyLine(version, url)
  if (settings.log !== 'json')
    return void stdout.write(
      `${banner(rows, { ...settings, scenario: story.title, ...sampleAccount(story) }, https)}${ready}\n`
    )
  const products = Object.fromEntries(rows.map(({ product, url }) => [product.name, `${url}${product.base}`]))
  // That it is ready is said at every level.
  const log = await createLog({ log: 'json', logLevel: 'info' }, stdout, env)
  log.info({ version, url, ...(https && { https }), products }, ready)
}

/** The first account of the scenario: where it lists some, demo may not be one of them. */
const sampleAccount = ({ accounts }: Story): { readonly account?: AccountDraft } => {
  const [account] = accounts === 'any' ? [] : accounts
  return account ? { account } : {}
}

type ListenError = NodeJS.ErrnoException & { readonly port?: number }

const troubles: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is in use',
  EACCES: 'cannot be opened: this user has no permission for it'
}

/** Says which port cannot be had and how to pick another. Throws what is no matter of ports. */
const portTaken = (error: ListenError, { host, listen }: Settings, { stderr }: Outside): undefined => {
  const trouble = troubles[error.code ?? '']
  if (error.code === 'EADDRNOTAVAIL' || error.syscall === 'getaddrinfo')
    throw new Complaint(`${flagOf('host')} "${host}": this machine has no such address`)
  if (trouble === undefined) throw error
  const own = listen.find(door => door.port === error.port)?.product.name
  const flag = own === undefined ? `${flagOf('port')} <number>` : `${flagOf('listen')} ${own}=<number>`
  stderr.write(
    `session-mock: port ${error.port} on ${host} ${trouble}; pick another with ${flag}, where 0 takes a free one\n`
  )
  return undefined
}
