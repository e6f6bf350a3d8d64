import { chain, type MaybePromise, recover } from '../base/maybe-promise.js'
import type { ReceivedRequest } from '../exchange/admission.js'
import type { Events } from '../journal/events.js'
import type { Space } from '../space/space.js'
import type { CallExecutor } from './call-executor.js'
import type { Checkpoints } from './checkpoint.js'
import type { ControlExecutor } from './control-executor.js'
import type { BeginInput, Input, PlacedInput } from './input.js'
import type { ReplicaRuntime } from './replica-runtime.js'
import type { ScenarioReader } from './scenario-data.js'
import type { Submission } from './submission.js'
import { Task } from './task.js'

export interface InputExecutorOptions {
  readonly space: Space
  readonly runtime: ReplicaRuntime
  /** The name of this process among the replicas. */
  readonly replica: string
  readonly calls: CallExecutor
  readonly control: ControlExecutor
  readonly readScenario: ScenarioReader
  readonly events: Events
  readonly checkpoints: Checkpoints
  /** Called with an unexpected error. */
  readonly failed: (error: unknown) => void
  /** Called for a waiting task with a client of this process. */
  readonly onWaiting: (task: Task, submission: Submission | undefined) => void
}

/** Executes one input of a space, by its type. */
export class InputExecutor {
  readonly #options: InputExecutorOptions
  /** Waiting tasks, by the places of their inputs. */
  readonly #waiting = new Map<number, Task>()

  constructor(options: InputExecutorOptions) {
    this.#options = options
  }

  get hasWaiting(): boolean {
    return this.#waiting.size > 0
  }

  get waitingFor(): ReadonlySet<string> {
    return new Set([...this.#waiting.values()].map(({ replica }) => replica))
  }

  isWaiting(task: Task): boolean {
    return this.#waiting.get(task.place) === task
  }

  execute({ place, input }: PlacedInput, submission: Submission | undefined): MaybePromise<void> {
    switch (input.type) {
      case 'begin':
        return this.#beginSpace(input)
      case 'call':
      case 'unmatched':
      case 'control':
        return this.#runTask(new Task(input.from, place), input, submission)
      case 'notice':
        this.#options.space.sessions.list(this.#options.space.clock.now())
        submission?.onDone?.(undefined)
        break
      case 'wake': {
        const task = this.#waiting.get(input.call)
        if (task?.waits === input.wait) task.end?.()
        break
      }
      case 'left':
        this.#waiting.get(input.call)?.abort()
        break
      default:
        for (const task of this.#waiting.values())
          if (task.replica === input.replica) {
            if (input.type === 'gone') task.abort()
            else task.end?.()
          }
    }
    return this.#resume()
  }

  /** Discards the space and continues from the text of a checkpoint; an empty one is none. Waiting tasks of the old space continue, and are stale. */
  async restart(text: string): Promise<void> {
    const { space, runtime, checkpoints } = this.#options
    if (space.hasBegun) await space.discard()
    await this.#resume()
    this.#forgetFinished()
    this.#waiting.clear()
    runtime.events = 0
    if (text === '') return
    const checkpoint = await checkpoints.read(text)
    runtime.secret = checkpoint.secret
    const resume = await space.prepare(checkpoint.state, 'same', checkpoints.slices)
    resume()
    runtime.events = checkpoint.events
  }

  async #beginSpace({ secret, scenario, made }: BeginInput): Promise<void> {
    const { runtime, readScenario, space, events } = this.#options
    runtime.secret = secret
    space.begin(await readScenario(scenario))
    if (made) events.publish(space.name, { kind: 'space', change: 'made' })
  }

  #runTask(task: Task, input: Input, submission: Submission | undefined): MaybePromise<void> {
    const { runtime, calls, control, space, onWaiting, failed } = this.#options
    const work = (received: ReceivedRequest | undefined): MaybePromise<void> => {
      if (input.type === 'call' && received) return calls.execute(space, task, input, received, submission)
      if (input.type === 'unmatched') return calls.executeUnmatched(space, input, submission)
      if (input.type === 'control') return control.execute(space, input, submission)
      return undefined
    }
    const fail = (error: unknown): void => {
      failed(error)
      // Otherwise its client would wait without end.
      submission?.onFailed?.(error)
    }
    const prepared = input.type === 'call' ? calls.prepare(input, submission) : undefined
    return chain(prepared, received =>
      chain(
        runtime.scheduler.run(task, () => recover(() => work(received), fail)),
        () => {
          this.#forgetFinished()
          if (task.isOver) return
          this.#waiting.set(task.place, task)
          if (task.replica === this.#options.replica) onWaiting(task, submission)
        }
      )
    )
  }

  #resume(): MaybePromise<void> {
    return chain(this.#options.runtime.scheduler.runResumed(), () => this.#forgetFinished())
  }

  #forgetFinished(): void {
    for (const task of this.#waiting.values())
      if (task.isOver) {
        this.#waiting.delete(task.place)
        task.onOver?.()
      }
  }
}
