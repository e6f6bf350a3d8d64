import type { Slices } from '../base/in-slices.js'
import type { Session } from './session.js'

/** The open sessions of a product by token, ordered by number. */
type OpenSessions = ReadonlyMap<string, Session>

/**
 * A walk in slices through the sessions that were open at its beginning, in their state of that time: `change` is to be called
 * before each change of a session. Changes of visited and of later opened sessions are ignored.
 */
export class SessionWalk {
  readonly #opened: number
  readonly #left: Map<string, OpenSessions>
  /** Copies of changed sessions that are still to be visited. */
  readonly #before = new Map<Session, Session>()
  #product = ''
  #visited = 0

  /** `opened`: number of the last opened session. */
  constructor(open: ReadonlyMap<string, OpenSessions>, opened: number) {
    this.#left = new Map(open)
    this.#opened = opened
  }

  /** To be called before a use or the end of a session. */
  change(session: Session): void {
    if (session.number > this.#opened || this.#hasVisited(session) || this.#before.has(session)) return
    this.#before.set(session, session.copy())
  }

  /** Visits each session of a product; `before` is a copy from the beginning of the walk, if the session has changed since. */
  async visit(product: string, slices: Slices, visit: (session: Session, before?: Session) => void): Promise<void> {
    this.#product = product
    this.#visited = 0
    for (const session of this.#left.get(product)?.values() ?? []) {
      if (slices.isOver) await slices.next()
      if (session.number > this.#opened) break
      this.#visited = session.number
      visit(session, this.#takeCopy(session))
    }
    this.#left.delete(product)
    for (const [session, before] of this.#before)
      if (session.product === product) {
        this.#before.delete(session)
        visit(session, before)
      }
  }

  #takeCopy(session: Session): Session | undefined {
    const before = this.#before.get(session)
    if (before) this.#before.delete(session)
    return before
  }

  #hasVisited({ product, number }: Session): boolean {
    return product === this.#product ? number <= this.#visited : !this.#left.has(product)
  }
}
