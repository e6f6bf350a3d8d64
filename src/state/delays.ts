import { AbortController } from '../base/node-globals.js'
import type { SystemClock } from './clock.js'

/** Delayed requests. */
export class Delays {
  readonly #timers = new Set<AbortController>()
  readonly #systemClock: SystemClock

  constructor(systemClock: SystemClock) {
    this.#systemClock = systemClock
  }

  get isWaiting(): boolean {
    return this.#timers.size > 0
  }

  /** Resolves after `ms` milliseconds, on abort of the signal, or by `wakeAll`. */
  async wait(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return
    const timer = new AbortController()
    const wake = () => timer.abort()
    this.#timers.add(timer)
    signal?.addEventListener('abort', wake, { once: true })
    await this.#systemClock.sleep(ms, timer.signal)
    signal?.removeEventListener('abort', wake)
    this.#timers.delete(timer)
  }

  wakeAll(): void {
    for (const timer of this.#timers) timer.abort()
  }
}
