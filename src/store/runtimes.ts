import { getOrCreate } from '../base/get-or-create.js'
import type { SystemClock } from '../state/clock.js'
import { ReplicaRuntime } from './replica-runtime.js'
import type { Task } from './task.js'

export interface RuntimesOptions {
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
