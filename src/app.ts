import { setMaxListeners } from 'node:events'
import { withRealTicks } from './base/real-ticks.js'
import { describeBound } from './config/describe-bound.js'
import type { ControlContext, Endpoint } from './control/endpoint.js'
import { type ExchangeListener, Recorder } from './exchange/recorder.js'
import { type EventListener, Events } from './journal/events.js'
import { JournalBudget } from './journal/journal-budget.js'
import { Metrics } from './journal/metrics.js'
import type { Overlay } from './overlay/overlay.js'
import type { Product } from './product/product.js'
import type { ProductSettings, Scenario, ScenarioLookup } from './scenario/scenario.js'
import { createDispatcher, type Handle } from './server/dispatcher.js'
import type { Space } from './space/space.js'
import type { Audit } from './space/space-deps.js'
import { Spaces } from './space/spaces.js'
import { Bounds } from './state/bounds.js'
import type { SystemClock } from './state/clock.js'
import type { Replication } from './store/replication.js'

export interface AppOptions {
  readonly products: readonly Product[]
  readonly scenario: Scenario
  /** The control API's paths, loaded when the first of them is asked for; left out, there are none. */
  readonly endpoints?: () => Promise<readonly Endpoint[]>
  /** What the command line says of single products, by name; the scenario's own word beats it. */
  readonly settings?: Readonly<Record<string, ProductSettings>>
  /** Lets everyone in, with any password. */
  readonly anyone?: boolean
  /** Bytes that a body may have; default 1 MiB. */
  readonly bodyLimit?: number
  /** Ended sessions remembered per product and space; default 10,000. */
  readonly remember?: number
  /** Lets requests ask for effects themselves, by `Prefer`; default true. */
  readonly prefer?: boolean
  /** Milliseconds without a request after which a space goes away; default half an hour. */
  readonly spaceIdle?: number
  /** Requests that each space's journal holds; default 10,000. */
  readonly journal?: number
  /** Bytes that the journals of all spaces hold together; default 256 MiB. */
  readonly journalBytes?: number
  /** Spaces beside the default one; default 10,000. */
  readonly maxSpaces?: number
  /** Open sessions of a space; default 2,000,000. */
  readonly maxSessions?: number
  /** Logins and sessions for each of which a space counts something; default 1,000,000. */
  readonly maxNames?: number
  /** Told where there is too much of something, in words. */
  readonly hint?: (sentence: string) => void
  /** The journal and the control API show passwords and tokens whole. */
  readonly showSecrets?: boolean
  /** The bearer token that the control API asks for. */
  readonly adminToken?: string | undefined
  /** The certificate of the authority that was made for HTTPS, PEM, for the control API to hand out. */
  readonly ca?: string | undefined
  /** The folder of the built dashboard, which the control API then serves. */
  readonly dashboard?: string | undefined
  /** What the control API calls this server's version. */
  readonly version?: string
  /** Where the control API finds the scenarios that it is asked for; left out, they come as texts. */
  readonly catalog?: ScenarioLookup
  readonly systemClock: SystemClock
  /** Told of each request to a product or to none, and of what our own code threw on it. */
  readonly onExchange?: ExchangeListener
  /** Told what our own code threw outside of a product's work, and where; left out, in the control API. */
  readonly bug?: (error: unknown, where?: string) => void
  /** Told what the control API was asked to change, in words, once that is done. */
  readonly steered?: (words: string, facts: Readonly<Record<string, unknown>>) => void
  /** Told everything that happens. */
  readonly onEvent?: EventListener
  /** Told before a space forgets what was in it. */
  readonly audit?: Audit
  /** What real servers answer otherwise. */
  readonly overlay?: Overlay | undefined
  /** Holds the spaces together with other processes; left out, this one alone holds them. */
  readonly replication?: Replication | undefined
}

export interface App {
  readonly handle: Handle
  readonly spaces: Spaces
  readonly products: readonly Product[]
  /** Where products are found, by name, for the control API to tell: who listens fills it. */
  readonly urls: Map<string, string>
  /** The server is to stop: lets go of requests that would wait for ever. */
  close(): void
}

/** What holds where an option is left out. */
const defaults = {
  endpoints: async () => [],
  settings: {},
  anyone: false,
  bodyLimit: 1_048_576,
  remember: 10_000,
  journal: 10_000,
  journalBytes: 268_435_456,
  maxSpaces: 10_000,
  maxSessions: 2_000_000,
  maxNames: 1_000_000,
  hint: (_sentence: string) => undefined,
  prefer: true,
  spaceIdle: 1_800_000,
  showSecrets: false,
  version: '0.0.0',
  onExchange: () => undefined,
  steered: () => undefined,
  bug: (_error: unknown, _where?: string) => undefined
}

/** Puts everything together; listens to nothing. A product is mounted when the first request for it comes. */
export const createApp = (options: AppOptions): App => {
  const whole = withDefaults(options)
  const { products, replication } = whole
  const stopping = new AbortController()
  // Any number of requests may wait at once for it.
  setMaxListeners(0, stopping.signal)
  const core = createCore(whole, stopping.signal)
  const { spaces, recorder, failed } = core
  const context = controlContextOf(whole, core)
  const replicated = replication?.attach({ ...whole, ...core, context })
  const admission = replicated?.admission
  const mounted = keyed(async (product: Product) => {
    // The router takes longer to load than all else that a server needs to start.
    const { mount } = await import('./exchange/mount.js')
    return mount(product, { ...whole, spaces, record: recorder.recordExchange, failed, admission })
  })
  const control = keyed((_key: 'control') =>
    controlOf({ ...context, replication: replicated?.control }, whole.endpoints, options.adminToken, whole.bodyLimit)
  )
  const hasDashboard = options.dashboard !== undefined
  const parts = { ...whole, spaces, recorder, admission, mounted, hasDashboard, control: () => control('control') }
  return {
    handle: createDispatcher(parts),
    spaces,
    products,
    urls: context.urls,
    close: () => {
      stopping.abort()
      spaces.close()
      replication?.stop()
    }
  }
}

const withDefaults = (options: AppOptions) => ({ ...defaults, catalog: textsOnly(options.products), ...options })

type WholeOptions = ReturnType<typeof withDefaults>

/** Spaces, and all that records their requests. */
const createCore = (whole: WholeOptions, stopping: AbortSignal) => {
  const { products, scenario, systemClock, replication, audit, onEvent } = whole
  const bug = quietly(whole.bug)
  const failed = (error: unknown) => bug(error, 'an observer of requests')
  const events = new Events(undefined, failed)
  if (onEvent) events.subscribe(onEvent)
  const bounds = boundsOf(whole)
  const journalBudget = new JournalBudget(whole.journalBytes)
  const spaceDeps = { ...whole, events, journalBudget, bounds, stopping, audit }
  const spaces = new Spaces({ ...spaceDeps, ...(replication && hooksOf(replication)) }, scenario)
  const metrics = new Metrics({ spaces, products, bounds, elapsed: () => systemClock.elapsed() })
  const recorder = new Recorder({ ...whole, events, metrics, failed })
  return { bug, failed, events, spaceDeps, spaces, metrics, recorder }
}

const controlContextOf = (
  whole: WholeOptions,
  { bug, spaces, events, metrics }: ReturnType<typeof createCore>
): Omit<ControlContext, 'endpoints'> => ({
  ...whole,
  replication: undefined,
  isolate,
  bug,
  spaces,
  events,
  metrics,
  ca: whole.ca,
  began: whole.systemClock.elapsed(),
  startedAt: whole.systemClock.now(),
  dashboard: whole.dashboard,
  urls: new Map(),
  waiting: { count: 0 },
  eventTexts: new WeakMap()
})

const hooksOf = ({ runtimeOf, onIdle, onToken }: Replication) => ({ runtimeOf, onIdle, onToken })

const boundsOf = ({ maxSpaces, maxSessions, maxNames, systemClock, hint }: BoundOptions): Bounds =>
  new Bounds({
    limits: { spaces: maxSpaces, sessions: maxSessions, names: maxNames },
    elapsed: () => systemClock.elapsed(),
    onDrop: (thing, limit, space) => hint(describeBound(thing, limit, space))
  })

type BoundOptions = Required<Pick<AppOptions, 'maxSpaces' | 'maxSessions' | 'maxNames' | 'systemClock' | 'hint'>>

/** Whatever the listener throws has nobody left to be told to. */
const quietly =
  <Told extends unknown[]>(tell: (...said: Told) => void): ((...said: Told) => void) =>
  (...said) => {
    try {
      tell(...said)
    } catch {}
  }

const controlOf = async (
  context: Omit<ControlContext, 'endpoints'>,
  load: () => Promise<readonly Endpoint[]>,
  token: string | undefined,
  bodyLimit: number
) => {
  const [{ createControlServer }, endpoints] = await Promise.all([import('./control/server.js'), load()])
  return createControlServer({ context: { ...context, endpoints }, token, bodyLimit })
}

/** A product alone, in a space of its own that has the settings of this one. */
export const isolate = (product: Product, space: Space): App =>
  createApp({
    products: [product],
    scenario: { title: 'a description', accounts: 'any', sessions: [], rules: [], products: space.scenario.products },
    settings: { [product.name]: { fidelity: space.fidelity(product) } },
    systemClock: timeless,
    journal: 0
  })

/** Nothing takes time where nobody waits. */
const timeless: SystemClock = {
  now: () => 0,
  elapsed: () => 0,
  sleep: async () => undefined,
  every: () => () => undefined
}

/** Scenarios where none are shipped: they come as texts. */
const textsOnly = (products: readonly Product[]): ScenarioLookup => {
  const read: ScenarioLookup['read'] = async source =>
    (await import('./scenario/format/parse.js')).createScenarioReader(products)(source)
  return { read, find: text => read({ name: 'scenario', text }), names: async () => [], text: async () => '' }
}

/** Makes what a key stands for when it is first asked for, once; from then on it is there at once. */
const keyed = <Key, Value extends object>(
  make: (key: Key) => Promise<Value>
): ((key: Key) => Value | Promise<Value>) => {
  const made = new Map<Key, Value | Promise<Value>>()
  return key => {
    const known = made.get(key)
    if (known) return known
    const coming = withRealTicks(() => make(key)).then(value => {
      made.set(key, value)
      return value
    })
    made.set(key, coming)
    return coming
  }
}
