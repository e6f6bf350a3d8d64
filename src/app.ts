import { setMaxListeners } from 'node:events'
import { type AppOptions, type CompleteOptions, withDefaults } from './app-options.js'
import { lazyValues } from './base/collections.js'
import { AbortController } from './base/node-globals.js'
import { ignoreErrors } from './base/promises.js'
import { Slices } from './base/slices.js'
import { describeBound } from './config/settings.js'
import type { ControlContext, Endpoint } from './control/endpoint.js'
import { Recorder } from './exchange/recorder.js'
import { Events } from './journal/events.js'
import { JournalBudget } from './journal/journal.js'
import { Metrics } from './journal/metrics.js'
import type { Product } from './product/product.js'
import { createDispatcher, type Handle } from './server/dispatcher.js'
import { RecentPasswords } from './session/accounts.js'
import type { SystemClock } from './session/clock.js'
import { Bounds } from './session/space-values.js'
import type { Space } from './space/space.js'
import { Spaces } from './space/spaces.js'
import type { Replication } from './store/replicas.js'

export interface App {
  readonly handle: Handle
  readonly spaces: Spaces
  readonly products: readonly Product[]
  /** Base URLs of the products by name, for the control API; set by the caller after listening. */
  readonly urls: Map<string, string>
  /** Called when the server begins to stop: releases held requests. */
  close(): void
}

/** Creates the app, without a port. A product is mounted at its first request. */
export const createApp = (options: AppOptions): App => {
  const complete = withDefaults(options)
  const { products, replication } = complete
  const stopping = new AbortController()
  // Any number of requests may wait for it.
  setMaxListeners(0, stopping.signal)
  const core = createCore(complete, stopping.signal)
  const { spaces, recorder, failed } = core
  const context = controlContextOf(complete, core)
  const replicated = replication?.attach({ ...complete, ...core, context })
  const admission = replicated?.admission
  const mounted = lazyValues(async (product: Product) => {
    // The router takes longer to load than everything else at start-up.
    const { mount } = await import('./exchange/mount.js')
    return mount(product, { ...complete, spaces, record: recorder.recordExchange, failed, admission })
  })
  const control = lazyValues((_key: 'control') =>
    controlOf(
      { ...context, replication: replicated?.control },
      complete.endpoints,
      options.adminToken,
      complete.bodyLimit
    )
  )
  const hasDashboard = options.dashboard !== undefined
  const parts = { ...complete, spaces, recorder, admission, mounted, hasDashboard, control: () => control('control') }
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

/** The spaces, and everything that records their requests. */
const createCore = (complete: CompleteOptions, stopping: AbortSignal) => {
  const { products, scenario, systemClock, replication, audit, onEvent } = complete
  const bug = ignoreErrors(complete.bug)
  const failed = (error: unknown) => bug(error, 'an observer of requests')
  const events = new Events(complete.keptEvents, failed)
  if (onEvent) events.subscribe(onEvent)
  const bounds = boundsOf(complete)
  const journalBudget = new JournalBudget(complete.journalBytes)
  const slices = new Slices(() => systemClock.elapsed())
  const spaceDeps = {
    ...complete,
    events,
    slices,
    passwords: new RecentPasswords(),
    journalBudget,
    bounds,
    stopping,
    audit
  }
  const spaces = new Spaces({ ...spaceDeps, ...(replication && hooksOf(replication)) }, scenario)
  const metrics = new Metrics({ spaces, products, bounds, slices })
  const recorder = new Recorder({ ...complete, events, metrics, failed })
  return { bug, failed, events, slices, spaceDeps, spaces, metrics, recorder }
}

const controlContextOf = (
  complete: CompleteOptions,
  { bug, spaces, events, slices, metrics }: ReturnType<typeof createCore>
): Omit<ControlContext, 'endpoints'> => ({
  ...complete,
  replication: undefined,
  isolate,
  bug,
  spaces,
  events,
  slices,
  metrics,
  ca: complete.ca,
  began: complete.systemClock.elapsed(),
  startedAt: complete.systemClock.now(),
  dashboard: complete.dashboard,
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

const controlOf = async (
  context: Omit<ControlContext, 'endpoints'>,
  load: () => Promise<readonly Endpoint[]>,
  token: string | undefined,
  bodyLimit: number
) => {
  const [{ createControlServer }, endpoints] = await Promise.all([import('./control/server.js'), load()])
  return createControlServer({ context: { ...context, endpoints }, token, bodyLimit })
}

/** An app with one product and one space, with the settings of this space. */
export const isolate = (product: Product, space: Space): App =>
  createApp({
    products: [product],
    scenario: { title: 'a description', accounts: 'any', sessions: [], rules: [], products: space.scenario.products },
    settings: { [product.name]: { fidelity: space.fidelity(product) } },
    systemClock: timeless,
    journal: 0
  })

/** A clock for an app in which nothing waits. */
const timeless: SystemClock = {
  now: () => 0,
  elapsed: () => 0,
  sleep: async () => undefined,
  every: () => () => undefined
}
