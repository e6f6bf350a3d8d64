/** A journal, as its budget sees it. */
export interface BudgetedJournal {
  /** Approximate size in bytes. */
  readonly bytes: number
  /** Drops its oldest row, or what it remembers for sharing; how many rows went. */
  shrink(): number
}

/** The bytes that all journals of a server may hold together. Where they hold more, the largest one drops its oldest rows. */
export class JournalBudget {
  #used = 0
  #largest: BudgetedJournal | undefined
  readonly #journals = new Set<BudgetedJournal>()

  constructor(readonly limit = Number.POSITIVE_INFINITY) {}

  /** The bytes that all journals hold. */
  get used(): number {
    return this.#used
  }

  /** A journal holds so many bytes more; fewer, where the number is negative. */
  add(journal: BudgetedJournal, bytes: number): void {
    this.#used += bytes
    const before = journal.bytes - bytes
    if (journal.bytes <= 0) this.#journals.delete(journal)
    else if (before <= 0) this.#journals.add(journal)
  }

  /** Drops rows until all fit; how many went. */
  settle(): number {
    let dropped = 0
    while (this.#used > this.limit && this.#journals.size > 0) dropped += this.#findLargest().shrink()
    return dropped
  }

  /** Looked for anew only when the last one has become small, as there may be thousands. */
  #findLargest(): BudgetedJournal {
    const share = this.limit / this.#journals.size
    if (this.#largest && this.#largest.bytes > share / 2) return this.#largest
    const largest = [...this.#journals].reduce((most, journal) => (journal.bytes > most.bytes ? journal : most))
    this.#largest = largest
    return largest
  }
}
