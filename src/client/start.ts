import type { App } from '../app.js'
import type { Settings } from '../config/settings.js'
import type { Endpoint } from '../control/endpoint.js'
import type { Product } from '../product/product.js'
import { silent } from '../run/log.js'
import { injectRequest, openApp, tlsOf } from '../run/open-app.js'
import { readWithScenario } from '../run/read-scenario.js'
import { runApp } from '../run/run-app.js'
import { ScenarioCatalog } from '../scenario/format/catalog.js'
import type { OpenListener } from '../server/listeners.js'
import type { SystemClock } from '../session/clock.js'
import type { Client } from './client.js'
import { baseOf, type Transport, untilStopped } from './connect.js'
import { createClient } from './create-client.js'
import { checkOptions, type StartOptions } from './options.js'

/** The external dependencies of the library. */
interface StartContext {
  readonly version: string
  readonly products: readonly Product[]
  /** The endpoints of the control API. */
  readonly endpoints: () => Promise<readonly Endpoint[]>
  /** Folder of the shipped scenarios. */
  readonly scenarios: string
  /** Folder of the built dashboard. */
  readonly dashboard: string
  readonly systemClock: SystemClock
}

/** Starts a server in this process. Throws if an option or the scenario is invalid, or a port is not available. */
export const startServer = async (options: StartOptions, context: StartContext): Promise<Client> => {
  const { version, products, endpoints, scenarios, dashboard, systemClock } = context
  const catalog = new ScenarioCatalog(scenarios, products)
  const { settings, scenario: parsed, overlay } = await readWithScenario(checkOptions(options, products), catalog)
  const { log, hooks } = await logOf(options, settings)
  const tls = await tlsOf(settings)
  const parts = { version, products, endpoints, dashboard, systemClock, ...hooks }
  const { scenario } = parsed
  const opened = await openApp(settings, { ...parts, scenario, catalog, overlay, tls, log })
  const { app } = opened
  const { listeners, stop } = await runApp(opened, settings, { catalog, tls, log, isPortless: options.port === false })
  let stopping: Promise<void> | undefined
  return createClient(
    untilStopped({
      ...inProcess(app, settings.adminToken),
      locate: createLocate(app, listeners),
      stop: () => {
        stopping ??= stop().then(throwFindings)
        return stopping
      }
    })
  )
}

const throwFindings = (findings: readonly string[]): void => {
  if (findings.length > 0) throw new Error(findings.join('\n'))
}

const createLocate =
  ({ products }: App, listeners: readonly OpenListener[]): Transport['locate'] =>
  (name, secure) => {
    const base = baseOf(name, products)
    if (listeners.length === 0) throw new Error('it has no port, as it was started with port false: use inject')
    const [all, ...others] = listeners.filter(
      listener => (listener.tls !== undefined) === secure && listener.control !== 'alone'
    )
    if (!all) throw new Error('it has no port for HTTPS: start it with httpsPort; 0 selects a free one')
    const own = others.find(({ product, space }) => name !== undefined && product?.name === name && space === undefined)
    return { origin: (own ?? all).url, base }
  }

/** The log of the options, and its hooks; silent and without hooks if there is no output. */
const logOf = async ({ output }: StartOptions, settings: Settings) => {
  if (!output) return { log: silent, hooks: {} }
  const [{ createLog }, { createLogHooks }] = await Promise.all([
    import('../run/logger.js'),
    import('../run/request-log.js')
  ])
  const log = await createLog(settings, output, {})
  return { log, hooks: createLogHooks(log) }
}

/** Calls the app directly, without a socket. */
const inProcess = (app: App, token: string | undefined): Pick<Transport, 'control' | 'serve'> => {
  const authorization: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` }
  return {
    control: request =>
      injectRequest(app, { ...request, headers: { ...authorization, ...request.headers } }, { control: 'alone' }),
    serve: request => injectRequest(app, request, {})
  }
}
