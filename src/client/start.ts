import type { App } from '../app.js'
import type { Settings } from '../config/settings.js'
import type { Endpoint } from '../control/endpoint.js'
import type { Log } from '../log/logger.js'
import type { Product } from '../product/product.js'
import { ScenarioCatalog } from '../scenario/format/catalog.js'
import { limitsOf } from '../server/limits.js'
import { listen, type OpenListener, type RunningServer } from '../server/listeners.js'
import { appOf, listenersOf, tlsOf } from '../startup/from-settings.js'
import { openStoreOf } from '../startup/open-store.js'
import { readWithScenario } from '../startup/read-scenario.js'
import { systemClock } from '../state/clock.js'
import type { Store } from '../store/store.js'
import type { TlsIdentity } from '../tls/identity.js'
import type { Client } from './client.js'
import { baseOf } from './connect.js'
import { createClient } from './create-client.js'
import { inProcess } from './in-process.js'
import { checkOptions } from './options.js'
import type { StartOptions } from './start-options.js'
import { type Transport, untilStopped } from './transport.js'

/** What the catalog brings along. */
export interface StartContext {
  readonly version: string
  readonly products: readonly Product[]
  /** The control API's paths. */
  readonly endpoints: () => Promise<readonly Endpoint[]>
  /** The folder of the shipped scenarios. */
  readonly scenarios: string
  /** The folder of the built dashboard. */
  readonly dashboard: string
}

/** Starts a server in this process. Throws where an option or the scenario is wrong, or a port cannot be had. */
export const startServer = async (options: StartOptions, surroundings: StartContext): Promise<Client> => {
  const { version, products, endpoints, scenarios, dashboard } = surroundings
  const catalog = new ScenarioCatalog(scenarios, products)
  const { settings, scenario: parsed, overlay } = await readWithScenario(checkOptions(options, products), catalog)
  const { scenario } = parsed
  const log = await logOf(options, settings)
  const strict = settings.strict
    ? await (await import('../startup/strict-audit.js')).createStrictAudit(catalog)
    : undefined
  const tls = await tlsOf(settings)
  const store = await openStoreOf(settings, { version, products, scenario, catalog, log: log?.log ?? quiet })
  const app = appOf(settings, {
    replication: store,
    products,
    endpoints,
    scenario,
    catalog,
    version,
    dashboard,
    ca: tls?.ca,
    overlay,
    ...(log && { hint: log.hint, onExchange: log.onExchange, bug: log.bug, steered: log.steered }),
    ...(strict && { audit: strict })
  })
  const isPortless = options.port === false
  const listening = await startListening(app, isPortless, settings, tls, store)
  const watching = await watchingOf(settings, catalog, app, log?.log).catch(async error => {
    await listening.close()
    await store?.close()
    throw error
  })
  let ending: Promise<void> | undefined
  const end = async () => {
    await Promise.all([watching?.close(), listening.close()])
    await store?.close()
    const findings = strict?.findings(app.spaces.list()) ?? []
    if (findings.length > 0) throw new Error(findings.join('\n'))
  }
  return createClient(
    untilStopped({
      ...inProcess(app, settings.adminToken),
      locate: createPlace(app, listening.listeners),
      stop: () => {
        ending ??= end()
        return ending
      }
    })
  )
}

/** Where the listeners cannot be had, the store is left again. */
const startListening = async (
  app: App,
  isPortless: boolean,
  settings: Settings,
  tls: TlsIdentity | undefined,
  store: Store | undefined
): Promise<RunningServer> => {
  try {
    await store?.load()
    return isPortless ? withoutPort(app) : await listen(app, listenOptions(settings, tls))
  } catch (error) {
    await store?.close()
    throw error
  }
}

/** Nobody reads what happens to the store. */
const quiet = { info: () => undefined, warn: () => undefined }

const listenOptions = (settings: Settings, tls: TlsIdentity | undefined) => ({
  host: settings.host,
  listeners: listenersOf(settings, tls),
  limits: limitsOf(settings),
  systemClock
})

/** It listens on no port. */
const withoutPort = (app: App): RunningServer => ({ listeners: [], close: async () => app.close() })

const createPlace =
  ({ products }: App, listeners: readonly OpenListener[]): Transport['locate'] =>
  (name, secure) => {
    const base = baseOf(name, products)
    if (listeners.length === 0)
      throw new Error('it listens on no port: it was started with port false, and has only inject')
    const [all, ...others] = listeners.filter(
      listener => (listener.tls !== undefined) === secure && listener.control !== 'alone'
    )
    if (!all) throw new Error('it listens on no port for HTTPS: start it with httpsPort, where 0 is a free one')
    const own = others.find(({ product, space }) => name !== undefined && product?.name === name && space === undefined)
    return { origin: (own ?? all).url, base }
  }

const logOf = async ({ output }: StartOptions, settings: Settings) => {
  if (!output) return undefined
  const [{ createLog }, { createRequestLog: logged, createBugLog: loggedBug, createControlLog }] = await Promise.all([
    import('../log/logger.js'),
    import('../log/request-log.js')
  ])
  const log = await createLog(settings, output, {})
  const hint = (sentence: string) => log.warn(sentence)
  return { log, hint, onExchange: logged(log), bug: loggedBug(log), steered: createControlLog(log) }
}

const watchingOf = async ({ watch, scenario }: Settings, catalog: ScenarioCatalog, app: App, log: Log | undefined) => {
  if (!watch) return undefined
  const [{ silent }, watching] = await Promise.all([import('../log/logger.js'), import('../startup/watch.js')])
  return watching.watch(catalog, scenario, { spaces: app.spaces, log: log ?? silent, systemClock })
}
