import { kept } from './kept.js'
import type { Soon } from './soon.js'

/** How a session came to its end: its time was over, its owner left, somebody or something else ended it. */
export type Cause = 'expired' | 'logged-out' | 'revoked' | 'evicted' | 'moved'

export interface Ending {
  readonly cause: Cause
  /** By the space's clock, in Unix milliseconds. */
  readonly at: number
  /** What ended it, in words: `request 7`, `rule "…"`, `the control API`. */
  readonly by?: string | undefined
}

/** How long a product's sessions live. Times in milliseconds; Infinity is for ever. */
export interface Policy {
  /** Life since the last use, or since login where use does not renew. */
  readonly idle: number
  /** Life since login, used or not. */
  readonly lifetime: number
  /** Use starts the idle time anew. */
  readonly renewed: boolean
  /** Sessions per account: one more login ends the oldest. */
  readonly limit: number
  /** The token is honoured only from the address that logged in; from another it dies. */
  readonly pinned: boolean
}

export class Session {
  usedAt: number
  uses = 0
  end: Ending | undefined
  /** What the product remembers on it, such as a working domain. */
  data: Readonly<Record<string, string>> | undefined

  constructor(
    readonly product: string,
    readonly token: string,
    readonly login: string,
    readonly address: string,
    readonly openedAt: number,
    readonly policy: Policy
  ) {
    this.usedAt = openedAt
  }

  /** When its time is over unless it is used, in Unix milliseconds. */
  get expiresAt(): number {
    const { idle, lifetime, renewed } = this.policy
    return Math.min((renewed ? this.usedAt : this.openedAt) + idle, this.openedAt + lifetime)
  }
}

/** What a token is worth at this moment. */
export type Standing =
  | { readonly is: 'open'; readonly session: Session }
  | { readonly is: 'ended'; readonly session: Session; readonly end: Ending }
  | { readonly is: 'unknown' }

/**
 * Where sessions are kept. Each operation checks and changes in one step, so of any number at once exactly one succeeds.
 * Results may be promises: a shared engine can stand behind it.
 */
export interface SessionStore {
  /** Keeps a new session; over the policy's limit, the account's oldest are evicted. */
  open(session: Session, now: number): Soon<void>
  /** What the token is worth, changing nothing but noticing that its time is over. */
  look(product: string, token: string, now: number): Soon<Standing>
  /** The same, and where it is open, counts a use from this address. */
  use(product: string, token: string, now: number, address: string): Soon<Standing>
  /** Ends it, for the client at this address where one asked; the answer is what it was before. */
  end(product: string, token: string, ending: Ending, address?: string): Soon<Standing>
  /** Ends all sessions of the account but one; the answer is how many. */
  endOthers(product: string, login: string, keep: string, ending: Ending): Soon<number>
  /** All that are open, in the order of their login. */
  list(now: number): Soon<Session[]>
  /** How many of the product's are open: exact up to 10,000; of more, some whose time is over may still count. Lists none. */
  count(product: string, now: number): Soon<number>
  /** Whether this process knows a session of that token, open or remembered: asked for each word that the journal shows. */
  isToken(word: string): boolean
  clear(): Soon<void>
}

export interface MemoryOptions {
  /** How many ended sessions of each product are remembered; the oldest are forgotten first. */
  readonly remember: number
  readonly known?: (session: Session) => void
  readonly ended?: (session: Session) => void
  readonly forgotten?: (session: Session) => void
}

/** One product's sessions: those that are open, in all and by account, and those that ended lately. */
class Shelf {
  readonly open = new Map<string, Session>()
  readonly byLogin = new Map<string, Set<Session>>()
  readonly ended = new Map<string, Session>()
  #sweep = this.open.values()

  add(session: Session): void {
    this.open.set(session.token, session)
    kept(this.byLogin, session.login, () => new Set<Session>()).add(session)
  }

  remove(session: Session): void {
    this.open.delete(session.token)
    const theirs = this.byLogin.get(session.login)
    theirs?.delete(session)
    if (theirs?.size === 0) this.byLogin.delete(session.login)
  }

  /** The next open session of an endless walk through all of them. */
  next(): Session | undefined {
    const step = this.#sweep.next()
    if (!step.done) return step.value
    this.#sweep = this.open.values()
    return undefined
  }
}

/** Open sessions that a count looks at, to see whose time is over. */
const mostLooked = 10_000

const unknown: Standing = { is: 'unknown' }

/** Sessions in this process's memory. */
export class MemorySessions implements SessionStore {
  readonly #shelves = new Map<string, Shelf>()
  readonly #options: MemoryOptions

  constructor(options: MemoryOptions) {
    this.#options = options
  }

  open(session: Session, now: number): void {
    const shelf = this.#shelf(session.product)
    this.#sweep(shelf, now)
    const stale = shelf.open.get(session.token)
    if (stale) shelf.remove(stale)
    shelf.ended.delete(session.token)
    shelf.add(session)
    this.#options.known?.(session)
    this.#evict(shelf, session, now)
  }

  look(product: string, token: string, now: number): Standing {
    const shelf = this.#shelf(product)
    const session = shelf.open.get(token)
    if (!session) return standingOf(shelf.ended.get(token))
    if (session.expiresAt > now) return { is: 'open', session }
    this.#close(shelf, session, { cause: 'expired', at: session.expiresAt })
    return standingOf(session)
  }

  use(product: string, token: string, now: number, address: string): Standing {
    const standing = this.#reach(product, token, now, address)
    if (standing.is !== 'open') return standing
    standing.session.usedAt = now
    standing.session.uses += 1
    return standing
  }

  end(product: string, token: string, ending: Ending, address?: string): Standing {
    const standing = this.#reach(product, token, ending.at, address)
    if (standing.is === 'open') this.#close(this.#shelf(product), standing.session, ending)
    return standing
  }

  endOthers(product: string, login: string, keep: string, ending: Ending): number {
    const shelf = this.#shelf(product)
    const others = [...(shelf.byLogin.get(login) ?? [])].filter(
      ({ token }) => token !== keep && this.look(product, token, ending.at).is === 'open'
    )
    for (const session of others) this.#close(shelf, session, ending)
    return others.length
  }

  list(now: number): Session[] {
    return [...this.#shelves.values()].flatMap(shelf =>
      [...shelf.open.values()].filter(session => this.look(session.product, session.token, now).is === 'open')
    )
  }

  count(product: string, now: number): number {
    const shelf = this.#shelf(product)
    for (let looked = Math.min(shelf.open.size, mostLooked); looked >= 0; looked -= 1) this.#notice(shelf.next(), now)
    return shelf.open.size
  }

  isToken(word: string): boolean {
    for (const { open, ended } of this.#shelves.values()) if (open.has(word) || ended.has(word)) return true
    return false
  }

  clear(): void {
    for (const shelf of this.#shelves.values()) {
      for (const session of shelf.open.values()) this.#options.forgotten?.(session)
      for (const session of shelf.ended.values()) this.#options.forgotten?.(session)
    }
    this.#shelves.clear()
  }

  #shelf(product: string): Shelf {
    let shelf = this.#shelves.get(product)
    if (!shelf) {
      shelf = new Shelf()
      this.#shelves.set(product, shelf)
    }
    return shelf
  }

  /** What the token is worth to that address: from a wrong one, a pinned session dies. */
  #reach(product: string, token: string, now: number, address: string | undefined): Standing {
    const standing = this.look(product, token, now)
    if (standing.is !== 'open' || address === undefined) return standing
    const { session } = standing
    if (!session.policy.pinned || session.address === '*' || session.address === address) return standing
    this.#close(this.#shelf(product), session, { cause: 'moved', at: now, by: address })
    return standingOf(session)
  }

  #close(shelf: Shelf, session: Session, ending: Ending): void {
    session.end = ending
    shelf.remove(session)
    shelf.ended.set(session.token, session)
    this.#options.ended?.(session)
    if (shelf.ended.size <= this.#options.remember) return
    for (const oldest of shelf.ended.values()) {
      shelf.ended.delete(oldest.token)
      this.#options.forgotten?.(oldest)
      return
    }
  }

  /** Every login looks at two others, so that sessions nobody uses again do not pile up. */
  #sweep(shelf: Shelf, now: number): void {
    for (const session of [shelf.next(), shelf.next()]) this.#notice(session, now)
  }

  #notice(session: Session | undefined, now: number): void {
    if (session) this.look(session.product, session.token, now)
  }

  #evict(shelf: Shelf, newest: Session, now: number): void {
    const theirs = shelf.byLogin.get(newest.login)
    if (!theirs || theirs.size <= newest.policy.limit) return
    for (const session of theirs) {
      this.look(session.product, session.token, now)
      if (theirs.size <= newest.policy.limit) return
      if (session.end === undefined && session !== newest)
        this.#close(shelf, session, { cause: 'evicted', at: now, by: `a limit of ${newest.policy.limit}` })
    }
  }
}

const standingOf = (session: Session | undefined): Standing =>
  session?.end ? { is: 'ended', session, end: session.end } : unknown
