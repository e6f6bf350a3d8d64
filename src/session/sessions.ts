import { eachInSlices, type Slices, sortInSlices } from '../base/in-slices.js'
import { prepareSessions } from './prepare-sessions.js'
import { ProductSessions } from './product-sessions.js'
import type { Session, SessionEnd } from './session.js'
import { SessionWalk } from './session-walk.js'
import type { SessionsState } from './sessions-state.js'

export { type EndCause, endCauses, type Policy, Session, type SessionEnd } from './session.js'
export type { SessionsState } from './sessions-state.js'

/** The current status of a token. */
export type TokenStatus =
  | { readonly is: 'open'; readonly session: Session }
  | { readonly is: 'ended'; readonly session: Session; readonly end: SessionEnd }
  | { readonly is: 'unknown' }

export interface SessionStoreOptions {
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

/** The client of a call. Its address is read only for a pinned session. */
interface Client {
  readonly address: string
}

const unknown: TokenStatus = { is: 'unknown' }

/** All sessions of a space. Each operation checks and changes in one step, so that of any number at once exactly one succeeds. */
export class SessionStore {
  #products = new Map<string, ProductSessions>()
  readonly #options: SessionStoreOptions
  /** Those that go on at this moment. */
  readonly #walks = new Set<SessionWalk>()
  /** The sessions of states that are being prepared. */
  readonly #prepared = new Set<ReadonlyMap<string, ProductSessions>>()
  #opened = 0

  constructor(options: SessionStoreOptions) {
    this.#options = options
  }

  /** Adds a new session; over the limit of its policy, the oldest of the account are evicted. */
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

  /** The status of the token; changes nothing, except that an overdue session expires. */
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

  /** The same, and counts a use by this client if the session is open. */
  touch(product: string, token: string, now: number, client: Client): TokenStatus {
    const tokenStatus = this.#from(client, this.peek(product, token, now), now)
    if (tokenStatus.is !== 'open') return tokenStatus
    if (this.#walks.size > 0) this.#change(tokenStatus.session)
    tokenStatus.session.usedAt = now
    tokenStatus.session.uses += 1
    return tokenStatus
  }

  /** Ends the session, on behalf of this client if there is one; returns its previous status. */
  end(product: string, token: string, ending: SessionEnd, client?: Client): TokenStatus {
    const tokenStatus = this.#from(client, this.peek(product, token, ending.at), ending.at)
    if (tokenStatus.is !== 'open') return tokenStatus
    const { session } = tokenStatus
    if (ending.cause !== 'logged-out' || !session.policy.stateless) this.#close(this.#product(product), session, ending)
    return tokenStatus
  }

  /** Ends all sessions of the account except one; returns their number. */
  endOthers(product: string, login: string, keep: string, ending: SessionEnd): number {
    const sessions = this.#product(product)
    const others = [...(sessions.byLogin.get(login) ?? [])].filter(
      ({ token }) => token !== keep && this.peek(product, token, ending.at).is === 'open'
    )
    for (const session of others) this.#close(sessions, session, ending)
    return others.length
  }

  /** All open sessions, in the order of their login. */
  list(now: number): Session[] {
    const listed: Session[] = []
    for (const sessions of this.#products.values())
      for (const session of sessions.open.values()) {
        if (session.expiresAt > now) listed.push(session)
        else this.peek(session.product, session.token, now)
      }
    return listed
  }

  /** The same without a stall: the sessions that are open now, if `now` is the time. */
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

  /** The kept ended sessions, in the order of their end. */
  async listEnded(now: number, slices: Slices): Promise<Session[]> {
    // Sessions found expired have ended too.
    await this.listInSlices(now, slices)
    return [...this.#products.values()]
      .flatMap(({ ended }) => [...ended.values()])
      .sort((a, b) => (a.end?.at ?? 0) - (b.end?.at ?? 0))
  }

  /** The number of open sessions of the product: exact up to 10,000; of more, some overdue ones may count. Lists none. */
  count(product: string, now: number): number {
    const sessions = this.#products.get(product)
    if (!sessions) return 0
    for (let looked = Math.min(sessions.open.size, mostLooked); looked >= 0; looked -= 1)
      this.#notice(sessions, sessions.next(), now)
    return sessions.open.size
  }

  /** The same without a change: overdue sessions stay open. */
  countUnnoticed(product: string, now: number): number {
    const open = this.#products.get(product)?.open
    if (!open) return 0
    if (open.size > mostLooked) return open.size
    let count = 0
    for (const { expiresAt } of open.values()) if (expiresAt > now) count += 1
    return count
  }

  /** Whether the token belongs to an open or ended session; changes nothing. */
  has(product: string, token: string): boolean {
    return this.#products.get(product)?.has(token) ?? false
  }

  /** The same, also for the sessions of a state that is being prepared. */
  isClaimed(product: string, token: string): boolean {
    if (this.has(product, token)) return true
    for (const prepared of this.#prepared) if (prepared.get(product)?.has(token)) return true
    return false
  }

  /** Whether any product has an open or ended session of that token. The journal checks each word that it shows. */
  isToken(word: string): boolean {
    for (const { open, ended } of this.#products.values()) if (open.has(word) || ended.has(word)) return true
    return false
  }

  /** Drops all sessions at once. Resolves after `onForget` was called for each of them, which is done in slices. */
  async clear(slices: Slices): Promise<void> {
    const products = [...this.#products.values()]
    this.#products = new Map()
    this.#opened = 0
    // The sessions of a walk do not change any more.
    this.#walks.clear()
    const { onForget } = this.#options
    if (!onForget) return
    for (const { open, ended } of products)
      for (const sessions of [open, ended]) await eachInSlices(sessions.values(), slices, onForget)
  }

  /**
   * All sessions at this moment, without a stall: copies of the open ones, and the ended ones themselves, which do not change any
   * more. `visit` is called for each session of the store.
   */
  async snapshot(slices: Slices, visit?: (session: Session) => void): Promise<SessionsState> {
    const opened = this.#opened
    const products = Array.from(this.#products, ([product, { swept, ended }]) => ({
      product,
      swept,
      open: [] as Session[],
      ended: [...ended.values()]
    }))
    const open = new Map(products.map(each => [each.product, each.open]))
    await this.#walk(slices, (session, before = session.copy()) => {
      open.get(session.product)?.push(before)
      visit?.(session)
    })
    const taken: SessionsState['products'][number][] = []
    for (const each of products) {
      if (visit) await eachInSlices(each.ended, slices, visit)
      // Sessions that ended during the walk are the last of it.
      taken.push({ ...each, open: await sortInSlices(each.open, ({ number }) => number, slices) })
    }
    return { opened, products: taken }
  }

  /**
   * Prepares to take over the sessions of a state, without a stall. The result puts them in, at once and after a `clear`; the store
   * owns them from then on.
   */
  async prepare(state: SessionsState, slices: Slices): Promise<() => void> {
    const products = new Map<string, ProductSessions>()
    this.#prepared.add(products)
    await prepareSessions(state, products, this.#options, slices)
    return () => {
      this.#prepared.delete(products)
      this.#products = products
      this.#opened = state.opened
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

  /** The status of the token for that client: use from another address ends a pinned session. */
  #from(client: Client | undefined, tokenStatus: TokenStatus, now: number): TokenStatus {
    if (tokenStatus.is !== 'open' || client === undefined) return tokenStatus
    const { session } = tokenStatus
    if (!session.policy.pinned || session.address === '*' || session.address === client.address) return tokenStatus
    this.#close(this.#product(session.product), session, { cause: 'moved', at: now, by: client.address })
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

const statusOf = (session: Session | undefined): TokenStatus =>
  session?.end ? { is: 'ended', session, end: session.end } : unknown
