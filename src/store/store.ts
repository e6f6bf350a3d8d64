import { UserError } from '../base/errors.js'
import type { ControlReplication } from '../control/endpoint.js'
import type { Admission } from '../exchange/mount.js'
import { createDelivery } from '../http/delivery.js'
import type { Scenario } from '../scenario/scenario.js'
import { uuid } from '../session/random.js'
import { defaultSpaceName } from '../session/space-values.js'
import type { Space } from '../space/space.js'
import type { SpaceRuntime } from '../space/space-options.js'
import { Checkpoints, snapshotOf } from './checkpoint.js'
import type { Engine } from './engine.js'
import { Runtimes } from './executor.js'
import { CallExecutor, ControlExecutor } from './input-executor.js'
import {
  checkAgreement,
  createScenarioReader,
  type Registered,
  Registry,
  type ScenarioReader,
  type StoreOptions,
  scenarioData
} from './registry.js'
import { Heartbeat, Replicas, type Replication, type ReplicationParts } from './replicas.js'
import { type Keys, SpaceUpdates } from './space-log.js'
import { Follower } from './space-replica.js'
import { createRefuser, StoreAdmission } from './store-admission.js'
import { StoreControl } from './store-control.js'
import { StoreError, UnreadableSpace } from './store-error.js'
import { TokenIndex } from './token-index.js'

/** Makes an app a replica: one of several processes with the same spaces, through an engine. */
export class Store implements Replication {
  readonly #engine: Engine
  readonly #keys: Keys
  readonly #options: StoreOptions
  /** The name of this process among the replicas. */
  readonly #replica: string
  readonly #registry: Registry
  readonly #tokens: TokenIndex
  readonly #follower: Follower
  readonly #runtimes: Runtimes
  readonly #readScenario: ScenarioReader
  #parts: ReplicationParts | undefined
  #replicas: Replicas | undefined
  #updates: SpaceUpdates | undefined
  #heartbeat: Heartbeat | undefined
  #startScenario: Scenario
  #startedAt = 0

  constructor(engine: Engine, keys: Keys, options: StoreOptions) {
    const { ttl, catalog, scenario, random, systemClock } = options
    this.#engine = engine
    this.#keys = keys
    this.#options = options
    this.#replica = uuid(random.bytes('replica'))
    this.#startScenario = scenario
    this.#registry = new Registry({ engine, keys, replica: this.#replica, ttl })
    this.#runtimes = new Runtimes({
      systemClock,
      replica: this.#replica,
      onWake: (space, { place }, wait) => this.#replicas?.submit(space, { type: 'wake', call: place, wait })
    })
    this.#tokens = new TokenIndex(engine, keys, ttl, error => this.#parts?.failed(error))
    this.#follower = new Follower(engine, keys, space => this.#updates?.catchUp(space))
    this.#readScenario = createScenarioReader(catalog, scenario)
  }

  readonly runtimeOf = (name: string): SpaceRuntime => this.#runtimes.of(name)

  readonly onToken = (product: string, token: string, space: string): void => {
    // Only the process of the client writes the token, as all execute the login.
    if (this.#runtimes.of(space).isOwn) this.#tokens.add(product, token, space)
  }

  readonly onIdle = (space: Space): void => void this.#removeUnused(space).catch(() => undefined)

  attach(parts: ReplicationParts): { readonly admission: Admission; readonly control: ControlReplication } {
    const { spaces, events, failed } = parts
    const replicas = this.#createReplicas(parts)
    const [registry, follower, readScenario] = [this.#registry, this.#follower, this.#readScenario]
    const updates = new SpaceUpdates({ spaces, replicas, registry, follower, readScenario })
    this.#parts = parts
    this.#replicas = replicas
    this.#updates = updates
    this.#heartbeat = new Heartbeat({
      registry,
      replicas,
      systemClock: this.#options.systemClock,
      onBeat: () => updates.catchUpFollowed(),
      onEmptied: () => this.#joinAgain(replicas)
    })
    events.placeOf = space => this.#runtimes.of(space).nextEvent()
    const refuser = createRefuser(parts)
    const admission = new StoreAdmission({ spaces, replicas, tokens: this.#tokens, refuser, failed })
    const control = new StoreControl({
      spaces,
      replicas,
      registry,
      engine: this.#engine,
      follower,
      eventsOf: space => this.#runtimes.of(space).events,
      startedAt: () => this.#startedAt,
      documentOf: (space, rows) => snapshotOf(space, rows, { ...this.#options, slices: parts.spaceDeps.slices }),
      refresh: () => updates.refresh()
    })
    return { admission, control }
  }

  #createReplicas({
    spaces,
    spaceDeps,
    events,
    products,
    recorder,
    endpoints,
    context,
    failed
  }: ReplicationParts): Replicas {
    const { systemClock, ttl, random, catalog } = this.#options
    const readScenario = this.#readScenario
    const tokensWritten = this.#tokens.whenWritten
    return new Replicas({
      spaces,
      events,
      registry: this.#registry,
      log: { engine: this.#engine, keys: this.#keys, replica: this.#replica, ttl, systemClock },
      systemClock,
      random,
      runtimeOf: name => this.#runtimes.of(name),
      calls: new CallExecutor({ products, recorder, deliver: createDelivery(failed), tokensWritten, failed }),
      control: new ControlExecutor({
        context: { ...context, scenario: this.#startScenario },
        endpoints,
        tokensWritten,
        failed
      }),
      readScenario,
      checkpoints: new Checkpoints({ products, catalog, readScenario, slices: spaceDeps.slices }),
      failed,
      follow: space => this.#follower.follow(space)
    })
  }

  /** Joins the other replicas. Throws a UserError if their version or settings differ. */
  async join(): Promise<void> {
    const { scenario, log, address, systemClock } = this.#options
    const own = this.#registration(systemClock.now())
    const found = await this.#registry.register(own)
    checkAgreement(own, found, address.shown)
    this.#startScenario = await this.#readScenario(found.start)
    this.#startedAt = found.startedAt
    if (JSON.stringify(found.start) !== JSON.stringify(own.start))
      log.warn(
        `the store ${address.shown} keeps its scenario, "${this.#startScenario.title}": "${scenario.title}" is not used; set it by the control API, or reset the store with --store-reset`
      )
  }

  /** Starts the heartbeat; resolves when the default space is up to date. Throws a UserError. */
  async load(): Promise<void> {
    const { log, address } = this.#options
    try {
      await this.#heartbeat?.start()
      await this.#updates?.refresh()
      await this.#replicas?.of(defaultSpaceName).catchUp()
    } catch (error) {
      // The other spaces can be used.
      if (error instanceof UnreadableSpace) log.warn(error.message)
      else throw error instanceof StoreError ? new UserError(`--store ${address.shown}: ${error.message}`) : error
    }
    this.#heartbeat?.repeat()
  }

  stop(): void {
    for (const { executor, space } of this.#replicas?.list() ?? [])
      if (executor.waitingFor.has(this.#replica))
        this.#replicas?.submit(space.name, { type: 'stopping', replica: this.#replica })
  }

  /** Leaves the other replicas. */
  async close(): Promise<void> {
    this.#heartbeat?.stop()
    this.#follower.close()
    await this.#registry.leave().catch(() => undefined)
    this.#engine.close()
  }

  /** Registers again after the engine has lost its data. */
  async #joinAgain(replicas: Replicas): Promise<void> {
    const { log, address } = this.#options
    log.warn(`the store ${address.shown} has lost its data: the spaces are reset`)
    await this.#registry.register(this.#registration(this.#startedAt))
    await Promise.allSettled(replicas.list().map(replica => replica.catchUp()))
  }

  #registration(startedAt: number): Registered {
    const { version, settings } = this.#options
    return { version, settings: JSON.stringify(settings), start: scenarioData(this.#startScenario), startedAt }
  }

  async #removeUnused(space: Space): Promise<void> {
    const { systemClock } = this.#options
    const idle = this.#parts?.spaceIdle ?? 0
    const replica = this.#replicas?.find(space.name)
    if (!replica || !(await replica.removeUnused(systemClock.now() - idle))) return
    await this.#registry.forget(space.name)
    await replica.catchUp()
  }
}
