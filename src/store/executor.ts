import { chain, type MaybePromise, recover } from '../base/maybe-promise.js'
import type { Arrival } from '../exchange/admission.js'
import type { Events } from '../journal/events.js'
import type { Space } from '../space/space.js'
import type { CallPlayer } from './call-player.js'
import type { Checkpoint, Checkpoints } from './checkpoint.js'
import type { ControlPlayer } from './control-player.js'
import { Unit } from './execution.js'
import type { BeginInput, Input, PlacedInput } from './input.js'
import type { ReplicaRuntime } from './replica-runtime.js'
import type { ScenarioReader } from './scenario-data.js'
import type { Loaded } from './space-log.js'
import type { Submission } from './submission.js'

export interface ExecutorOptions {
  readonly space: Space
  readonly runtime: ReplicaRuntime
  /** The name of this process among the others. */
  readonly replica: string
  /** The space is there even where the engine has lost it. */
  readonly isEternal: boolean
  readonly calls: CallPlayer
  readonly control: ControlPlayer
  readonly readScenario: ScenarioReader
  readonly events: Events
  readonly checkpoints: Checkpoints
  /** Told what our own code threw. */
  readonly failed: (error: unknown) => void
  /** Told of a call that waits, and whose client is one of this process. */
  readonly onWaiting: (unit: Unit, submission: Submission | undefined) => void
}

interface Queued {
  readonly entry: PlacedInput
  readonly submission: Submission | undefined
}

/** Executes the inputs of one space, one after the other. */
export class Executor {
  readonly #options: ExecutorOptions
  #queue: (Queued | Loaded)[] = []
  #isWorking = false
  /** The last input that was executed. */
  #place = 0
  #idle: (() => void)[] = []
  /** Calls that wait, by the places of their inputs. */
  readonly #waiting = new Map<number, Unit>()

  constructor(options: ExecutorOptions) {
    this.#options = options
  }

  get isEternal(): boolean {
    return this.#options.isEternal
  }

  isOwn(replica: string): boolean {
    return replica === this.#options.replica
  }

  /** The replicas whose calls wait. */
  get waitingFor(): ReadonlySet<string> {
    return new Set([...this.#waiting.values()].map(({ replica }) => replica))
  }

  /** The waiting call of that place. */
  isWaiting(unit: Unit): boolean {
    return this.#waiting.get(unit.place) === unit
  }

  /** The space begins where the engine says; what was in it before is forgotten. */
  begin(loaded: Loaded): void {
    this.#add(loaded)
  }

  execute(entry: PlacedInput, submission: Submission | undefined): void {
    this.#add({ entry, submission })
  }

  /** Resolves when all that was handed in is executed. */
  caughtUp(): Promise<void> {
    if (!this.#isWorking) return Promise.resolve()
    return new Promise(resolve => this.#idle.push(resolve))
  }

  /** The space as it is at this moment; undefined where something is executed or waits, of which a snapshot has nothing. */
  async takeCheckpoint(): Promise<Checkpoint | undefined> {
    const { space, runtime, checkpoints } = this.#options
    if (this.#isWorking || this.#waiting.size > 0 || space.isBusy) return undefined
    const { secret, events } = runtime
    const place = this.#place
    return { place, secret, events, state: await space.snapshot(checkpoints.slices(), { rows: true }) }
  }

  #add(work: Queued | Loaded): void {
    this.#queue.push(work)
    if (!this.#isWorking) this.#work()
  }

  #work(): void {
    this.#isWorking = true
    for (let next = this.#queue.shift(); next; next = this.#queue.shift()) {
      const done = this.#do(next)
      if (done instanceof Promise) {
        void done.then(() => this.#work())
        return
      }
    }
    this.#isWorking = false
    const told = this.#idle
    this.#idle = []
    for (const resolve of told) resolve()
  }

  /** Never throws. */
  #do(work: Queued | Loaded): MaybePromise<void> {
    const { runtime, failed } = this.#options
    if ('entry' in work) runtime.begin(work.entry.place, work.entry.at)
    else runtime.begin(work.first - 1, work.at)
    const done = recover(
      () => ('entry' in work ? this.#play(work) : this.#restart(work)),
      error => failed(error)
    )
    return chain(done, () => {
      this.#place = 'entry' in work ? work.entry.place : work.first - 1
      runtime.finish()
    })
  }

  #play({ entry, submission }: Queued): MaybePromise<void> {
    const { place, input } = entry
    switch (input.type) {
      case 'begin':
        return this.#beginWorld(input)
      case 'call':
      case 'unmatched':
      case 'control':
        return this.#run(new Unit(input.from, place), input, submission)
      case 'notice':
        this.#options.space.sessions.list(this.#options.space.clock.now())
        submission?.onDone?.(undefined)
        break
      case 'wake': {
        const unit = this.#waiting.get(input.call)
        if (unit?.waits === input.wait) unit.end?.()
        break
      }
      case 'left': {
        const unit = this.#waiting.get(input.call)
        if (unit) letGo(unit)
        break
      }
      default:
        for (const unit of this.#waiting.values())
          if (unit.replica === input.replica) {
            if (input.type === 'gone') letGo(unit)
            else unit.end?.()
          }
    }
    return this.#resume()
  }

  #run(unit: Unit, input: Input, submission: Submission | undefined): MaybePromise<void> {
    const { runtime, calls, control, space, onWaiting, failed } = this.#options
    const play = (arrival: Arrival | undefined): MaybePromise<void> => {
      if (input.type === 'call' && arrival) return calls.play(space, unit, input, arrival, submission)
      if (input.type === 'unmatched') return calls.playUnmatched(space, input, submission)
      if (input.type === 'control') return control.play(space, input, submission)
      return undefined
    }
    const fail = (error: unknown): void => {
      failed(error)
      // Whoever waits for it here is told, and does not wait for ever.
      submission?.onFailed?.(error)
    }
    const prepared = input.type === 'call' ? calls.prepare(input, submission) : undefined
    return chain(prepared, arrival =>
      chain(
        runtime.execution.run(unit, () => recover(() => play(arrival), fail)),
        () => {
          this.#forgetFinished()
          if (unit.isOver) return
          this.#waiting.set(unit.place, unit)
          if (this.isOwn(unit.replica)) onWaiting(unit, submission)
        }
      )
    )
  }

  #resume(): MaybePromise<void> {
    return chain(this.#options.runtime.execution.runResumed(), () => this.#forgetFinished())
  }

  #forgetFinished(): void {
    for (const unit of this.#waiting.values())
      if (unit.isOver) {
        this.#waiting.delete(unit.place)
        unit.onOver?.()
      }
  }

  async #beginWorld({ secret, scenario, made }: BeginInput): Promise<void> {
    const { runtime, readScenario, space, events } = this.#options
    runtime.secret = secret
    space.begin(await readScenario(scenario))
    if (made) events.publish(space.name, { kind: 'space', change: 'made' })
  }

  /** What was here is another world: whoever waits in it goes on, and finds it gone. */
  async #restart({ checkpoint: text }: Loaded): Promise<void> {
    const { space, runtime, checkpoints } = this.#options
    if (space.hasBegun) await space.discard()
    await this.#resume()
    this.#forgetFinished()
    this.#waiting.clear()
    runtime.events = 0
    if (text === '') return
    const checkpoint = await checkpoints.read(text)
    runtime.secret = checkpoint.secret
    const resume = await space.prepare(checkpoint.state, 'same', checkpoints.slices())
    resume()
    runtime.events = checkpoint.events
  }
}

/** Its client has gone: it ends, whatever it waits for. */
const letGo = (unit: Unit): void => {
  unit.leaving.abort()
  unit.end?.()
}
