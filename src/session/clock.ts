import timers from 'node:timers'
import promises from 'node:timers/promises'
import { performance } from '../base/node-globals.js'

// Read at module load: fake timers of test runners replace them later, and never fire on their own.
const { setTimeout: wait } = promises
const { setInterval, clearInterval } = timers
const elapsed = performance.now.bind(performance)

/** Real time and timers; injected, so that tests need neither. */
export interface SystemClock {
  /** Unix milliseconds. */
  now(): number
  /** Monotonic milliseconds with fractions, for durations. */
  elapsed(): number
  /** Resolves after `ms`, or when the signal is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
  /** Calls `task` every `ms` without keeping the process alive. The result stops it. */
  every(ms: number, task: () => void): () => void
}

/** Maximum delay of a Node timer, in milliseconds (about 24 days); a longer one fires at once. */
const maxDelay = 2 ** 31 - 1

export const systemClock: SystemClock = {
  now: () => Date.now(),
  elapsed: () => elapsed(),
  sleep: (ms, signal) =>
    wait(Math.min(ms, maxDelay), undefined, signal ? { signal } : {}).then(
      () => undefined,
      () => undefined
    ),
  every: (ms, task) => {
    const timer = setInterval(task, ms)
    timer.unref()
    return () => clearInterval(timer)
  }
}

/** The maximum of a JavaScript date, in Unix milliseconds. */
export const endOfTime = 8.64e15

/** The clock of a space: the system clock with an offset, or frozen. */
export class Clock {
  readonly #systemClock: SystemClock
  #offset = 0
  #frozenAt: number | undefined
  #second = Number.NaN
  #date = ''

  /** `start`: initial time in Unix milliseconds; by default the time of the system clock. */
  constructor(systemClock: SystemClock, start?: number, frozen = false) {
    this.#systemClock = systemClock
    // In this order, as the system clock runs on between two readings.
    if (frozen) this.freeze()
    if (start !== undefined) this.set(start)
  }

  get frozen(): boolean {
    return this.#frozenAt !== undefined
  }

  /** Unix milliseconds by this clock. */
  now(): number {
    return this.at(this.#systemClock.now())
  }

  /** The time of this clock at a time of the system clock, in Unix milliseconds. */
  at(real: number): number {
    return this.#frozenAt ?? real + this.#offset
  }

  freeze(): void {
    this.#frozenAt ??= this.now()
  }

  run(): void {
    if (this.#frozenAt === undefined) return
    this.#offset = this.#frozenAt - this.#systemClock.now()
    this.#frozenAt = undefined
  }

  /** Sets the time in Unix milliseconds. Throws a RangeError beyond `endOfTime`. */
  set(to: number): void {
    this.#setAt(to, this.#systemClock.now())
  }

  advance(ms: number): void {
    const real = this.#systemClock.now()
    this.#setAt(this.at(real) + ms, real)
  }

  /** Sets the time at a time of the system clock. */
  #setAt(to: number, real: number): void {
    if (!(Math.abs(to) <= endOfTime)) throw new RangeError(`a clock cannot be set to ${to}`)
    if (this.frozen) this.#frozenAt = to
    else this.#offset = to - real
  }

  /** The `Date` header for a time in Unix milliseconds. The last one is cached, as all responses of a second share it. */
  httpDate(at: number): string {
    const second = Math.floor(at / 1000)
    if (second !== this.#second) {
      this.#second = second
      this.#date = new Date(second * 1000).toUTCString()
    }
    return this.#date
  }
}
