import type { Slices } from '../base/in-slices.js'
import type { Session } from './session.js'

/** The open sessions of one product, by the order of their numbers. */
type OpenSessions = ReadonlyMap<string, Session>

/**
 * A walk in slices through the sessions that were open when it began, each as it was then. It is told of every change before it takes
 * place; what it has passed already, or what was opened later, is of no matter to it.
 */
export class SessionWalk {
  readonly #opened: number
  readonly #left: Map<string, OpenSessions>
  /** Sessions as they were, that have changed since and are still to be passed. */
  readonly #before = new Map<Session, Session>()
  #product = ''
  #passed = 0

  /** `opened` is the number of the session that was opened last. */
  constructor(open: ReadonlyMap<string, OpenSessions>, opened: number) {
    this.#left = new Map(open)
    this.#opened = opened
  }

  /** The session is about to be used or ended. */
  change(session: Session): void {
    if (session.number > this.#opened || this.#hasPassed(session) || this.#before.has(session)) return
    this.#before.set(session, session.copy())
  }

  /** Visits each session; `before` is a copy as it was when the walk began, where it has changed since. */
  async visit(product: string, slices: Slices, visit: (session: Session, before?: Session) => void): Promise<void> {
    this.#product = product
    this.#passed = 0
    for (const session of this.#left.get(product)?.values() ?? []) {
      if (slices.isOver) await slices.next()
      if (session.number > this.#opened) break
      this.#passed = session.number
      visit(session, this.#take(session))
    }
    this.#left.delete(product)
    for (const [session, before] of this.#before)
      if (session.product === product) {
        this.#before.delete(session)
        visit(session, before)
      }
  }

  #take(session: Session): Session | undefined {
    const before = this.#before.get(session)
    if (before) this.#before.delete(session)
    return before
  }

  #hasPassed({ product, number }: Session): boolean {
    return product === this.#product ? number <= this.#passed : !this.#left.has(product)
  }
}
