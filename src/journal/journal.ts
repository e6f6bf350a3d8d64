import type { Call } from '../product/product.js'
import type { PlayedRule } from '../scenario/engine/rule-context.js'
import type { Session } from '../session/session-store.js'
import { createFingerprint, type Entry, entryBytes, ordinaryNotes, RequestFingerprints } from './entry.js'

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

/** The view of a journal that its budget needs. */
interface BudgetedJournal {
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

interface Waiting {
  readonly rules: readonly PlayedRule[]
  readonly session: Session | undefined
}

/** Requests that a rule holds or delays, until their response. */
export class Underway {
  readonly #calls = new Map<Call, Waiting>()
  readonly #onBegin: (entry: Entry) => void

  /** `onBegin` receives the entry of each request that begins to wait. */
  constructor(onBegin: (entry: Entry) => void) {
    this.#onBegin = onBegin
  }

  get size(): number {
    return this.#calls.size
  }

  begin(call: Call, rules: readonly PlayedRule[], session: Session | undefined): void {
    if (call.isStale || this.#calls.has(call)) return
    const waiting = { rules, session }
    this.#calls.set(call, waiting)
    this.#onBegin(entryOf(call, waiting))
  }

  end(call: Call): void {
    this.#calls.delete(call)
  }

  clear(): void {
    this.#calls.clear()
  }

  /** Current entries, in the order in which they began to wait. */
  entries(): Entry[] {
    return [...this.#calls].map(([call, waiting]) => entryOf(call, waiting))
  }
}

const entryOf = (call: Call, { rules, session }: Waiting): Entry => {
  return {
    ...ordinaryNotes,
    ...createFingerprint(call),
    isUnderway: true,
    number: call.number,
    at: call.at,
    recordedAt: call.receivedAt,
    login: call.login ?? session?.login,
    session,
    rules: [...rules],
    answer: { status: 0, headers: {} },
    took: call.space.systemClock.elapsed() - call.started
  }
}

/** The number of the last login, successful or not, to each product: of any account, of an unknown one, and of each. */
export class LastLogins {
  readonly #numbers = new Map<string, number>()

  /** `logins`: in the order of their numbers. */
  constructor(logins: readonly Entry[]) {
    for (const { product, login, number } of logins) {
      this.#numbers.set(`${product}`, number)
      this.#numbers.set(accountKey(product, login), number)
    }
  }

  /** The last login that may be of the same client: with the same account, if both are known. */
  numberFor({ product, login }: Entry): number {
    if (login === undefined) return this.#last(`${product}`)
    return Math.max(this.#last(accountKey(product, login)), this.#last(accountKey(product, undefined)))
  }

  #last(key: string): number {
    return this.#numbers.get(key) ?? 0
  }
}

const accountKey = (product: string | undefined, login: string | undefined): string =>
  `${product} ${login === undefined ? '' : `of ${login.toLowerCase()}`}`

/** The logins of one account, with possibly open sessions. */
export class AccountLogins {
  readonly #logins: Entry[] = []
  /** Logins before it are over, also if the clock is set back. */
  #first = 0

  /** `over`: keys of tokens that are of no use to the client any more. */
  constructor(readonly over: ReadonlySet<string>) {}

  /** Adds a login; returns the earliest one with another session that is open at its time. */
  add(login: Entry): Entry | undefined {
    const earlier = this.#earliestOpen(login)
    if (this.#logins.at(-1)?.session !== login.session) this.#logins.push(login)
    return earlier
  }

  #earliestOpen(login: Entry): Entry | undefined {
    for (let index = this.#first; index < this.#logins.length; index += 1) {
      const before = this.#logins[index]
      const isOpen = before?.session && !this.over.has(sessionKey(before)) && wasOpen(before.session, login.at)
      if (isOpen && before.session !== login.session) return before
      if (!isOpen && index === this.#first) this.#first += 1
    }
    return undefined
  }
}

/** Whether the session was open at that time. */
const wasOpen = ({ end, endsAt }: Session, at: number): boolean => (end === undefined ? endsAt : end.at) > at

/** The session of the login, in the same form as `tokenKey`. */
export const sessionKey = ({ product, session }: Entry): string => `${product} ${session?.token}`
export const tokenKey = ({ product, token }: Entry): string => `${product} ${token}`
