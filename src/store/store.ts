import { randomUUID } from 'node:crypto'
import { getOrCreate } from '../base/get-or-create.js'
import { UserError } from '../base/user-error.js'
import type { ControlReplication } from '../control/endpoint.js'
import type { Admission } from '../exchange/admission.js'
import { Recorder } from '../exchange/recorder.js'
import { createDelivery } from '../http/delivery.js'
import { Events } from '../journal/events.js'
import { JournalBudget } from '../journal/journal-budget.js'
import type { Scenario } from '../scenario/scenario.js'
import type { Space } from '../space/space.js'
import type { SpaceRuntime } from '../space/space-runtime.js'
import { defaultSpaceName } from '../state/space-name.js'
import { checkAgreement } from './agreement.js'
import { CallPlayer } from './call-player.js'
import { Checkpoints } from './checkpoint.js'
import { ControlPlayer } from './control-player.js'
import type { Engine } from './engine.js'
import type { Unit } from './execution.js'
import { Follower } from './follower.js'
import type { Keys } from './keys.js'
import { Refuser } from './refuser.js'
import { beatEvery, type Registered, Registry } from './registry.js'
import { ReplicaRuntime } from './replica-runtime.js'
import { Replicas } from './replicas.js'
import type { Replication, ReplicationParts } from './replication.js'
import { createScenarioReader, type ScenarioReader, scenarioData } from './scenario-data.js'
import { snapshotOf } from './snapshot-of.js'
import { StoreAdmission } from './store-admission.js'
import { StoreControl } from './store-control.js'
import { StoreError } from './store-error.js'
import type { StoreOptions } from './store-options.js'
import { TokenIndex } from './token-index.js'

/** Makes an app one of several that hold the same spaces, by an engine. */
export class Store implements Replication {
  readonly #engine: Engine
  readonly #keys: Keys
  readonly #options: StoreOptions
  readonly #replica = randomUUID()
  readonly #registry: Registry
  readonly #tokens: TokenIndex
  readonly #follower: Follower
  readonly #runtimes = new Map<string, ReplicaRuntime>()
  readonly #readScenario: ScenarioReader
  #parts: ReplicationParts | undefined
  #replicas: Replicas | undefined
  #start: Scenario
  #overview = ''
  #startedAt = 0
  #stopBeating: () => void = () => undefined
  #isBeating = false

  constructor(engine: Engine, keys: Keys, options: StoreOptions) {
    const { ttl, catalog, scenario } = options
    this.#engine = engine
    this.#keys = keys
    this.#options = options
    this.#start = scenario
    this.#registry = new Registry({ engine, keys, replica: this.#replica, ttl })
    this.#tokens = new TokenIndex(engine, keys, ttl, error => this.#parts?.failed(error))
    this.#follower = new Follower(engine, keys, space => this.#onNews(space))
    this.#readScenario = createScenarioReader(catalog, scenario)
  }

  readonly runtimeOf = (name: string): SpaceRuntime => this.#runtimeOf(name)

  readonly onToken = (product: string, token: string, space: string): void => {
    // Whose client it was that got it: for the others, it has done this.
    if (this.#runtimeOf(space).isOwn) this.#tokens.add(product, token, space)
  }

  readonly onIdle = (space: Space): void => void this.#removeUnused(space).catch(() => undefined)

  attach(parts: ReplicationParts): { readonly admission: Admission; readonly control: ControlReplication } {
    this.#parts = parts
    const { systemClock, ttl } = this.#options
    const { spaces, recorder, products, events, failed } = parts
    const context = { ...parts.context, scenario: this.#start }
    const deliver = createDelivery(failed)
    events.placeOf = space => this.#runtimeOf(space).nextEvent()
    const replicas = new Replicas({
      spaces,
      events,
      registry: this.#registry,
      log: { engine: this.#engine, keys: this.#keys, replica: this.#replica, ttl, systemClock },
      systemClock,
      runtimeOf: name => this.#runtimeOf(name),
      calls: new CallPlayer({ products, recorder, deliver, tokensKept: this.#tokens.kept }),
      control: new ControlPlayer({ context, endpoints: parts.endpoints, tokensKept: this.#tokens.kept }),
      readScenario: this.#readScenario,
      checkpoints: new Checkpoints({
        products,
        catalog: this.#options.catalog,
        readScenario: this.#readScenario,
        elapsed: () => this.#options.systemClock.elapsed()
      }),
      failed,
      follow: space => this.#follower.follow(space)
    })
    this.#replicas = replicas
    const admission = new StoreAdmission({
      spaces,
      replicas,
      tokens: this.#tokens,
      refuser: this.#refuser(parts),
      failed
    })
    const control = new StoreControl({
      spaces,
      replicas,
      registry: this.#registry,
      engine: this.#engine,
      follower: this.#follower,
      eventsOf: space => this.#runtimeOf(space).events,
      startedAt: () => this.#startedAt,
      documentOf: (space, rows) => snapshotOf(space, rows, this.#options),
      refresh: () => this.#refresh()
    })
    return { admission, control }
  }

  /** Agrees with the others. Throws a UserError where that cannot be. */
  async join(): Promise<void> {
    const { version, settings, scenario, log, address } = this.#options
    const own: Registered = {
      version,
      settings: JSON.stringify(settings),
      start: scenarioData(scenario),
      startedAt: this.#options.systemClock.now()
    }
    const found = await this.#registry.register(own)
    checkAgreement(own, found, address.shown)
    this.#start = await this.#readScenario(found.start)
    this.#startedAt = found.startedAt
    if (JSON.stringify(found.start) !== JSON.stringify(own.start))
      log.warn(
        `the store ${address.shown} keeps its scenario, "${this.#start.title}": "${scenario.title}" is not used; set it by the control API, or reset the store with --store-reset`
      )
  }

  /** Takes part from now on; resolves when the default space is as the others have it. Throws a UserError. */
  async load(): Promise<void> {
    const { systemClock, address } = this.#options
    try {
      await this.#beat()
      await this.#refresh()
      await this.#replicas?.of(defaultSpaceName).catchUp()
    } catch (error) {
      throw error instanceof StoreError ? new UserError(`--store ${address.shown}: ${error.message}`) : error
    }
    this.#stopBeating = systemClock.every(beatEvery, () => void this.#beat().catch(() => undefined))
  }

  stop(): void {
    for (const { executor, space } of this.#replicas?.list() ?? [])
      if (executor.waitingFor.has(this.#replica))
        this.#replicas?.submit(space.name, { type: 'stopping', replica: this.#replica })
  }

  /** Leaves the others. */
  async close(): Promise<void> {
    this.#stopBeating()
    this.#follower.close()
    await this.#registry.leave().catch(() => undefined)
    this.#engine.close()
  }

  #runtimeOf(name: string): ReplicaRuntime {
    const { systemClock } = this.#options
    return getOrCreate(
      this.#runtimes,
      name,
      () => new ReplicaRuntime(systemClock, this.#replica, (unit, ms) => void this.#sleep(name, unit, ms))
    )
  }

  /** Ends a wait of a call whose client is here. */
  async #sleep(space: string, unit: Unit, ms: number): Promise<void> {
    if (unit.replica !== this.#replica) return
    const wait = unit.waits
    await this.#options.systemClock.sleep(ms)
    if (unit.end && unit.waits === wait) this.#replicas?.submit(space, { type: 'wake', call: unit.place, wait })
  }

  async #beat(): Promise<void> {
    if (this.#isBeating) return
    this.#isBeating = true
    try {
      const alive = await this.#registry.beat(this.#replicas?.takeUsed() ?? [])
      if (alive) this.#replicas?.endDead(alive)
      else await this.#joinAgain()
      for (const space of this.#follower.followed) this.#onNews(space)
    } finally {
      this.#isBeating = false
    }
  }

  /** The engine has lost all: so it begins anew. */
  async #joinAgain(): Promise<void> {
    const { version, settings, log, address } = this.#options
    log.warn(`the store ${address.shown} has lost its data: the spaces are reset`)
    const start = scenarioData(this.#start)
    await this.#registry.register({ version, settings: JSON.stringify(settings), start, startedAt: this.#startedAt })
    for (const replica of this.#replicas?.list() ?? []) await replica.catchUp()
  }

  async #refresh(): Promise<readonly string[]> {
    const { scenario, names } = await this.#registry.look()
    const text = JSON.stringify(scenario)
    if (this.#parts && text !== this.#overview) this.#parts.spaces.scenario = await this.#readScenario(scenario)
    this.#overview = text
    return names
  }

  #onNews(space: string): void {
    const replica = space === '' ? undefined : this.#replicas?.find(space)
    if (replica) void replica.catchUp().catch(() => undefined)
    else if (this.#follower.followsAll) void this.#catchUpAll().catch(() => undefined)
  }

  async #catchUpAll(): Promise<void> {
    const names = await this.#refresh()
    await Promise.all(names.map(name => this.#replicas?.of(name).catchUp()))
  }

  async #removeUnused(space: Space): Promise<void> {
    const { systemClock } = this.#options
    const idle = this.#parts?.spaceIdle ?? 0
    const replica = this.#replicas?.find(space.name)
    if (!replica || !(await replica.removeUnused(systemClock.now() - idle))) return
    await this.#registry.forget(space.name)
    await replica.catchUp()
  }

  /** Requests that cannot be executed are logged and counted, and are in no journal. */
  #refuser({ spaceDeps, scenario, products, context, onExchange, failed }: ReplicationParts): Refuser {
    const events = new Events()
    const { metrics } = context
    const recorder = new Recorder({ products, events, metrics, onExchange, failed })
    const deps = { ...spaceDeps, events, journal: 0, journalBudget: new JournalBudget() }
    return new Refuser(deps, scenario, { record: recorder.recordExchange, deliver: createDelivery(failed) })
  }
}
