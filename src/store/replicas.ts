import { getOrCreate } from '../base/collections.js'
import type { ControlContext, ControlReplication, Endpoint, EndpointResult } from '../control/endpoint.js'
import type { Admission } from '../exchange/mount.js'
import type { ExchangeListener, Recorder } from '../exchange/recorder.js'
import type { Events } from '../journal/events.js'
import type { Product } from '../product/product.js'
import type { Scenario } from '../scenario/scenario.js'
import type { SystemClock } from '../session/clock.js'
import { type RandomSource, uuid } from '../session/random.js'
import { defaultSpaceName } from '../session/space-values.js'
import type { Space } from '../space/space.js'
import type { SpaceDeps, SpaceRuntime } from '../space/space-options.js'
import type { Spaces } from '../space/spaces.js'
import type { Checkpoints } from './checkpoint.js'
import { Executor, type ReplicaRuntime } from './executor.js'
import type { CallExecutor, ControlExecutor } from './input-executor.js'
import type { BeginInput, ControlInput, ControlResult, Input, Submission, Task } from './log-input.js'
import { beatEvery, type Registry, type ScenarioReader } from './registry.js'
import { type LogOptions, SpaceLog } from './space-log.js'
import { SpaceReplica } from './space-replica.js'

interface ReplicasOptions {
  readonly spaces: Spaces
  readonly events: Events
  readonly registry: Registry
  readonly log: LogOptions
  readonly systemClock: SystemClock
  readonly random: RandomSource
  readonly runtimeOf: (name: string) => ReplicaRuntime
  readonly calls: CallExecutor
  readonly control: ControlExecutor
  readonly readScenario: ScenarioReader
  readonly checkpoints: Checkpoints
  readonly failed: (error: unknown) => void
  /** Follows a space while a call of this process waits in it. */
  readonly follow: (space: string) => Promise<() => void>
}

/** An input without its number. */
type UnnumberedInput = Unnumbered<Submission['input']>
type Unnumbered<Each> = Each extends { readonly from: string } ? Omit<Each, 'from' | 'id'> : never

/** All space replicas of this process, and its inputs for them. */
export class Replicas {
  readonly #options: ReplicasOptions
  readonly #byName = new Map<string, SpaceReplica>()
  /** Spaces with inputs since the last heartbeat. */
  readonly #used = new Set<string>()
  #number = 0
  /** Spaces under creation by the control API. */
  readonly #created = new Set<string>()

  constructor(options: ReplicasOptions) {
    this.#options = options
  }

  list(): SpaceReplica[] {
    return [...this.#byName.values()]
  }

  find(name: string): SpaceReplica | undefined {
    return this.#byName.get(name)
  }

  /** The replica of the space with that name, which may not exist in the engine yet. */
  of(name: string): SpaceReplica {
    return getOrCreate(this.#byName, name, () => this.#create(name))
  }

  /** Submits an input to a space. */
  submit(name: string, input: UnnumberedInput, more: Omit<Submission, 'input' | 'since'> = {}): void {
    const { systemClock, log } = this.#options
    this.#number += 1
    this.#used.add(name)
    const numbered = { ...input, from: log.replica, id: this.#number }
    this.of(name).submit({ input: numbered, since: systemClock.elapsed(), ...more })
  }

  /** The same; resolves after its execution in this process, with the result of a control request. */
  request(name: string, input: UnnumberedInput): Promise<ControlResult | undefined> {
    return new Promise((resolve, reject) => this.submit(name, input, { onDone: resolve, onFailed: reject }))
  }

  /** Runs a control request in a space, and returns its result or throws its error. */
  async control(name: string, input: Omit<ControlInput, 'type' | 'from' | 'id'>): Promise<EndpointResult> {
    const result = await this.request(name, { type: 'control', ...input })
    if (result && 'thrown' in result) throw result.thrown
    return result?.value ?? {}
  }

  /** The names of the spaces with inputs since the last call. */
  takeUsed(): string[] {
    const names = [...this.#used]
    this.#used.clear()
    return names
  }

  /** Creates a missing space; true if it is new. */
  async make(name: string): Promise<boolean> {
    const { log, spaces } = this.#options
    const replica = this.of(name)
    const isNew = (await new SpaceLog(name, log).load()) === undefined
    if (isNew) {
      this.#created.add(name)
      try {
        await this.#begin(new SpaceLog(name, log))
      } finally {
        this.#created.delete(name)
      }
    }
    await replica.catchUp()
    spaces.get(name)
    return isNew
  }

  /** Ends the waiting requests of dead replicas. */
  endDead(alive: ReadonlySet<string>): void {
    for (const { executor, space } of this.list())
      for (const replica of executor.waitingFor)
        if (!alive.has(replica)) this.submit(space.name, { type: 'gone', replica })
  }

  #create(name: string): SpaceReplica {
    const { spaces, systemClock, runtimeOf, log, calls, control, readScenario, checkpoints, events, failed } =
      this.#options
    const space = spaces.get(name)
    const spaceLog = new SpaceLog(name, log)
    const executor = new Executor({
      space,
      runtime: runtimeOf(name),
      replica: log.replica,
      isEternal: name === defaultSpaceName,
      calls,
      control,
      readScenario,
      checkpoints,
      events,
      failed,
      onWaiting: (task, submission) => void this.#watchClient(space, executor, task, submission).catch(failed)
    })
    return new SpaceReplica({
      space,
      log: spaceLog,
      executor,
      systemClock,
      checkpoints,
      failed,
      create: () => this.#begin(spaceLog),
      onGone: () => this.#forget(space)
    })
  }

  /** Creates a space in the engine, with the scenario of new spaces, unless another replica does. */
  async #begin(log: SpaceLog): Promise<void> {
    const { registry, random } = this.#options
    const { scenario } = await registry.overview()
    const input: BeginInput = {
      type: 'begin',
      secret: random.root(),
      scenario,
      ...(this.#created.has(log.name) && { made: true })
    }
    await Promise.all([
      log.create(uuid(random.bytes('space')), JSON.stringify(input satisfies Input)),
      registry.beat([log.name])
    ])
  }

  /** Watches the client of a waiting call, and follows the space, as the end of the wait may come from another process. */
  async #watchClient(space: Space, executor: Executor, task: Task, submission: Submission | undefined): Promise<void> {
    const leave = () => {
      if (executor.isWaiting(task)) this.submit(space.name, { type: 'left', call: task.place })
    }
    const response = submission?.response
    if (!response || response.destroyed) return leave()
    response.once('close', leave)
    const unfollow = await this.#options.follow(space.name).catch(this.#options.failed)
    task.onOver = () => unfollow?.()
    if (task.isOver) unfollow?.()
    await this.of(space.name)
      .catchUp()
      .catch(() => undefined)
  }

  #forget(space: Space): void {
    const { spaces, failed } = this.#options
    this.#byName.delete(space.name)
    void spaces.drop(space).catch(failed)
  }
}

interface HeartbeatOptions {
  readonly registry: Registry
  readonly replicas: Replicas
  readonly systemClock: SystemClock
  /** Called after each heartbeat. */
  readonly onBeat: () => void
  /** Called if the engine has lost its data. */
  readonly onEmptied: () => Promise<void>
}

/** Reports at intervals that this process is alive, and ends the waits of dead replicas. */
export class Heartbeat {
  readonly #options: HeartbeatOptions
  #stop: () => void = () => undefined
  #isBeating = false

  constructor(options: HeartbeatOptions) {
    this.#options = options
  }

  /** Sends the first heartbeat. Throws a StoreError. */
  async start(): Promise<void> {
    await this.#beat()
  }

  /** Repeats the heartbeat until `stop`. */
  repeat(): void {
    this.#stop = this.#options.systemClock.every(beatEvery, () => void this.#beat().catch(() => undefined))
  }

  stop(): void {
    this.#stop()
  }

  async #beat(): Promise<void> {
    if (this.#isBeating) return
    this.#isBeating = true
    const { registry, replicas, onBeat, onEmptied } = this.#options
    try {
      const alive = await registry.beat(replicas.takeUsed())
      if (alive) replicas.endDead(alive)
      else await onEmptied()
      onBeat()
    } finally {
      this.#isBeating = false
    }
  }
}

/** The parts of an app that shares its spaces with other processes. */
export interface ReplicationParts {
  readonly spaces: Spaces
  readonly spaceDeps: SpaceDeps
  readonly scenario: Scenario
  readonly products: readonly Product[]
  readonly events: Events
  readonly recorder: Recorder
  readonly onExchange: ExchangeListener
  readonly context: Omit<ControlContext, 'endpoints'>
  readonly endpoints: () => Promise<readonly Endpoint[]>
  readonly spaceIdle: number
  readonly maxSpaces: number
  /** Called with an unexpected error. */
  readonly failed: (error: unknown) => void
}

/** Makes an app a replica: one of several processes with the same spaces. */
export interface Replication {
  runtimeOf(name: string): SpaceRuntime
  /** Called for a space without requests in this process for long. */
  onIdle(space: Space): void
  /** Called for each new token of a space other than the default one. */
  onToken(product: string, token: string, space: string): void
  /** Called once, by the composition root. */
  attach(parts: ReplicationParts): { readonly admission: Admission; readonly control: ControlReplication }
  /** Continues the waiting requests of the clients of this process, before the server stops. */
  stop(): void
}
