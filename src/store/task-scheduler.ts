import type { MaybePromise } from '../base/maybe-promise.js'
import type { Task } from './task.js'

interface ResumedTask {
  readonly task: Task
  readonly resume: () => void
}

/**
 * Runs the tasks of a space one at a time, each until its end or its next wait. Several tasks that continue after the same input run one
 * after the other, so that every process executes them in the same order, independent of the duration of their steps.
 */
export class TaskScheduler {
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
