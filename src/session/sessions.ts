import { eachInSlices, type Slices } from '../base/in-slices.js'
import { prepareSessions } from './prepare-sessions.js'
import type { ProductSessions } from './product-sessions.js'
import { ReadableSessions } from './readable-sessions.js'
import type { Session, SessionEnd } from './session.js'
import type { SessionsState } from './sessions-state.js'
import { endedStatus, type TokenStatus } from './token-status.js'

export { type EndCause, endCauses, type Policy, Session, type SessionEnd } from './session.js'
export type { SessionStoreOptions } from './session-store-options.js'
export type { SessionsState } from './sessions-state.js'
export type { TokenStatus } from './token-status.js'

/** The client of a call. Its address is read only for a pinned session. */
interface Client {
  readonly address: string
}

/** All sessions of a space. Each operation checks and changes in one step: of concurrent ones, exactly one succeeds. */
export class SessionStore extends ReadableSessions {
  /** Adds a new session; over the limit of its policy, the oldest of the account are evicted. */
  open(session: Session, now: number): void {
    const sessions = this.sessionsOf(session.product)
    this.#sweep(sessions, now)
    const replaced = sessions.open.get(session.token)
    if (replaced) {
      this.beforeChange(replaced)
      sessions.remove(replaced)
      this.options.all?.countSessions(-1)
    }
    sessions.ended.delete(session.token)
    this.opened += 1
    session.number = this.opened
    session.ordinal = this.options.count?.(`${session.product} session of ${session.login}`) ?? 0
    sessions.add(session)
    this.options.all?.countSessions(1)
    this.folded.add(session.token)
    this.options.onOpen?.(session)
    this.#evictOfAccount(sessions, session, now)
    this.#evictOverLimit(session, now)
  }

  /** The status of the token; counts a use by this client if the session is open. */
  touch(product: string, token: string, now: number, client: Client): TokenStatus {
    const tokenStatus = this.#checkAddress(client, this.peek(product, token, now), now)
    if (tokenStatus.is !== 'open') return tokenStatus
    if (this.walks.size > 0) this.beforeChange(tokenStatus.session)
    tokenStatus.session.usedAt = now
    tokenStatus.session.uses += 1
    return tokenStatus
  }

  /** Ends the session, on behalf of this client if there is one; returns its previous status. */
  end(product: string, token: string, ending: SessionEnd, client?: Client): TokenStatus {
    const tokenStatus = this.#checkAddress(client, this.peek(product, token, ending.at), ending.at)
    if (tokenStatus.is !== 'open') return tokenStatus
    const { session } = tokenStatus
    if (ending.cause !== 'logged-out' || !session.policy.stateless)
      this.close(this.sessionsOf(product), session, ending)
    return tokenStatus
  }

  /** Ends all sessions of the account except one; returns their number. */
  endOthers(product: string, login: string, keep: string, ending: SessionEnd): number {
    const others = this.#openOf(product, login, ending.at).filter(({ token }) => token !== keep)
    for (const session of others) this.close(this.sessionsOf(product), session, ending)
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

  #schedule(session: Session, ending: SessionEnd): void {
    if (session.scheduled && session.scheduled.at <= ending.at) return
    if (this.walks.size > 0) this.beforeChange(session)
    session.scheduled = ending
  }

  /** The open sessions of an account, without stateless ones. */
  #openOf(product: string, login: string, now: number): Session[] {
    const ofAccount = [...(this.products.get(product)?.byLogin.get(login) ?? [])]
    return ofAccount.filter(({ token }) => this.peek(product, token, now).is === 'open')
  }

  /** Drops all sessions at once. Resolves after the calls of `onForget`, which are made in slices. */
  async clear(slices: Slices): Promise<void> {
    const products = [...this.products.values()]
    this.options.all?.countSessions(-this.openCount)
    this.products = new Map()
    this.opened = 0
    this.folded.clear()
    // Dropped sessions no longer change.
    this.walks.clear()
    const { onForget } = this.options
    if (!onForget) return
    for (const { open, ended } of products)
      for (const sessions of [open, ended]) await eachInSlices(sessions.values(), slices, onForget)
  }

  /**
   * Prepares the restore of a state, without a stall. The result restores it synchronously; it requires a `clear` before. The store
   * owns the sessions of the state afterwards.
   */
  async prepare(state: SessionsState, slices: Slices): Promise<() => void> {
    const products = new Map<string, ProductSessions>()
    this.prepared.add(products)
    await prepareSessions(state, products, this.options, slices)
    return () => {
      this.prepared.delete(products)
      this.products = products
      this.options.all?.countSessions(this.openCount)
      this.opened = state.opened
      this.folded.clear()
    }
  }

  /** The status of the token for that client: use from another address ends a pinned session. */
  #checkAddress(client: Client | undefined, tokenStatus: TokenStatus, now: number): TokenStatus {
    if (tokenStatus.is !== 'open' || client === undefined) return tokenStatus
    const { session } = tokenStatus
    if (!session.policy.pinned || session.address === '*' || session.address === client.address) return tokenStatus
    this.close(this.sessionsOf(session.product), session, { cause: 'moved', at: now, by: client.address })
    return endedStatus(session)
  }

  /** Each login checks two sessions for expiry, so that unused ones do not accumulate. */
  #sweep(sessions: ProductSessions, now: number): void {
    this.expire(sessions, sessions.next(), now)
    this.expire(sessions, sessions.next(), now)
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
        this.close(sessions, session, { cause: 'evicted', at: now, by: `a limit of ${newest.policy.limit}` })
    }
  }

  /** Enforces the limit of open sessions of all products, and of all spaces. */
  #evictOverLimit(newest: Session, now: number): void {
    const { most = Number.POSITIVE_INFINITY, all, onEvict } = this.options
    if ((all?.openSessions ?? this.openCount) <= most) return
    const fullest = [...this.products.values()].reduce((most, sessions) =>
      sessions.open.size > most.open.size ? sessions : most
    )
    const idlest = fullest.findIdlest(newest)
    // An overdue one has expired, and makes room as well.
    if (!idlest || this.peek(idlest.product, idlest.token, now).is !== 'open') return
    this.close(fullest, idlest, { cause: 'evicted', at: now, by: `a limit of ${most} open sessions` })
    onEvict?.()
  }

  /** The number of open sessions of all products, with overdue ones. */
  get openCount(): number {
    let count = 0
    for (const { open } of this.products.values()) count += open.size
    return count
  }
}
