import type { SystemClock } from '../../src/session/clock.js'

/** A clock that moves only by `advance`. Sleeps end immediately, and are recorded. */
export class FakeSystemClock implements SystemClock {
  readonly slept: number[] = []
  readonly #tasks = new Set<() => void>()
  #at: number

  constructor(start = Date.UTC(2026, 0, 1, 12)) {
    this.#at = start
  }

  now(): number {
    return this.#at
  }

  elapsed(): number {
    return this.#at
  }

  /** Moves the clock, and runs due tasks once. */
  advance(ms: number): void {
    this.#at += ms
    for (const task of [...this.#tasks]) task()
  }

  async sleep(ms: number): Promise<void> {
    this.slept.push(ms)
  }

  every(ms: number, task: () => void): () => void {
    let last = this.#at
    const tick = () => {
      if (this.#at - last < ms) return
      last = this.#at
      task()
    }
    this.#tasks.add(tick)
    return () => void this.#tasks.delete(tick)
  }
}
