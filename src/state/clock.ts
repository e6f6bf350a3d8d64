import timers from 'node:timers'
import promises from 'node:timers/promises'

// Taken when the module is loaded: test runners put fakes in their place that never run by themselves.
const { setTimeout: wait } = promises
const { setInterval, clearInterval } = timers
const elapsed = performance.now.bind(performance)

/** The real time and real waiting. Handed in, so that tests live without either. */
export interface SystemClock {
  /** Unix milliseconds. */
  now(): number
  /** Milliseconds that only ever grow, with fractions: for durations. */
  elapsed(): number
  /** Resolves after `ms`, or as soon as the signal is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>
  /** Calls `task` every `ms` without keeping the process alive; returns what stops it. */
  every(ms: number, task: () => void): () => void
}

/** The longest time that a timer can take, in milliseconds: some 24 days. One that is set to more is over at once. */
const longestTimer = 2 ** 31 - 1

export const systemClock: SystemClock = {
  now: () => Date.now(),
  elapsed: () => elapsed(),
  sleep: (ms, signal) =>
    wait(Math.min(ms, longestTimer), undefined, signal ? { signal } : {}).then(
      () => undefined,
      () => undefined
    ),
  every: (ms, task) => {
    const timer = setInterval(task, ms)
    timer.unref()
    return () => clearInterval(timer)
  }
}

/** The largest time a JavaScript date can hold, in Unix milliseconds. */
export const endOfTime = 8.64e15

/** A space's own time: it runs beside the systemClock's until it is set, frozen or advanced. */
export class Clock {
  readonly #systemClock: SystemClock
  #offset = 0
  #frozenAt: number | undefined
  #second = Number.NaN
  #date = ''

  /** `start` is where it begins, in Unix milliseconds; left out, it is the systemClock's time. */
  constructor(systemClock: SystemClock, start?: number, frozen = false) {
    this.#systemClock = systemClock
    if (start !== undefined) this.set(start)
    if (frozen) this.freeze()
  }

  get frozen(): boolean {
    return this.#frozenAt !== undefined
  }

  /** Unix milliseconds by this clock. */
  now(): number {
    return this.at(this.#systemClock.now())
  }

  /** The same at this time of the system clock. */
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

  set(to: number): void {
    if (!(Math.abs(to) <= endOfTime)) throw new RangeError(`a clock cannot be set to ${to}`)
    if (this.frozen) this.#frozenAt = to
    else this.#offset = to - this.#systemClock.now()
  }

  advance(ms: number): void {
    this.set(this.now() + ms)
  }

  /** The `Date` header for a time, in Unix milliseconds. The last one is cached, as most responses of a second share it. */
  httpDate(at: number): string {
    const second = Math.floor(at / 1000)
    if (second !== this.#second) {
      this.#second = second
      this.#date = new Date(second * 1000).toUTCString()
    }
    return this.#date
  }
}
