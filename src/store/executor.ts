import { hash } from 'node:crypto'
import { getOrCreate } from '../base/collections.js'
import { messageOf } from '../base/error-message.js'
import { chain, type MaybePromise, recover } from '../base/promises.js'
import type { EventPlace } from '../journal/events.js'
import type { SystemClock } from '../session/clock.js'
import type { RandomSource } from '../session/random.js'
import type { SpaceRuntime } from '../space/space-options.js'
import type { Checkpoint } from './checkpoint.js'
import { InputExecutor, type InputExecutorOptions } from './input-executor.js'
import type { PlacedInput, Submission, Task } from './log-input.js'
import type { Loaded } from './space-log.js'
import { UnreadableSpace } from './store-error.js'

interface ExecutorOptions extends InputExecutorOptions {
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

interface ResumedTask {
  readonly task: Task
  readonly resume: () => void
}

/**
 * Runs the tasks of a space one at a time, each until its end or its next wait. Several tasks that continue after the same input run one
 * after the other, so that every process executes them in the same order, independent of the duration of their steps.
 */
class TaskScheduler {
  #current: Task | undefined
  #onPause: (() => void) | undefined
  readonly #resumed: ResumedTask[] = []

  /** The running task. */
  get current(): Task | undefined {
    return this.#current
  }

  /** Runs a task, then the tasks that continue because of it. */
  run(task: Task, work: () => MaybePromise<void>): MaybePromise<void> {
    this.#current = task
    const finished = work()
    if (finished instanceof Promise) {
      const finish = () => {
        task.isOver = true
        if (this.#current === task) this.#pause()
      }
      void finished.then(finish, finish)
      return this.#untilPause().then(() => this.runResumed())
    }
    task.isOver = true
    this.#current = undefined
    return this.runResumed()
  }

  /** Runs the tasks that can continue. */
  runResumed(): MaybePromise<void> {
    const next = this.#resumed.shift()
    if (!next) return undefined
    this.#current = next.task
    next.resume()
    return this.#untilPause().then(() => this.runResumed())
  }

  /** Pauses the running task for a wait; `end` ends the wait. The returned function queues the task to continue. */
  readonly wait = (end: () => void): ((resume: () => void) => void) => {
    const task = this.#current
    if (!task) return resume => resume()
    task.waits += 1
    task.end = end
    this.#pause()
    return resume => {
      task.end = undefined
      this.#resumed.push({ task, resume })
    }
  }

  #pause(): void {
    this.#current = undefined
    const onPause = this.#onPause
    this.#onPause = undefined
    onPause?.()
  }

  #untilPause(): Promise<void> {
    if (!this.#current) return Promise.resolve()
    return new Promise(resolve => {
      this.#onPause = resolve
    })
  }
}

interface RuntimesOptions {
  readonly systemClock: SystemClock
  /** The name of this process among the replicas. */
  readonly replica: string
  /** Called at the end of the time of a wait, if the task still waits. */
  readonly onWake: (space: string, task: Task, wait: number) => void
}

/** The runtimes of all spaces, and the timers for tasks with clients of this process. */
export class Runtimes {
  readonly #options: RuntimesOptions
  readonly #byName = new Map<string, ReplicaRuntime>()

  constructor(options: RuntimesOptions) {
    this.#options = options
  }

  of(name: string): ReplicaRuntime {
    const { systemClock, replica } = this.#options
    const create = () => new ReplicaRuntime(systemClock, replica, (task, ms) => void this.#sleep(name, task, ms))
    return getOrCreate(this.#byName, name, create)
  }

  async #sleep(space: string, task: Task, ms: number): Promise<void> {
    const { systemClock, replica, onWake } = this.#options
    if (task.replica !== replica) return
    const wait = task.waits
    await systemClock.sleep(ms)
    if (task.end && task.waits === wait) onWake(space, task, wait)
  }
}

/** Called for a wait of a task, with its duration in milliseconds. */
type OnSleep = (task: Task, ms: number) => void

/** Clock and random numbers of a space with a store: the times of its inputs, and numbers derived from its log. */
export class ReplicaRuntime implements SpaceRuntime {
  readonly scheduler = new TaskScheduler()
  readonly gate = this.scheduler.wait
  readonly systemClock: SystemClock
  readonly random: RandomSource
  /** Number of events of the space so far. */
  events = 0
  /** The secret of the random numbers of the space. */
  secret = ''
  #at = 0
  #place = 0
  #draws = 0
  #isExecuting = false
  readonly #real: SystemClock
  readonly #replica: string

  constructor(real: SystemClock, replica: string, onSleep: OnSleep) {
    this.#real = real
    this.#replica = replica
    const now = () => this.now()
    this.systemClock = {
      now,
      elapsed: now,
      sleep: (ms, signal) => this.#sleep(ms, signal, onSleep),
      every: (ms, task) => real.every(ms, task)
    }
    this.random = {
      root: () => hash('sha256', `${this.secret}\0${this.#place}\0root`),
      bytes: purpose => {
        this.#draws += 1
        return hash('sha256', `${this.secret}\0${this.#place}\0${this.#draws}\0${purpose}`, 'buffer')
      }
    }
  }

  /** The time of the executed input; between inputs the real time, but never an earlier one. */
  now(): number {
    return this.#isExecuting ? this.#at : Math.max(this.#at, this.#real.now())
  }

  readonly isReadOnly = (): boolean => !this.#isExecuting

  /** The client of the running task is one of this process. */
  get isOwn(): boolean {
    return this.scheduler.current?.replica === this.#replica
  }

  /** The place of the next event. */
  nextEvent(): EventPlace {
    this.events += 1
    return { number: this.events, at: this.#at }
  }

  /** Starts the execution of an input. */
  begin(place: number, at: number): void {
    this.#place = place
    this.#at = at
    this.#draws = 0
    this.#isExecuting = true
  }

  finish(): void {
    this.#isExecuting = false
  }

  /** A wait until an input ends it. */
  #sleep(ms: number, signal: AbortSignal | undefined, onSleep: OnSleep): Promise<void> {
    const task = this.scheduler.current
    return new Promise(resolve => {
      const end = () => {
        signal?.removeEventListener('abort', end)
        goOn(resolve)
      }
      const goOn = this.scheduler.wait(end)
      signal?.addEventListener('abort', end, { once: true })
      if (task) onSleep(task, ms)
    })
  }
}
