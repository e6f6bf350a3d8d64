import type { SystemClock } from './clock.js'

/** Requests that wait for some time, until it is over or all are woken. */
export class Delays {
  readonly #waiting = new Set<AbortController>()
  readonly #systemClock: SystemClock

  constructor(systemClock: SystemClock) {
    this.#systemClock = systemClock
  }

  get isWaiting(): boolean {
    return this.#waiting.size > 0
  }

  /** Waits so many milliseconds, or until the signal is aborted or all are woken. */
  async wait(ms: number, gone?: AbortSignal): Promise<void> {
    if (gone?.aborted) return
    const waking = new AbortController()
    const wake = () => waking.abort()
    this.#waiting.add(waking)
    gone?.addEventListener('abort', wake, { once: true })
    await this.#systemClock.sleep(ms, waking.signal)
    gone?.removeEventListener('abort', wake)
    this.#waiting.delete(waking)
  }

  wakeAll(): void {
    for (const waking of this.#waiting) waking.abort()
  }
}
