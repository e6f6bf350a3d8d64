/** The view of a journal that its budget needs. */
export interface BudgetedJournal {
  /** Approximate size in bytes. */
  readonly bytes: number
  /** Drops the oldest entry, or the cache of fingerprints. Returns the number of dropped entries. */
  shrink(): number
}

/** The byte limit of all journals of a server. Above it, the largest journal drops its oldest entries. */
export class JournalBudget {
  #used = 0
  #largest: BudgetedJournal | undefined
  readonly #journals = new Set<BudgetedJournal>()

  constructor(readonly limit = Number.POSITIVE_INFINITY) {}

  /** Bytes of all journals. */
  get used(): number {
    return this.#used
  }

  /** A journal has changed its size, in bytes. */
  change(journal: BudgetedJournal, before: number, now: number): void {
    this.#used += now - before
    if (now <= 0) this.#journals.delete(journal)
    else if (before <= 0) this.#journals.add(journal)
  }

  /** Drops entries until all fit. Returns their number. */
  settle(): number {
    let dropped = 0
    while (this.#used > this.limit && this.#journals.size > 0) dropped += this.#findLargest().shrink()
    return dropped
  }

  /** Searched again only after the last one has become small: there may be thousands of journals. */
  #findLargest(): BudgetedJournal {
    const share = this.limit / this.#journals.size
    if (this.#largest && this.#largest.bytes > share / 2) return this.#largest
    const largest = [...this.#journals].reduce((max, journal) => (journal.bytes > max.bytes ? journal : max))
    this.#largest = largest
    return largest
  }
}
