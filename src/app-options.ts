import { settings } from './config/settings.js'
import type { Endpoint } from './control/endpoint.js'
import type { ExchangeListener } from './exchange/recorder.js'
import type { EventListener } from './journal/events.js'
import type { Overlay } from './overlay/overlay.js'
import type { Product } from './product/product.js'
import type { ProductSettings, Scenario, ScenarioLookup } from './scenario/scenario.js'
import type { SystemClock } from './session/clock.js'
import type { Audit } from './space/space-options.js'
import type { Replication } from './store/replicas.js'

export interface AppOptions {
  readonly products: readonly Product[]
  readonly scenario: Scenario
  /** The endpoints of the control API, loaded on first use; by default none. */
  readonly endpoints?: () => Promise<readonly Endpoint[]>
  /** Settings of products, by name; the scenario has precedence. */
  readonly settings?: Readonly<Record<string, ProductSettings>>
  /** Accept every account with any password. */
  readonly anyone?: boolean
  /** Maximum bytes of a body; default 1 MiB. */
  readonly bodyLimit?: number
  /** Ended sessions kept per product and space; default 10,000. */
  readonly remember?: number
  /** Accept effects in `Prefer` headers; default true. */
  readonly prefer?: boolean
  /** Milliseconds without a request after which a space is dropped; default half an hour. */
  readonly spaceIdle?: number
  /** Requests kept in the journal of each space; default 10,000. */
  readonly journal?: number
  /** Bytes of the journals of all spaces; default 256 MiB. */
  readonly journalBytes?: number
  /** Spaces beside the default one; default 10,000. */
  readonly maxSpaces?: number
  /** Open sessions of all spaces; default 2,000,000. */
  readonly maxSessions?: number
  /** Logins and sessions with counts; default 1,000,000. */
  readonly maxNames?: number
  /** Listeners of events; default 1,000. */
  readonly eventListeners?: number
  /** Bytes of unread events after which a listener is disconnected; default 1 MiB. */
  readonly unreadEvents?: number
  /** Events kept for listeners that reconnect; default 1,000. */
  readonly keptEvents?: number
  /** Receives a sentence about each exceeded limit. */
  readonly hint?: (sentence: string) => void
  /** Show complete passwords and tokens in the journal and the control API. */
  readonly showSecrets?: boolean
  /** The required bearer token of the control API. */
  readonly adminToken?: string | undefined
  /** The created authority certificate in PEM, which the control API serves. */
  readonly ca?: string | undefined
  /** Folder of the built dashboard, which the control API serves. */
  readonly dashboard?: string | undefined
  /** The version in responses of the control API. */
  readonly version?: string
  /** The scenarios of the control API; by default, it accepts only texts. */
  readonly catalog?: ScenarioLookup
  readonly systemClock: SystemClock
  /** Called for each request, with the exceptions of our own code. */
  readonly onExchange?: ExchangeListener
  /** Receives exceptions of our own code outside of product operations; `where` defaults to the control API. */
  readonly bug?: (error: unknown, where?: string) => void
  /** Called after each change by the control API. */
  readonly steered?: (words: string, facts: Readonly<Record<string, unknown>>) => void
  /** Called for each event. */
  readonly onEvent?: EventListener
  /** Called before a space is cleared. */
  readonly audit?: Audit
  /** Differences of real servers. */
  readonly overlay?: Overlay | undefined
  /** Shares the spaces with other processes; undefined without a store. */
  readonly replication?: Replication | undefined
}

/** Default bytes of the journals where memory is no limit. */
export const mostJournalBytes = 268_435_456

const defaults = {
  endpoints: async () => [],
  settings: {},
  anyone: false,
  bodyLimit: settings.bodyLimit.fallback,
  remember: settings.remember.fallback,
  journal: settings.journal.fallback,
  journalBytes: mostJournalBytes,
  maxSpaces: settings.maxSpaces.fallback,
  maxSessions: settings.maxSessions.fallback,
  maxNames: settings.maxNames.fallback,
  eventListeners: 1000,
  unreadEvents: 1_048_576,
  keptEvents: 1000,
  prefer: settings.prefer.fallback,
  spaceIdle: settings.spaceIdle.fallback,
  showSecrets: settings.showSecrets.fallback,
  version: '0.0.0',
  hint: (_sentence: string) => undefined,
  onExchange: () => undefined,
  steered: () => undefined,
  bug: (_error: unknown, _where?: string) => undefined
}

/** The options with their defaults, which are those of the settings. */
export const withDefaults = (options: AppOptions) => ({
  ...defaults,
  catalog: textsOnly(options.products),
  ...options
})

export type CompleteOptions = ReturnType<typeof withDefaults>

/** Scenarios as texts, without a catalog. */
const textsOnly = (products: readonly Product[]): ScenarioLookup => {
  const read: ScenarioLookup['read'] = async source =>
    (await import('./scenario/format/parse.js')).createScenarioReader(products)(source)
  return { read, find: text => read({ name: 'scenario', text }), names: async () => [], text: async () => '' }
}
