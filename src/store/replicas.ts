import { randomBytes, randomUUID } from 'node:crypto'
import { getOrCreate } from '../base/get-or-create.js'
import type { Events } from '../journal/events.js'
import type { Space } from '../space/space.js'
import type { Spaces } from '../space/spaces.js'
import type { SystemClock } from '../state/clock.js'
import { defaultSpaceName } from '../state/space-name.js'
import type { CallPlayer } from './call-player.js'
import type { Checkpoints } from './checkpoint.js'
import type { ControlPlayer } from './control-player.js'
import type { Unit } from './execution.js'
import { Executor } from './executor.js'
import type { BeginInput, Input } from './input.js'
import type { Registry } from './registry.js'
import type { ReplicaRuntime } from './replica-runtime.js'
import type { ScenarioReader } from './scenario-data.js'
import { type LogOptions, SpaceLog } from './space-log.js'
import { SpaceReplica } from './space-replica.js'
import type { Submission } from './submission.js'

export interface ReplicasOptions {
  readonly spaces: Spaces
  readonly events: Events
  readonly registry: Registry
  readonly log: LogOptions
  readonly systemClock: SystemClock
  readonly runtimeOf: (name: string) => ReplicaRuntime
  readonly calls: CallPlayer
  readonly control: ControlPlayer
  readonly readScenario: ScenarioReader
  readonly checkpoints: Checkpoints
  readonly failed: (error: unknown) => void
  /** Follows a space while a call of this process waits in it. */
  readonly follow: (space: string) => Promise<() => void>
}

type Unsent = Submission['input'] extends infer Each
  ? Each extends { readonly from: string }
    ? Omit<Each, 'from' | 'id'>
    : never
  : never

/** All spaces that this process holds, and what it sends to them. */
export class Replicas {
  readonly #options: ReplicasOptions
  readonly #byName = new Map<string, SpaceReplica>()
  readonly #used = new Set<string>()
  #number = 0
  /** Spaces that the control API makes at this moment. */
  readonly #made = new Set<string>()

  constructor(options: ReplicasOptions) {
    this.#options = options
  }

  list(): SpaceReplica[] {
    return [...this.#byName.values()]
  }

  find(name: string): SpaceReplica | undefined {
    return this.#byName.get(name)
  }

  /** The space of that name; it may be one that no replica has begun yet. */
  of(name: string): SpaceReplica {
    return getOrCreate(this.#byName, name, () => this.#create(name))
  }

  /** Sends an input to a space. */
  submit(name: string, input: Unsent, more: Omit<Submission, 'input' | 'since'> = {}): void {
    const { systemClock, log } = this.#options
    this.#number += 1
    this.#used.add(name)
    const whole = { ...input, from: log.replica, id: this.#number } as Submission['input']
    this.of(name).submit({ input: whole, since: systemClock.elapsed(), ...more })
  }

  /** The same; resolves with what came of it when it is executed here. */
  request(name: string, input: Unsent): Promise<unknown> {
    return new Promise((resolve, reject) => this.submit(name, input, { onDone: resolve, onFailed: reject }))
  }

  /** The names of the spaces that were used since it was asked for last. */
  takeUsed(): string[] {
    const names = [...this.#used]
    this.#used.clear()
    return names
  }

  /** Makes a space where there is none; whether it is new. */
  async make(name: string): Promise<boolean> {
    const { log, spaces } = this.#options
    const replica = this.of(name)
    const isNew = (await new SpaceLog(name, log).load()) === undefined
    if (isNew) {
      this.#made.add(name)
      try {
        await this.#begin(new SpaceLog(name, log))
      } finally {
        this.#made.delete(name)
      }
    }
    await replica.catchUp()
    spaces.get(name)
    return isNew
  }

  /** Ends what waits for replicas that are gone. */
  endDead(alive: ReadonlySet<string>): void {
    for (const { executor, space } of this.list())
      for (const replica of executor.waitingFor)
        if (!alive.has(replica)) this.submit(space.name, { type: 'gone', replica })
  }

  #create(name: string): SpaceReplica {
    const { spaces, systemClock, runtimeOf, log, calls, control, readScenario, checkpoints, events, failed } =
      this.#options
    const space = spaces.get(name)
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
      onWaiting: (unit, submission) => void this.#attend(space, executor, unit, submission)
    })
    return new SpaceReplica({
      space,
      log: new SpaceLog(name, log),
      executor,
      systemClock,
      checkpoints,
      failed,
      create: spaceLog => this.#begin(spaceLog),
      onGone: () => this.#forget(space)
    })
  }

  /** Begins a space in the engine, with the scenario that new spaces begin with, unless another replica does. */
  async #begin(log: SpaceLog): Promise<void> {
    const { registry } = this.#options
    const { scenario } = await registry.look()
    const input: BeginInput = {
      type: 'begin',
      secret: randomBytes(32).toString('hex'),
      scenario,
      ...(this.#made.has(log.name) && { made: true })
    }
    await Promise.all([log.create(randomUUID(), JSON.stringify(input satisfies Input)), registry.beat([log.name])])
  }

  /** A call of this process waits: its client may leave, and what lets it go may come from elsewhere. */
  async #attend(space: Space, executor: Executor, unit: Unit, submission: Submission | undefined): Promise<void> {
    const leave = () => {
      if (executor.isWaiting(unit)) this.submit(space.name, { type: 'left', call: unit.place })
    }
    const response = submission?.response
    if (!response || response.destroyed) return leave()
    response.once('close', leave)
    const unfollow = await this.#options.follow(space.name).catch(this.#options.failed)
    unit.onOver = () => unfollow?.()
    if (unit.isOver) unfollow?.()
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
