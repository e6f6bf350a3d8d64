import { eachInSlices, type Slices, sortInSlices } from '../base/slices.js'
import { FoldedTokens, ProductSessions, prepareSessions, SessionWalk } from './product-sessions.js'
import type { Session, SessionEnd } from './session.js'

export { type EndCause, endCauses, type Policy, Session, type SessionEnd } from './session.js'

/** All sessions of a space. Each operation checks and changes in one step: of concurrent ones, exactly one succeeds. */
export class SessionStore {
  #products = new Map<string, ProductSessions>()
  /** Number of sessions opened so far. */
  #opened = 0
  /** The walks in progress. */
  readonly #walks = new Set<SessionWalk>()
  /** The sessions of states in preparation. */
  readonly #prepared = new Set<ReadonlyMap<string, ProductSessions>>()
  readonly #folded = new FoldedTokens()
  readonly #options: SessionStoreOptions

  constructor(options: SessionStoreOptions) {
    this.#options = options
  }

  /** Adds a new session; over the limit of its policy, the oldest of the account are evicted. */
  open(session: Session, now: number): void {
    const sessions = this.#sessionsOf(session.product)
    this.#sweep(sessions, now)
    const replaced = sessions.open.get(session.token)
    if (replaced) {
      this.#beforeChange(replaced)
      sessions.remove(replaced)
      this.#options.all?.countSessions(-1)
    }
    sessions.ended.delete(session.token)
    this.#opened += 1
    session.number = this.#opened
    session.ordinal = this.#options.count?.(`${session.product} session of ${session.login}`) ?? 0
    sessions.add(session)
    this.#options.all?.countSessions(1)
    this.#folded.add(session.token)
    this.#options.onOpen?.(session)
    this.#evictOfAccount(sessions, session, now)
    this.#evictOverLimit(session, now)
  }

  /** The status of the token; changes nothing, except that an overdue session ends. `now` in Unix milliseconds. */
  peek(product: string, token: string, now: number): TokenStatus {
    const sessions = this.#products.get(product)
    const session = sessions?.open.get(token)
    if (!sessions) return unknownToken
    if (!session) return endedStatus(sessions.ended.get(token))
    if (session.endsAt > now) return { is: 'open', session }
    if (this.#options.isReadOnly?.()) return { is: 'ended', session, end: session.dueEnd }
    this.#close(sessions, session, session.dueEnd)
    return endedStatus(session)
  }

  /** The status of the token; counts a use by this client if the session is open. */
  touch(product: string, token: string, now: number, client: Client): TokenStatus {
    const tokenStatus = this.#checkAddress(client, this.peek(product, token, now), now)
    if (tokenStatus.is !== 'open') return tokenStatus
    if (this.#walks.size > 0) this.#beforeChange(tokenStatus.session)
    tokenStatus.session.usedAt = now
    tokenStatus.session.uses += 1
    return tokenStatus
  }

  /** Whether the token belongs to an open or ended session; changes nothing. */
  has(product: string, token: string): boolean {
    return this.#products.get(product)?.has(token) ?? false
  }

  /** Whether the token belongs to a session of the store or of a state in preparation. */
  isClaimed(product: string, token: string): boolean {
    if (this.has(product, token)) return true
    for (const prepared of this.#prepared) if (prepared.get(product)?.has(token)) return true
    return false
  }

  /** Whether the word is the token of an open or ended session of any product. */
  isToken(word: string): boolean {
    for (const { open, ended } of this.#products.values()) if (open.has(word) || ended.has(word)) return true
    return false
  }

  /** The same in any letter case. */
  isTokenInAnyCase(word: string): boolean {
    return this.isToken(word) || this.isToken(word.toLowerCase()) || this.#folded.has(word, () => this.#tokens())
  }

  /** Ends the session, on behalf of this client if there is one; returns its previous status. */
  end(product: string, token: string, ending: SessionEnd, client?: Client): TokenStatus {
    const tokenStatus = this.#checkAddress(client, this.peek(product, token, ending.at), ending.at)
    if (tokenStatus.is !== 'open') return tokenStatus
    const { session } = tokenStatus
    if (ending.cause !== 'logged-out' || !session.policy.stateless)
      this.#close(this.#sessionsOf(product), session, ending)
    return tokenStatus
  }

  /** Ends all sessions of the account except one; returns their number. */
  endOthers(product: string, login: string, keep: string, ending: SessionEnd): number {
    const others = this.#openOf(product, login, ending.at).filter(({ token }) => token !== keep)
    for (const session of others) this.#close(this.#sessionsOf(product), session, ending)
    return others.length
  }

  /** Ends the session at a later time, unless it ends before. */
  schedule(product: string, token: string, ending: SessionEnd, now: number): void {
    const tokenStatus = this.peek(product, token, now)
    if (tokenStatus.is === 'open') this.#schedule(tokenStatus.session, ending)
  }

  /** The same for all sessions that the account has now. */
  scheduleAll(product: string, login: string, ending: SessionEnd, now: number): void {
    for (const session of this.#openOf(product, login, now)) this.#schedule(session, ending)
  }

  /** All open sessions, ordered by login. */
  list(now: number): Session[] {
    const listed: Session[] = []
    for (const sessions of this.#products.values())
      for (const session of sessions.open.values()) {
        if (session.endsAt > now) listed.push(session)
        else this.peek(session.product, session.token, now)
      }
    return listed
  }

  /** The sessions that are open at the call, without a stall. `now`: the current time. */
  async listInSlices(now: number, slices: Slices): Promise<Session[]> {
    const listed: Session[] = []
    await this.#walk(slices, (session, before = session) => {
      if (before.endsAt > now) listed.push(session)
      else this.peek(session.product, session.token, now)
    })
    return listed
  }

  /** The kept ended sessions, ordered by end. */
  async listEnded(now: number, slices: Slices): Promise<Session[]> {
    // Ends the overdue sessions first.
    await this.listInSlices(now, slices)
    return [...this.#products.values()]
      .flatMap(({ ended }) => [...ended.values()])
      .sort((a, b) => (a.end?.at ?? 0) - (b.end?.at ?? 0))
  }

  /** The number of open sessions of the product: exact up to 10,000; beyond, it may include overdue ones. */
  count(product: string, now: number): number {
    const sessions = this.#products.get(product)
    if (!sessions) return 0
    const { checkedByCount = defaultChecked } = this.#options
    for (let left = Math.min(sessions.open.size, checkedByCount); left >= 0; left -= 1)
      this.#expire(sessions, sessions.next(), now)
    return sessions.open.size
  }

  /** The same number without a change: overdue sessions stay open. */
  countUnnoticed(product: string, now: number): number {
    const open = this.#products.get(product)?.open
    if (!open) return 0
    if (open.size > (this.#options.checkedByCount ?? defaultChecked)) return open.size
    let count = 0
    for (const { endsAt } of open.values()) if (endsAt > now) count += 1
    return count
  }

  /** The number of open sessions of all products, with overdue ones. */
  get openCount(): number {
    let count = 0
    for (const { open } of this.#products.values()) count += open.size
    return count
  }

  /**
   * All sessions at this moment, without a stall: copies of the open ones, and the ended ones themselves, as these no longer change.
   * `visit` is called for each session of the store.
   */
  async snapshot(slices: Slices, visit?: (session: Session) => void): Promise<SessionsState> {
    const opened = this.#opened
    const products = Array.from(this.#products, ([product, { swept, ended }]) => ({
      product,
      swept,
      ended: [...ended.values()]
    }))
    const open = await this.#copyOpen(slices, visit)
    const states: ProductSessionsState[] = []
    for (const each of products) {
      if (visit) await eachInSlices(each.ended, slices, visit)
      // A walk visits sessions that ended during it last.
      const copies = await sortInSlices(open.get(each.product) ?? [], ({ number }) => number, slices)
      states.push({ ...each, open: copies })
    }
    return { opened, products: states }
  }

  /**
   * Prepares the restore of a state, without a stall. The result restores it synchronously; it requires a `clear` before. The store
   * owns the sessions of the state afterwards.
   */
  async prepare(state: SessionsState, slices: Slices): Promise<() => void> {
    const products = new Map<string, ProductSessions>()
    this.#prepared.add(products)
    await prepareSessions(state, products, this.#options, slices)
    return () => {
      this.#prepared.delete(products)
      this.#products = products
      this.#options.all?.countSessions(this.openCount)
      this.#opened = state.opened
      this.#folded.clear()
    }
  }

  /** Drops all sessions at once. Resolves after the calls of `onForget`, which are made in slices. */
  async clear(slices: Slices): Promise<void> {
    const products = [...this.#products.values()]
    this.#options.all?.countSessions(-this.openCount)
    this.#products = new Map()
    this.#opened = 0
    this.#folded.clear()
    // Dropped sessions no longer change.
    this.#walks.clear()
    const { onForget } = this.#options
    if (!onForget) return
    for (const { open, ended } of products)
      for (const sessions of [open, ended]) await eachInSlices(sessions.values(), slices, onForget)
  }

  #sessionsOf(product: string): ProductSessions {
    let sessions = this.#products.get(product)
    if (!sessions) {
      sessions = new ProductSessions()
      this.#products.set(product, sessions)
    }
    return sessions
  }

  /** The open sessions of an account, without stateless ones. */
  #openOf(product: string, login: string, now: number): Session[] {
    const ofAccount = [...(this.#products.get(product)?.byLogin.get(login) ?? [])]
    return ofAccount.filter(({ token }) => this.peek(product, token, now).is === 'open')
  }

  /** The status of the token for that client: use from another address ends a pinned session. */
  #checkAddress(client: Client | undefined, tokenStatus: TokenStatus, now: number): TokenStatus {
    if (tokenStatus.is !== 'open' || client === undefined) return tokenStatus
    const { session } = tokenStatus
    if (!session.policy.pinned || session.address === '*' || session.address === client.address) return tokenStatus
    this.#close(this.#sessionsOf(session.product), session, { cause: 'moved', at: now, by: client.address })
    return endedStatus(session)
  }

  /** Ends an open session. */
  #close(sessions: ProductSessions, session: Session, ending: SessionEnd): void {
    if (this.#walks.size > 0) this.#beforeChange(session)
    session.end = ending
    session.scheduled = undefined
    sessions.remove(session)
    this.#options.all?.countSessions(-1)
    sessions.ended.set(session.token, session)
    this.#options.onEnd?.(session)
    if (sessions.ended.size <= this.#options.remember) return
    const oldest = sessions.forgetOldest()
    if (oldest) this.#options.onForget?.(oldest)
  }

  /** Ends the session if it is overdue. */
  #expire(sessions: ProductSessions, session: Session | undefined, now: number): void {
    if (session && session.endsAt <= now) this.#close(sessions, session, session.dueEnd)
  }

  /** To be called before an open session changes. */
  #beforeChange(session: Session): void {
    for (const walk of this.#walks) walk.change(session)
  }

  #schedule(session: Session, ending: SessionEnd): void {
    if (session.scheduled && session.scheduled.at <= ending.at) return
    if (this.#walks.size > 0) this.#beforeChange(session)
    session.scheduled = ending
  }

  /** Each login checks two sessions for expiry, so that unused ones do not accumulate. */
  #sweep(sessions: ProductSessions, now: number): void {
    this.#expire(sessions, sessions.next(), now)
    this.#expire(sessions, sessions.next(), now)
  }

  /** Enforces the limit of sessions per account. */
  #evictOfAccount(sessions: ProductSessions, newest: Session, now: number): void {
    const ofAccount = sessions.byLogin.get(newest.login)
    if (!ofAccount || ofAccount.size <= newest.policy.limit) return
    // Overdue sessions do not count: they end first, also those behind the oldest.
    for (const { product, token } of ofAccount) this.peek(product, token, now)
    for (const session of ofAccount) {
      if (ofAccount.size <= newest.policy.limit) return
      if (session !== newest)
        this.#close(sessions, session, { cause: 'evicted', at: now, by: `a limit of ${newest.policy.limit}` })
    }
  }

  /** Enforces the limit of open sessions of all products, and of all spaces. */
  #evictOverLimit(newest: Session, now: number): void {
    const { most = Number.POSITIVE_INFINITY, all, onEvict } = this.#options
    if ((all?.openSessions ?? this.openCount) <= most) return
    const fullest = [...this.#products.values()].reduce((most, sessions) =>
      sessions.open.size > most.open.size ? sessions : most
    )
    const idlest = fullest.findIdlest(newest)
    // An overdue one has expired, and makes room as well.
    if (!idlest || this.peek(idlest.product, idlest.token, now).is !== 'open') return
    this.#close(fullest, idlest, { cause: 'evicted', at: now, by: `a limit of ${most} open sessions` })
    onEvict?.()
  }

  /** Visits the sessions that are open at the call, while others may change them. */
  async #walk(slices: Slices, visit: VisitSession): Promise<void> {
    const open = new Map(Array.from(this.#products, ([product, { open }]) => [product, open]))
    const walk = new SessionWalk(open, this.#opened)
    this.#walks.add(walk)
    try {
      for (const product of open.keys()) await walk.visit(product, slices, visit)
    } finally {
      this.#walks.delete(walk)
    }
  }

  /** Copies of the open sessions by product, in the order of the walk. */
  async #copyOpen(slices: Slices, visit?: (session: Session) => void): Promise<ReadonlyMap<string, Session[]>> {
    const copies = new Map<string, Session[]>(Array.from(this.#products.keys(), product => [product, []]))
    await this.#walk(slices, (session, before = session.copy()) => {
      copies.get(session.product)?.push(before)
      visit?.(session)
    })
    return copies
  }

  *#tokens(): Generator<string> {
    for (const { open, ended } of this.#products.values()) {
      yield* open.keys()
      yield* ended.keys()
    }
  }
}

export interface SessionStoreOptions {
  /** Maximum number of kept ended sessions per product; the oldest are dropped first. */
  readonly remember: number
  /** Maximum number of open sessions of all products; beyond it, a long idle one is evicted. By default unlimited. */
  readonly most?: number
  /** Increments a counter, and returns its value from 1: numbers the sessions of each account. */
  readonly count?: (name: string) => number
  /** Counts the open sessions of all stores. With their number, `most` is a limit of all; else of this store. */
  readonly all?: { readonly openSessions?: number; countSessions(change: number): void }
  readonly onOpen?: (session: Session) => void
  readonly onEnd?: (session: Session) => void
  /** Called for each session that is dropped from the store. */
  readonly onForget?: (session: Session) => void
  /** Called for each restored session, open or ended. */
  readonly onRestore?: (session: Session) => void
  /** Called for each session evicted by the limit. */
  readonly onEvict?: () => void
  /** Whether reads may change nothing now: overdue sessions are then reported as ended, but not moved to the ended ones. */
  readonly isReadOnly?: (() => boolean) | undefined
  /** Maximum number of open sessions whose end is checked by a count; default 10,000. */
  readonly checkedByCount?: number
}

/** The client of a call. Its address is read only for a pinned session. */
interface Client {
  readonly address: string
}

/** Visits a session; `before` is a copy from the beginning of the walk, if the session has changed since. */
type VisitSession = (session: Session, before?: Session) => void

/** The default of `checkedByCount`. */
const defaultChecked = 10_000

/** All sessions of a store, open and ended. */
export interface SessionsState {
  /** Number of sessions opened so far. */
  readonly opened: number
  readonly products: readonly ProductSessionsState[]
}

interface ProductSessionsState {
  readonly product: string
  /** Number of the open session that was checked for expiry last; 0 before the first. */
  readonly swept: number
  /** Ordered by login. */
  readonly open: readonly Session[]
  /** Ordered by the time at which their end was noticed. */
  readonly ended: readonly Session[]
}

/** The current status of a token. */
export type TokenStatus =
  | { readonly is: 'open'; readonly session: Session }
  | { readonly is: 'ended'; readonly session: Session; readonly end: SessionEnd }
  | { readonly is: 'unknown' }

const unknownToken: TokenStatus = { is: 'unknown' }

/** The status of a token with this ended session, or without a session. */
const endedStatus = (session: Session | undefined): TokenStatus =>
  session?.end ? { is: 'ended', session, end: session.end } : unknownToken
