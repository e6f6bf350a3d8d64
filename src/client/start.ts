import type { App } from '../app.js'
import { wall } from '../clock.js'
import { appOf, doorsOf, tlsOf } from '../command/from-settings.js'
import type { Log } from '../command/log.js'
import { readWithScenario } from '../command/read-scenario.js'
import type { Settings } from '../command/settings.js'
import type { Product } from '../product.js'
import { Library } from '../scenario/library.js'
import { type Listening, limitsOf, listen, type OpenDoor } from '../server.js'
import type { TlsIdentity } from '../tls/tls.js'
import { type Client, createClient } from './client.js'
import { baseOf } from './connect.js'
import { inProcess } from './in-process.js'
import { checkOptions } from './options.js'
import type { StartOptions } from './start-options.js'
import { type Transport, untilStopped } from './transport.js'

/** What the library brings along. */
export interface Surroundings {
  readonly version: string
  readonly products: readonly Product[]
  /** The folder of the shipped scenarios. */
  readonly scenarios: string
}

/** Starts a server in this process. Throws where an option or the scenario is wrong, or a port cannot be had. */
export const startServer = async (options: StartOptions, surroundings: Surroundings): Promise<Client> => {
  const { version, products, scenarios } = surroundings
  const library = new Library(scenarios, products)
  const { settings, scenario } = await readWithScenario(checkOptions(options, products), library)
  const { story } = scenario
  const log = await logOf(options, settings)
  const strict = settings.strict ? await (await import('../command/strict.js')).strictly(library) : undefined
  const tls = await tlsOf(settings)
  const app = appOf(settings, {
    products,
    story,
    library,
    version,
    ca: tls?.ca,
    ...(log && { told: log.told, bug: log.bug, steered: log.steered }),
    ...(strict && { audit: strict })
  })
  const listening = options.port === false ? unheard(app) : await listen(app, listenOptions(settings, tls))
  const watching = await watchingOf(settings, library, app, log?.log).catch(async error => {
    await listening.close()
    throw error
  })
  let ending: Promise<void> | undefined
  const end = async () => {
    await Promise.all([watching?.close(), listening.close()])
    const findings = strict?.findings(app.spaces.list()) ?? []
    if (findings.length > 0) throw new Error(findings.join('\n'))
  }
  return createClient(
    untilStopped({
      ...inProcess(app, settings.adminToken),
      place: placing(app, listening.doors),
      stop: () => {
        ending ??= end()
        return ending
      }
    })
  )
}

const listenOptions = (settings: Settings, tls: TlsIdentity | undefined) => ({
  host: settings.host,
  doors: doorsOf(settings, tls),
  limits: limitsOf(settings),
  wall
})

/** It listens on no port. */
const unheard = (app: App): Listening => ({ doors: [], close: async () => app.leave() })

const placing =
  ({ products }: App, doors: readonly OpenDoor[]): Transport['place'] =>
  (name, secure) => {
    const base = baseOf(name, products)
    if (doors.length === 0)
      throw new Error('it listens on no port: it was started with port false, and has only inject')
    const [all, ...others] = doors.filter(door => (door.tls !== undefined) === secure && door.control !== 'alone')
    if (!all) throw new Error('it listens on no port for HTTPS: start it with httpsPort, where 0 is a free one')
    const own = others.find(({ product }) => name !== undefined && product?.name === name)
    return { origin: (own ?? all).url, base }
  }

const logOf = async ({ output }: StartOptions, settings: Settings) => {
  if (!output) return undefined
  const [{ createLog }, { logged, loggedBug, loggedSteering }] = await Promise.all([
    import('../command/log.js'),
    import('../command/call-log.js')
  ])
  const log = await createLog(settings, output, {})
  return { log, told: logged(log), bug: loggedBug(log), steered: loggedSteering(log) }
}

const watchingOf = async ({ watch, scenario }: Settings, library: Library, app: App, log: Log | undefined) => {
  if (!watch) return undefined
  const [{ silent }, watching] = await Promise.all([import('../command/log.js'), import('../scenario/watch.js')])
  return watching.watch(library, scenario, { spaces: app.spaces, log: log ?? silent, wall })
}
