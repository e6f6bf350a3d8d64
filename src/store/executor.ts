import { chain, type MaybePromise, recover } from '../base/maybe-promise.js'
import type { Checkpoint } from './checkpoint.js'
import type { PlacedInput } from './input.js'
import { InputExecutor, type InputExecutorOptions } from './input-executor.js'
import type { Loaded } from './space-log.js'
import type { Submission } from './submission.js'
import type { Task } from './task.js'

export interface ExecutorOptions extends InputExecutorOptions {
  /** The default space, which is created again if the engine has lost it. */
  readonly isEternal: boolean
}

interface QueuedInput {
  readonly entry: PlacedInput
  readonly submission: Submission | undefined
}

/** The queue of a space: executes its inputs one after the other. */
export class Executor {
  readonly #options: ExecutorOptions
  readonly #inputs: InputExecutor
  #queue: (QueuedInput | Loaded)[] = []
  #isWorking = false
  /** The last executed input. */
  #place = 0
  #onIdle: (() => void)[] = []

  constructor(options: ExecutorOptions) {
    this.#options = options
    this.#inputs = new InputExecutor(options)
  }

  get isEternal(): boolean {
    return this.#options.isEternal
  }

  /** This process has the name `replica`. */
  isOwn(replica: string): boolean {
    return replica === this.#options.replica
  }

  /** The replicas with waiting tasks. */
  get waitingFor(): ReadonlySet<string> {
    return this.#inputs.waitingFor
  }

  isWaiting(task: Task): boolean {
    return this.#inputs.isWaiting(task)
  }

  /** Discards the space and starts it from the state in the engine. */
  begin(loaded: Loaded): void {
    this.#add(loaded)
  }

  /** `submission`: the request of this process that the input comes from, if it does. */
  execute(entry: PlacedInput, submission: Submission | undefined): void {
    this.#add({ entry, submission })
  }

  /** Resolves when the queue is empty. */
  caughtUp(): Promise<void> {
    if (!this.#isWorking) return Promise.resolve()
    return new Promise(resolve => this.#onIdle.push(resolve))
  }

  /** The current state of the space; undefined during an execution or a wait, which a snapshot leaves out. */
  async takeCheckpoint(): Promise<Checkpoint | undefined> {
    const { space, runtime, checkpoints } = this.#options
    if (this.#isWorking || this.#inputs.hasWaiting || space.isBusy) return undefined
    const { secret, events } = runtime
    const place = this.#place
    return { place, secret, events, state: await space.snapshot(checkpoints.slices(), { rows: true }) }
  }

  #add(work: QueuedInput | Loaded): void {
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
    const callbacks = this.#onIdle
    this.#onIdle = []
    for (const resolve of callbacks) resolve()
  }

  /** Never throws. */
  #do(work: QueuedInput | Loaded): MaybePromise<void> {
    const { runtime, failed } = this.#options
    if ('entry' in work) runtime.begin(work.entry.place, work.entry.at)
    else runtime.begin(work.first - 1, work.at)
    const done = recover(
      () =>
        'entry' in work ? this.#inputs.execute(work.entry, work.submission) : this.#inputs.restart(work.checkpoint),
      error => failed(error)
    )
    return chain(done, () => {
      this.#place = 'entry' in work ? work.entry.place : work.first - 1
      runtime.finish()
    })
  }
}
