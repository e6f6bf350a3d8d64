import type { App } from '../app.js'
import type { Settings } from '../config/settings.js'
import type { ScenarioCatalog } from '../scenario/format/catalog.js'
import { limitsOf } from '../server/http-server.js'
import type { TlsIdentity } from '../server/identity.js'
import { listen, type RunningServer } from '../server/listeners.js'
import { systemClock } from '../session/clock.js'
import type { Log } from './log.js'
import { listenersOf, type OpenApp } from './open-app.js'

interface RunAppOptions {
  readonly catalog: ScenarioCatalog
  readonly tls: TlsIdentity | undefined
  readonly log: Log
  /** Do not listen on any port. */
  readonly isPortless?: boolean
}

interface RunningApp {
  readonly listeners: RunningServer['listeners']
  /** Stops the listeners, the watch and the store. Resolves to the findings of `--strict`. */
  stop(): Promise<readonly string[]>
}

/** Opens the ports of an app, and watches its scenario. Throws the error of the system if a port is not available. */
export const runApp = async (
  { app, store, strict }: OpenApp,
  settings: Settings,
  options: RunAppOptions
): Promise<RunningApp> => {
  let server: RunningServer | undefined
  try {
    server = await openPorts(app, settings, options)
    const { listeners, close } = server
    const watching = await watchScenario(app, settings, options)
    return {
      listeners,
      stop: async () => {
        await Promise.all([watching?.close(), close()])
        await store?.close()
        return strict?.findings(app.spaces.list()) ?? []
      }
    }
  } catch (error) {
    await server?.close()
    await store?.close()
    throw error
  }
}

const openPorts = async (app: App, settings: Settings, options: RunAppOptions): Promise<RunningServer> => {
  const { tls, log, isPortless = false } = options
  if (isPortless) return { listeners: [], close: async () => app.close() }
  return listen(app, {
    host: settings.host,
    listeners: listenersOf(settings, tls),
    limits: limitsOf(settings),
    hint: sentence => log.warn(sentence),
    systemClock
  })
}

const watchScenario = async (app: App, settings: Settings, { catalog, log }: RunAppOptions) => {
  if (!settings.watch) return undefined
  const { watch } = await import('./watch.js')
  return watch(catalog, settings.scenario, { spaces: app.spaces, log, systemClock })
}
