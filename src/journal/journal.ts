import type { Entry } from './entry.js'
import { entryBytes } from './entry-size.js'
import { type BudgetedJournal, JournalBudget } from './journal-budget.js'
import { RequestFingerprints } from './request-fingerprint.js'

/** The latest requests of a space, in a ring buffer limited by number and bytes. */
export class Journal implements BudgetedJournal {
  #ring: (Entry | undefined)[] = []
  /** Bytes of each entry in the ring. */
  #sizes: number[] = []
  #oldest = 0
  #size = 0
  #dropped = 0
  #bytes = 0
  readonly #budget: JournalBudget

  /** Fingerprints for the next entries to share, of at most `capacity` clients. */
  readonly fingerprints: RequestFingerprints

  constructor(
    readonly capacity: number,
    budget = new JournalBudget()
  ) {
    this.#budget = budget
    this.fingerprints = new RequestFingerprints(capacity, bytes => this.#hold(bytes))
  }

  /** Number of entries dropped so far. */
  get dropped(): number {
    return this.#dropped
  }

  get size(): number {
    return this.#size
  }

  get bytes(): number {
    return this.#bytes
  }

  /**
   * Returns the number of entries dropped for it, from this or another journal; with a capacity of 0, the entry itself. `bytes`
   * is the approximate size of the entry without its fingerprint.
   */
  add(entry: Entry, bytes = entryBytes(entry)): number {
    if (this.capacity === 0) {
      this.#dropped += 1
      return 1
    }
    const before = this.#dropped
    if (this.#size === this.capacity) this.#dropOldest()
    if (this.#size === this.#ring.length) this.#grow()
    const at = (this.#oldest + this.#size) % this.#ring.length
    this.#ring[at] = entry
    this.#sizes[at] = bytes
    this.#size += 1
    this.#hold(bytes)
    if (entry.fingerprint) this.fingerprints.hold(entry.fingerprint)
    return this.#dropped - before + this.#budget.settle()
  }

  shrink(): number {
    if (this.#size === 0 || this.fingerprints.bytes > this.#bytes / 2) {
      this.fingerprints.clear()
      return 0
    }
    this.#dropOldest()
    return 1
  }

  /** All kept entries, oldest first. */
  entries(): Entry[] {
    return [...this.#ring.slice(this.#oldest), ...this.#ring.slice(0, this.#oldest)].filter(
      entry => entry !== undefined
    )
  }

  /** Fills an empty journal. `dropped`: entries that the original journal had dropped. */
  restore(entries: readonly Entry[], dropped: number): void {
    this.#dropped = dropped
    for (const entry of entries) this.add(entry)
  }

  clear(): void {
    while (this.#size > 0) this.#dropOldest()
    this.fingerprints.clear()
    this.#ring = []
    this.#sizes = []
    this.#oldest = 0
    this.#dropped = 0
  }

  #dropOldest(): void {
    const at = this.#oldest
    const fingerprint = this.#ring[at]?.fingerprint
    this.#ring[at] = undefined
    this.#oldest = (at + 1) % this.#ring.length
    this.#size -= 1
    this.#dropped += 1
    this.#hold(-(this.#sizes[at] ?? 0))
    if (fingerprint) this.fingerprints.release(fingerprint)
  }

  /** Doubles the ring, and moves the oldest entry to its beginning. */
  #grow(): void {
    const room = Math.min(this.capacity, Math.max(16, 2 * this.#ring.length))
    const spare = Array.from({ length: room - this.#ring.length }, () => undefined)
    this.#ring = [...this.#ring.slice(this.#oldest), ...this.#ring.slice(0, this.#oldest), ...spare]
    this.#sizes = [...this.#sizes.slice(this.#oldest), ...this.#sizes.slice(0, this.#oldest), ...spare.map(() => 0)]
    this.#oldest = 0
  }

  #hold(bytes: number): void {
    const before = this.#bytes
    this.#bytes += bytes
    this.#budget.change(this, before, this.#bytes)
  }
}
