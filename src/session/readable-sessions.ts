import { eachInSlices, type Slices, sortInSlices } from '../base/in-slices.js'
import type { Session } from './session.js'
import type { ProductSessionsState, SessionsState } from './sessions-state.js'
import { StoredSessions } from './stored-sessions.js'

/** The default of `checkedByCount`. */
const defaultChecked = 10_000

/** Lists, counts and snapshots of the sessions of a store. */
export class ReadableSessions extends StoredSessions {
  /** All open sessions, ordered by login. */
  list(now: number): Session[] {
    const listed: Session[] = []
    for (const sessions of this.products.values())
      for (const session of sessions.open.values()) {
        if (session.endsAt > now) listed.push(session)
        else this.peek(session.product, session.token, now)
      }
    return listed
  }

  /** The sessions that are open at the call, without a stall. `now`: the current time. */
  async listInSlices(now: number, slices: Slices): Promise<Session[]> {
    const listed: Session[] = []
    await this.walk(slices, (session, before = session) => {
      if (before.endsAt > now) listed.push(session)
      else this.peek(session.product, session.token, now)
    })
    return listed
  }

  /** The kept ended sessions, ordered by end. */
  async listEnded(now: number, slices: Slices): Promise<Session[]> {
    // Ends the overdue sessions first.
    await this.listInSlices(now, slices)
    return [...this.products.values()]
      .flatMap(({ ended }) => [...ended.values()])
      .sort((a, b) => (a.end?.at ?? 0) - (b.end?.at ?? 0))
  }

  /** The number of open sessions of the product: exact up to 10,000; beyond, it may include overdue ones. */
  count(product: string, now: number): number {
    const sessions = this.products.get(product)
    if (!sessions) return 0
    const { checkedByCount = defaultChecked } = this.options
    for (let left = Math.min(sessions.open.size, checkedByCount); left >= 0; left -= 1)
      this.expire(sessions, sessions.next(), now)
    return sessions.open.size
  }

  /** The same number without a change: overdue sessions stay open. */
  countUnnoticed(product: string, now: number): number {
    const open = this.products.get(product)?.open
    if (!open) return 0
    if (open.size > (this.options.checkedByCount ?? defaultChecked)) return open.size
    let count = 0
    for (const { endsAt } of open.values()) if (endsAt > now) count += 1
    return count
  }

  /**
   * All sessions at this moment, without a stall: copies of the open ones, and the ended ones themselves, as these no longer change.
   * `visit` is called for each session of the store.
   */
  async snapshot(slices: Slices, visit?: (session: Session) => void): Promise<SessionsState> {
    const { opened } = this
    const products = Array.from(this.products, ([product, { swept, ended }]) => ({
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

  /** Copies of the open sessions by product, in the order of the walk. */
  async #copyOpen(slices: Slices, visit?: (session: Session) => void): Promise<ReadonlyMap<string, Session[]>> {
    const copies = new Map<string, Session[]>(Array.from(this.products.keys(), product => [product, []]))
    await this.walk(slices, (session, before = session.copy()) => {
      copies.get(session.product)?.push(before)
      visit?.(session)
    })
    return copies
  }
}
