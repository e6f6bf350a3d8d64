import type { Slices } from '../base/in-slices.js'
import type { MaybePromise } from '../base/maybe-promise.js'
import { ProductSessions } from './product-sessions.js'
import type { Session, SessionEnd } from './session.js'
import { SessionWalk } from './session-walk.js'

export { type EndCause, endCauses, type Policy, Session, type SessionEnd } from './session.js'

/** The current status of a token. */
export type TokenStatus =
  | { readonly is: 'open'; readonly session: Session }
  | { readonly is: 'ended'; readonly session: Session; readonly end: SessionEnd }
  | { readonly is: 'unknown' }

/** All sessions of a store, open and ended. */
export interface SessionsState {
  /** How many have been opened. */
  readonly opened: number
  readonly products: readonly {
    readonly product: string
    /** The number of the open session that was last looked at, to see whether its time is over; 0 where the next is the first. */
    readonly swept: number
    /** In the order of their login. */
    readonly open: readonly Session[]
    /** In the order in which their end was noticed. */
    readonly ended: readonly Session[]
  }[]
}

/**
 * Where sessions are kept. Each operation checks and changes in one step, so of any number at once exactly one succeeds.
 * Results may be promises: a shared engine can stand behind it.
 */
export interface SessionStore {
  /** Keeps a new session; over the policy's limit, the account's oldest are evicted. */
  open(session: Session, now: number): MaybePromise<void>
  /** The status of the token; changes nothing, except that an overdue session expires. */
  peek(product: string, token: string, now: number): MaybePromise<TokenStatus>
  /** The same, and where it is open, counts a use from this address. */
  touch(product: string, token: string, now: number, address: string): MaybePromise<TokenStatus>
  /** Ends the session, for the client at this address if there is one; returns its previous status. */
  end(product: string, token: string, ending: SessionEnd, address?: string): MaybePromise<TokenStatus>
  /** Ends all sessions of the account but one; the answer is how many. */
  endOthers(product: string, login: string, keep: string, ending: SessionEnd): MaybePromise<number>
  /** All that are open, in the order of their login. */
  list(now: number): MaybePromise<Session[]>
  /** The same without a stall, of those that are open now, where `now` is the time. */
  listInSlices(now: number, slices: Slices): Promise<Session[]>
  /** The kept ended sessions, in the order of their end. */
  listEnded(now: number, slices: Slices): Promise<Session[]>
  /** How many of the product's are open: exact up to 10,000; of more, some whose time is over may still count. Lists none. */
  count(product: string, now: number): MaybePromise<number>
  /** The same, changing nothing, not even noticing whose time is over. */
  countUnnoticed(product: string, now: number): number
  /** Whether the token belongs to an open or ended session; changes nothing. */
  has(product: string, token: string): boolean
  /** Whether this process knows a session of that token, open or remembered: asked for each word that the journal shows. */
  isToken(word: string): boolean
  clear(): MaybePromise<void>
  /** All open and ended sessions, without a check of their expiry. */
  all(): Iterable<Session>
  /** Copies of all sessions, as they are at this moment. */
  snapshot(): SessionsState
  /** The same without a stall. */
  snapshotInSlices(slices: Slices): Promise<SessionsState>
  /** Goes on with these sessions, which are its own from then on, where it has none so far. */
  restore(state: SessionsState): void
}

export interface MemoryOptions {
  /** Maximum number of kept ended sessions per product; the oldest are dropped first. */
  readonly remember: number
  /** How many may be open, of all products together: for one more, one that is idle for long is evicted. Left out, any number. */
  readonly most?: number
  readonly onOpen?: (session: Session) => void
  readonly onEnd?: (session: Session) => void
  readonly onForget?: (session: Session) => void
  /** Called for each restored session, open or ended. */
  readonly onRestore?: (session: Session) => void
  /** Called for each session evicted by the limit. */
  readonly onEvict?: () => void
  /** Whether who looks at this moment may change nothing: then those whose time is over are taken as ended, and stay where they are. */
  readonly isReadOnly?: (() => boolean) | undefined
}

/** Open sessions that a count looks at, to see whose time is over. */
const mostLooked = 10_000

const unknown: TokenStatus = { is: 'unknown' }

/** Sessions in this process's memory. */
export class MemorySessions implements SessionStore {
  readonly #products = new Map<string, ProductSessions>()
  readonly #options: MemoryOptions
  /** Those that go on at this moment. */
  readonly #walks = new Set<SessionWalk>()
  #opened = 0

  constructor(options: MemoryOptions) {
    this.#options = options
  }

  open(session: Session, now: number): void {
    const sessions = this.#product(session.product)
    this.#sweep(sessions, now)
    const stale = sessions.open.get(session.token)
    if (stale) {
      this.#change(stale)
      sessions.remove(stale)
    }
    sessions.ended.delete(session.token)
    this.#opened += 1
    session.number = this.#opened
    sessions.add(session)
    this.#options.onOpen?.(session)
    this.#evict(sessions, session, now)
    this.#makeRoom(session, now)
  }

  peek(product: string, token: string, now: number): TokenStatus {
    const sessions = this.#products.get(product)
    const session = sessions?.open.get(token)
    if (!sessions) return unknown
    if (!session) return statusOf(sessions.ended.get(token))
    if (session.expiresAt > now) return { is: 'open', session }
    const end = { cause: 'expired', at: session.expiresAt } as const
    if (this.#options.isReadOnly?.()) return { is: 'ended', session, end }
    this.#close(sessions, session, end)
    return statusOf(session)
  }

  touch(product: string, token: string, now: number, address: string): TokenStatus {
    const tokenStatus = this.#from(address, this.peek(product, token, now), now)
    if (tokenStatus.is !== 'open') return tokenStatus
    if (this.#walks.size > 0) this.#change(tokenStatus.session)
    tokenStatus.session.usedAt = now
    tokenStatus.session.uses += 1
    return tokenStatus
  }

  end(product: string, token: string, ending: SessionEnd, address?: string): TokenStatus {
    const tokenStatus = this.#from(address, this.peek(product, token, ending.at), ending.at)
    if (tokenStatus.is !== 'open') return tokenStatus
    const { session } = tokenStatus
    if (ending.cause !== 'logged-out' || !session.policy.stateless) this.#close(this.#product(product), session, ending)
    return tokenStatus
  }

  endOthers(product: string, login: string, keep: string, ending: SessionEnd): number {
    const sessions = this.#product(product)
    const others = [...(sessions.byLogin.get(login) ?? [])].filter(
      ({ token }) => token !== keep && this.peek(product, token, ending.at).is === 'open'
    )
    for (const session of others) this.#close(sessions, session, ending)
    return others.length
  }

  list(now: number): Session[] {
    const listed: Session[] = []
    for (const sessions of this.#products.values())
      for (const session of sessions.open.values()) {
        if (session.expiresAt > now) listed.push(session)
        else this.peek(session.product, session.token, now)
      }
    return listed
  }

  async listInSlices(now: number, slices: Slices): Promise<Session[]> {
    const listed: Session[] = []
    await this.#walk(slices, (session, before = session) => {
      if (before.expiresAt > now) listed.push(session)
      else this.peek(session.product, session.token, now)
    })
    return listed
  }

  /** Visits the sessions that are open now, each as it is now, where others may change them meanwhile. */
  async #walk(slices: Slices, visit: (session: Session, before?: Session) => void): Promise<void> {
    const open = new Map(Array.from(this.#products, ([product, { open }]) => [product, open]))
    const walk = new SessionWalk(open, this.#opened)
    this.#walks.add(walk)
    try {
      for (const product of open.keys()) await walk.visit(product, slices, visit)
    } finally {
      this.#walks.delete(walk)
    }
  }

  /** To be called before an open session changes. */
  #change(session: Session): void {
    for (const walk of this.#walks) walk.change(session)
  }

  async listEnded(now: number, slices: Slices): Promise<Session[]> {
    // Sessions found expired have ended too.
    await this.listInSlices(now, slices)
    return [...this.#products.values()]
      .flatMap(({ ended }) => [...ended.values()])
      .sort((a, b) => (a.end?.at ?? 0) - (b.end?.at ?? 0))
  }

  count(product: string, now: number): number {
    const sessions = this.#products.get(product)
    if (!sessions) return 0
    for (let looked = Math.min(sessions.open.size, mostLooked); looked >= 0; looked -= 1)
      this.#notice(sessions, sessions.next(), now)
    return sessions.open.size
  }

  countUnnoticed(product: string, now: number): number {
    const open = this.#products.get(product)?.open
    if (!open) return 0
    if (open.size > mostLooked) return open.size
    let count = 0
    for (const { expiresAt } of open.values()) if (expiresAt > now) count += 1
    return count
  }

  has(product: string, token: string): boolean {
    const sessions = this.#products.get(product)
    return sessions !== undefined && (sessions.open.has(token) || sessions.ended.has(token))
  }

  isToken(word: string): boolean {
    for (const { open, ended } of this.#products.values()) if (open.has(word) || ended.has(word)) return true
    return false
  }

  clear(): void {
    for (const sessions of this.#products.values()) {
      for (const session of sessions.open.values()) this.#options.onForget?.(session)
      for (const session of sessions.ended.values()) this.#options.onForget?.(session)
    }
    this.#products.clear()
    this.#opened = 0
    // What walks go through is not changed any more.
    this.#walks.clear()
  }

  *all(): Generator<Session> {
    for (const { open, ended } of this.#products.values()) {
      yield* open.values()
      yield* ended.values()
    }
  }

  snapshot(): SessionsState {
    const products = [...this.#products].map(([product, { swept, open, ended }]) => ({
      product,
      swept,
      open: copiesOf(open),
      ended: copiesOf(ended)
    }))
    return { opened: this.#opened, products }
  }

  async snapshotInSlices(slices: Slices): Promise<SessionsState> {
    const opened = this.#opened
    const products = Array.from(this.#products, ([product, { swept, ended }]) => ({
      product,
      swept,
      open: [] as Session[],
      // These change no more.
      ended: [...ended.values()]
    }))
    const open = new Map(products.map(each => [each.product, each.open]))
    await this.#walk(slices, (session, before = session.copy()) => open.get(session.product)?.push(before))
    // Those that ended meanwhile were passed last.
    for (const each of products) each.open.sort((a, b) => a.number - b.number)
    return { opened, products }
  }

  restore({ opened, products }: SessionsState): void {
    const { remember, onRestore } = this.#options
    this.#opened = opened
    for (const { product, swept, open, ended } of products) {
      const sessions = this.#product(product)
      for (const session of [...open].sort((a, b) => a.number - b.number)) sessions.add(session)
      const remembered = remember === 0 ? [] : ended.slice(-remember)
      for (const session of remembered) sessions.ended.set(session.token, session)
      sessions.walkFrom(swept)
      for (const session of [...open, ...remembered]) onRestore?.(session)
    }
  }

  #product(product: string): ProductSessions {
    let sessions = this.#products.get(product)
    if (!sessions) {
      sessions = new ProductSessions()
      this.#products.set(product, sessions)
    }
    return sessions
  }

  /** The status of the token for that address: use from another address ends a pinned session. */
  #from(address: string | undefined, tokenStatus: TokenStatus, now: number): TokenStatus {
    if (tokenStatus.is !== 'open' || address === undefined) return tokenStatus
    const { session } = tokenStatus
    if (!session.policy.pinned || session.address === '*' || session.address === address) return tokenStatus
    this.#close(this.#product(session.product), session, { cause: 'moved', at: now, by: address })
    return statusOf(session)
  }

  #close(sessions: ProductSessions, session: Session, ending: SessionEnd): void {
    if (this.#walks.size > 0) this.#change(session)
    session.end = ending
    sessions.remove(session)
    sessions.ended.set(session.token, session)
    this.#options.onEnd?.(session)
    if (sessions.ended.size <= this.#options.remember) return
    const oldest = sessions.forgetOldest()
    if (oldest) this.#options.onForget?.(oldest)
  }

  /** Every login looks at two others, so that sessions nobody uses again do not pile up. */
  #sweep(sessions: ProductSessions, now: number): void {
    this.#notice(sessions, sessions.next(), now)
    this.#notice(sessions, sessions.next(), now)
  }

  /** Ends an overdue open session. */
  #notice(sessions: ProductSessions, session: Session | undefined, now: number): void {
    if (session && session.expiresAt <= now) this.#close(sessions, session, { cause: 'expired', at: session.expiresAt })
  }

  #makeRoom(newest: Session, now: number): void {
    const { most = Number.POSITIVE_INFINITY, onEvict } = this.#options
    if (this.#openCount() <= most) return
    const all = [...this.#products.values()]
    const fullest = all.reduce((most, sessions) => (sessions.open.size > most.open.size ? sessions : most))
    const idlest = fullest.findIdlest(newest)
    if (!idlest) return
    this.#close(fullest, idlest, { cause: 'evicted', at: now, by: `a limit of ${most} open sessions` })
    onEvict?.()
  }

  #openCount(): number {
    let count = 0
    for (const { open } of this.#products.values()) count += open.size
    return count
  }

  #evict(sessions: ProductSessions, newest: Session, now: number): void {
    const theirs = sessions.byLogin.get(newest.login)
    if (!theirs || theirs.size <= newest.policy.limit) return
    for (const session of theirs) {
      this.peek(session.product, session.token, now)
      if (theirs.size <= newest.policy.limit) return
      if (session.end === undefined && session !== newest)
        this.#close(sessions, session, { cause: 'evicted', at: now, by: `a limit of ${newest.policy.limit}` })
    }
  }
}

const copiesOf = (sessions: ReadonlyMap<string, Session>): Session[] =>
  Array.from(sessions.values(), session => session.copy())

const statusOf = (session: Session | undefined): TokenStatus =>
  session?.end ? { is: 'ended', session, end: session.end } : unknown
