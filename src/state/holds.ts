import { getOrCreate } from '../base/get-or-create.js'

/** Told whenever another number of requests wait for a name. */
export type Changed = (name: string, waiting: number) => void

/** Told of each call that begins to wait, by what ends its wait; what it gives lets the call go on. */
export type WaitGate = (end: () => void) => (resume: () => void) => void

const atOnce = (resume: () => void): void => resume()
const open: WaitGate = () => atOnce

/** Requests that wait, by the name that they wait for, until a test lets them go. */
export class Holds {
  readonly #waiting = new Map<string, Set<() => void>>()
  readonly #changed: Changed
  readonly #gate: WaitGate

  constructor(changed: Changed = () => undefined, gate: WaitGate = open) {
    this.#changed = changed
    this.#gate = gate
  }

  /** Resolves when the name is released, or the signal aborted. */
  wait(name: string, gone: AbortSignal): Promise<void> {
    if (gone.aborted) return Promise.resolve()
    return new Promise(resolve => {
      const waiting = getOrCreate(this.#waiting, name, () => new Set<() => void>())
      const go = () => {
        waiting.delete(go)
        if (waiting.size === 0 && this.#waiting.get(name) === waiting) this.#waiting.delete(name)
        gone.removeEventListener('abort', go)
        this.#changed(name, waiting.size)
        goOn(resolve)
      }
      const goOn = this.#gate(go)
      waiting.add(go)
      this.#changed(name, waiting.size)
      gone.addEventListener('abort', go, { once: true })
    })
  }

  /** Lets all go that wait for the name; the answer is how many. */
  release(name: string): number {
    const waiting = [...(this.#waiting.get(name) ?? [])]
    for (const go of waiting) go()
    return waiting.length
  }

  /** Whether any request waits. */
  get isWaiting(): boolean {
    return this.#waiting.size > 0
  }

  /** How many wait for which name. */
  list(): { readonly name: string; readonly waiting: number }[] {
    return [...this.#waiting].map(([name, waiting]) => ({ name, waiting: waiting.size }))
  }

  releaseAll(): void {
    for (const name of [...this.#waiting.keys()]) this.release(name)
  }
}
