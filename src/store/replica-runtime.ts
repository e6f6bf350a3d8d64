import { hash } from 'node:crypto'
import type { EventPlace } from '../journal/events.js'
import type { SpaceRuntime } from '../space/space-runtime.js'
import type { SystemClock } from '../state/clock.js'
import type { RandomSource } from '../state/random.js'
import type { Task } from './task.js'
import { TaskScheduler } from './task-scheduler.js'

/** Called for a wait of a task, with its duration in milliseconds. */
export type OnSleep = (task: Task, ms: number) => void

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
