import type { Slices } from '../base/in-slices.js'
import { FoldedTokens } from './folded-tokens.js'
import { ProductSessions } from './product-sessions.js'
import type { Session, SessionEnd } from './session.js'
import type { SessionStoreOptions } from './session-store-options.js'
import { SessionWalk } from './session-walk.js'
import { endedStatus, type TokenStatus, unknownToken } from './token-status.js'

/** Visits a session; `before` is a copy from the beginning of the walk, if the session has changed since. */
export type VisitSession = (session: Session, before?: Session) => void

/** The sessions of a store by product: lookup by token, expiry, and walks that tolerate changes. */
export class StoredSessions {
  protected products = new Map<string, ProductSessions>()
  /** Number of sessions opened so far. */
  protected opened = 0
  /** The walks in progress. */
  protected readonly walks = new Set<SessionWalk>()
  /** The sessions of states in preparation. */
  protected readonly prepared = new Set<ReadonlyMap<string, ProductSessions>>()

  protected readonly folded = new FoldedTokens()

  constructor(protected readonly options: SessionStoreOptions) {}

  /** The status of the token; changes nothing, except that an overdue session ends. `now` in Unix milliseconds. */
  peek(product: string, token: string, now: number): TokenStatus {
    const sessions = this.products.get(product)
    const session = sessions?.open.get(token)
    if (!sessions) return unknownToken
    if (!session) return endedStatus(sessions.ended.get(token))
    if (session.endsAt > now) return { is: 'open', session }
    if (this.options.isReadOnly?.()) return { is: 'ended', session, end: session.dueEnd }
    this.close(sessions, session, session.dueEnd)
    return endedStatus(session)
  }

  /** Whether the token belongs to an open or ended session; changes nothing. */
  has(product: string, token: string): boolean {
    return this.products.get(product)?.has(token) ?? false
  }

  /** Whether the token belongs to a session of the store or of a state in preparation. */
  isClaimed(product: string, token: string): boolean {
    if (this.has(product, token)) return true
    for (const prepared of this.prepared) if (prepared.get(product)?.has(token)) return true
    return false
  }

  /** Whether the word is the token of an open or ended session of any product. */
  isToken(word: string): boolean {
    for (const { open, ended } of this.products.values()) if (open.has(word) || ended.has(word)) return true
    return false
  }

  /** The same in any letter case. */
  isTokenInAnyCase(word: string): boolean {
    return this.isToken(word) || this.isToken(word.toLowerCase()) || this.folded.has(word, () => this.#tokens())
  }

  *#tokens(): Generator<string> {
    for (const { open, ended } of this.products.values()) {
      yield* open.keys()
      yield* ended.keys()
    }
  }

  protected sessionsOf(product: string): ProductSessions {
    let sessions = this.products.get(product)
    if (!sessions) {
      sessions = new ProductSessions()
      this.products.set(product, sessions)
    }
    return sessions
  }

  /** Ends an open session. */
  protected close(sessions: ProductSessions, session: Session, ending: SessionEnd): void {
    if (this.walks.size > 0) this.beforeChange(session)
    session.end = ending
    session.scheduled = undefined
    sessions.remove(session)
    this.options.all?.countSessions(-1)
    sessions.ended.set(session.token, session)
    this.options.onEnd?.(session)
    if (sessions.ended.size <= this.options.remember) return
    const oldest = sessions.forgetOldest()
    if (oldest) this.options.onForget?.(oldest)
  }

  /** Ends the session if it is overdue. */
  protected expire(sessions: ProductSessions, session: Session | undefined, now: number): void {
    if (session && session.endsAt <= now) this.close(sessions, session, session.dueEnd)
  }

  /** To be called before an open session changes. */
  protected beforeChange(session: Session): void {
    for (const walk of this.walks) walk.change(session)
  }

  /** Visits the sessions that are open at the call, while others may change them. */
  protected async walk(slices: Slices, visit: VisitSession): Promise<void> {
    const open = new Map(Array.from(this.products, ([product, { open }]) => [product, open]))
    const walk = new SessionWalk(open, this.opened)
    this.walks.add(walk)
    try {
      for (const product of open.keys()) await walk.visit(product, slices, visit)
    } finally {
      this.walks.delete(walk)
    }
  }
}
