import { messageOf } from '../base/error-message.js'
import { chain, type MaybePromise, recover } from '../base/maybe-promise.js'
import type { Checkpoint } from './checkpoint.js'
import type { PlacedInput } from './input.js'
import { InputExecutor, type InputExecutorOptions } from './input-executor.js'
import type { Loaded } from './space-log.js'
import { UnreadableSpace } from './store-error.js'
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
  #fault: UnreadableSpace | undefined

  constructor(options: ExecutorOptions) {
    this.#options = options
    this.#inputs = new InputExecutor(options)
  }

  get isEternal(): boolean {
    return this.#options.isEternal
  }

  /** Why the state in the engine cannot be read: the inputs after it are refused, until the space begins again. */
  get fault(): UnreadableSpace | undefined {
    return this.#fault
  }

  /** The state in the engine cannot be read. Resolves after the inputs before. */
  async refuse(fault: UnreadableSpace): Promise<void> {
    await this.caughtUp()
    const { runtime } = this.#options
    runtime.begin(this.#place, runtime.now())
    await this.#beginUnreadable(fault)
    runtime.finish()
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
    if (this.#fault || this.#isWorking || this.#inputs.hasWaiting || space.isBusy) return undefined
    const { secret, events } = runtime
    const place = this.#place
    return { place, secret, events, state: await space.snapshot(checkpoints.slices, { rows: true }) }
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
    const { runtime } = this.#options
    if ('entry' in work) runtime.begin(work.entry.place, work.entry.at)
    else runtime.begin(work.first - 1, work.at)
    const done = recover(
      () => ('entry' in work ? this.#execute(work) : this.#restart(work)),
      error => this.#fail(work, error)
    )
    return chain(done, () => {
      this.#place = 'entry' in work ? work.entry.place : work.first - 1
      runtime.finish()
    })
  }

  #execute({ entry, submission }: QueuedInput): MaybePromise<void> {
    if (this.#fault) throw this.#fault
    return this.#inputs.execute(entry, submission)
  }

  async #restart({ checkpoint }: Loaded): Promise<void> {
    this.#fault = undefined
    await this.#inputs.restart(checkpoint)
  }

  /** Never throws. */
  #fail(work: QueuedInput | Loaded, error: unknown): MaybePromise<void> {
    const { failed, space } = this.#options
    if ('entry' in work && work.entry.input.type !== 'begin') {
      if (error !== this.#fault) failed(error)
      // Otherwise its client would wait without end.
      work.submission?.onFailed?.(error)
      return undefined
    }
    return this.#beginUnreadable(new UnreadableSpace(space.name, messageOf(error)))
  }

  /** Without clock and scenario, whoever looks at all spaces would fail at this one. */
  async #beginUnreadable(fault: UnreadableSpace): Promise<void> {
    const { failed, space, readScenario } = this.#options
    if (this.#fault?.message !== fault.message) failed(fault)
    this.#fault = fault
    try {
      if (!space.hasBegun) space.begin(await readScenario({}))
    } catch (error) {
      failed(error)
    }
  }
}
