import { getOrCreate } from '../base/get-or-create.js'
import { eachInSlices, type Slices } from '../base/in-slices.js'
import type { Session } from './session.js'

/** The sessions of a product: the open ones, by token and by account, and the recently ended ones. */
export class ProductSessions {
  readonly open = new Map<string, Session>()
  /** Open sessions by account, without stateless ones: these are never evicted by a limit or another login. */
  readonly byLogin = new Map<string, Set<Session>>()
  readonly ended = new Map<string, Session>()
  #sweep = this.open.values()
  /** Iterates from the session that ended first. Reused, as a new iterator skips all deleted entries of the map. */
  #oldest: Iterator<Session, undefined> | undefined
  /** Number of sessions that were opened since the last step of the iterator. */
  #opened = 0
  /** Number of the last session of the walk. */
  swept = 0

  has(token: string): boolean {
    return this.open.has(token) || this.ended.has(token)
  }

  add(session: Session): void {
    this.#discardIterator()
    this.open.set(session.token, session)
    if (!session.policy.stateless) getOrCreate(this.byLogin, session.login, () => new Set<Session>()).add(session)
  }

  remove(session: Session): void {
    this.open.delete(session.token)
    const ofAccount = this.byLogin.get(session.login)
    ofAccount?.delete(session)
    if (ofAccount?.size === 0) this.byLogin.delete(session.login)
  }

  /** The least recently used one of the next sessions of the walk, except sessions of fixed tokens. */
  findIdlest(except: Session): Session | undefined {
    let idlest: Session | undefined
    for (let left = Math.min(this.open.size + 1, maxCompared); left > 0; left -= 1) {
      const session = this.next()
      if (!session || session === except || session.policy.fixed) continue
      if (!idlest || session.usedAt < idlest.usedAt) idlest = session
    }
    return idlest
  }

  /** The next open session of a cyclic walk; undefined at the end of each cycle. */
  next(): Session | undefined {
    const step = this.#sweep.next()
    this.swept = step.done ? 0 : step.value.number
    if (!step.done) return step.value
    this.#sweep = this.open.values()
    return undefined
  }

  /** Drops the oldest ended session. */
  forgetOldest(): Session | undefined {
    this.#opened = 0
    let oldest = this.#oldest?.next().value
    if (!oldest) {
      this.#oldest = this.ended.values()
      oldest = this.#oldest.next().value
    }
    if (oldest) this.ended.delete(oldest.token)
    return oldest
  }

  /**
   * In V8 an iterator retains all hash tables that its map has had since its last step. Without steps, a token that is opened and
   * ended repeatedly would be a leak.
   */
  #discardIterator(): void {
    this.#opened += 1
    if (this.#opened <= this.ended.size) return
    this.#opened = 0
    this.#oldest = undefined
  }

  /** Continues the walk after the session with this number. */
  async walkFrom(swept: number, slices: Slices): Promise<void> {
    let passed = 0
    await eachInSlices(this.open.values(), slices, ({ number }) => {
      if (number <= swept) passed += 1
    })
    for (; passed > 0; passed -= 1) {
      if (slices.isOver) await slices.next()
      this.next()
    }
    this.swept = swept
  }
}

/** Number of open sessions compared: among a million, a long idle one is good enough. */
const maxCompared = 64
