import { getOrCreate } from '../base/collections.js'
import { AbortController } from '../base/node-globals.js'
import type { SystemClock } from './clock.js'

/** Called when the number of requests waiting for a name changes. */
type HoldListener = (name: string, waiting: number) => void

/**
 * Controls the order of resumed calls. Called at the begin of a wait with a function that ends the wait; the result is called at its
 * end with a function that resumes the call.
 */
export type WaitGate = (end: () => void) => (resume: () => void) => void

const resumeAtOnce = (resume: () => void): void => resume()
const openGate: WaitGate = () => resumeAtOnce

/** Held requests by name; a test releases them. */
export class Holds {
  readonly #waiting = new Map<string, Set<() => void>>()
  readonly #onChange: HoldListener
  readonly #gate: WaitGate

  constructor(onChange: HoldListener = () => undefined, gate: WaitGate = openGate) {
    this.#onChange = onChange
    this.#gate = gate
  }

  /** Resolves when the name is released or the signal is aborted. */
  wait(name: string, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve()
    return new Promise(resolve => {
      const waiting = getOrCreate(this.#waiting, name, () => new Set<() => void>())
      const end = () => {
        waiting.delete(end)
        if (waiting.size === 0 && this.#waiting.get(name) === waiting) this.#waiting.delete(name)
        signal.removeEventListener('abort', end)
        this.#onChange(name, waiting.size)
        resumeBy(resolve)
      }
      const resumeBy = this.#gate(end)
      waiting.add(end)
      this.#onChange(name, waiting.size)
      signal.addEventListener('abort', end, { once: true })
    })
  }

  /** Releases all requests waiting for the name; returns their number. */
  release(name: string): number {
    const waiting = [...(this.#waiting.get(name) ?? [])]
    for (const end of waiting) end()
    return waiting.length
  }

  /** Whether any request is held. */
  get isWaiting(): boolean {
    return this.#waiting.size > 0
  }

  /** The number of waiting requests by name. */
  list(): { readonly name: string; readonly waiting: number }[] {
    return [...this.#waiting].map(([name, waiting]) => ({ name, waiting: waiting.size }))
  }

  releaseAll(): void {
    for (const name of [...this.#waiting.keys()]) this.release(name)
  }
}

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
