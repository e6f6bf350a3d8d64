import type { Entry } from './entry.js'
import { RequestFingerprints } from './request-fingerprint.js'

/** The last requests of a space, in a ring: the oldest make room. */
export class Journal {
  readonly #ring: Entry[] = []
  #oldest = 0
  #dropped = 0

  /** What clients sent last, for the next entries to share: of no more clients than there are entries. */
  readonly fingerprints: RequestFingerprints

  constructor(readonly capacity: number) {
    this.fingerprints = new RequestFingerprints(capacity)
  }

  /** How many have made room since it began. */
  get dropped(): number {
    return this.#dropped
  }

  get size(): number {
    return this.#ring.length
  }

  /** Whether another one, or where nothing is kept this one, had to go for it. */
  add(entry: Entry): boolean {
    if (this.#ring.length < this.capacity) {
      this.#ring.push(entry)
      return false
    }
    this.#dropped += 1
    if (this.capacity === 0) return true
    this.#ring[this.#oldest] = entry
    this.#oldest = (this.#oldest + 1) % this.capacity
    return true
  }

  /** All that are kept, the oldest first. */
  entries(): Entry[] {
    return [...this.#ring.slice(this.#oldest), ...this.#ring.slice(0, this.#oldest)]
  }

  clear(): void {
    this.fingerprints.clear()
    this.#ring.length = 0
    this.#oldest = 0
    this.#dropped = 0
  }
}
