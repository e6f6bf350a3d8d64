import type { App } from '../app.js'
import type { AppOptions } from '../app-options.js'
import type { Settings } from '../config/settings.js'
import type { StrictAudit } from '../journal/audit.js'
import type { EventListener } from '../journal/events.js'
import type { ScenarioCatalog } from '../scenario/format/catalog.js'
import type { Audit } from '../space/space-deps.js'
import type { Store } from '../store/store.js'
import type { TlsIdentity } from '../tls/identity.js'
import { allAudits } from './all-audits.js'
import { appOf } from './from-settings.js'
import { type OpenStoreOptions, openStoreOf } from './open-store.js'

type AppParts = Pick<AppOptions, 'products' | 'endpoints' | 'dashboard' | 'onExchange' | 'hint' | 'bug' | 'steered'>

export interface OpenAppOptions extends AppParts, OpenStoreOptions {
  readonly catalog: ScenarioCatalog
  readonly overlay: AppOptions['overlay']
  readonly tls: TlsIdentity | undefined
  /** Records everything for a report. */
  readonly recorder?: (Audit & { readonly onEvent: EventListener }) | undefined
}

/** An app with its store and audit, not listening yet. */
export interface OpenApp {
  readonly app: App
  readonly store: Store | undefined
  readonly strict: StrictAudit | undefined
}

/** Opens the app of these settings, and loads its spaces from the store. Throws a UserError if the store is unusable. */
export const openApp = async (settings: Settings, options: OpenAppOptions): Promise<OpenApp> => {
  const { tls, recorder, log: _log, ...parts } = options
  const strict = settings.strict
    ? await (await import('./strict-audit.js')).createStrictAudit(options.catalog)
    : undefined
  const store = await openStoreOf(settings, options)
  const app = appOf(settings, {
    ...parts,
    replication: store,
    ca: tls?.ca,
    ...allAudits(strict, recorder),
    ...(recorder && { onEvent: recorder.onEvent })
  })
  try {
    await store?.load()
  } catch (error) {
    await store?.close()
    throw error
  }
  return { app, store, strict }
}
