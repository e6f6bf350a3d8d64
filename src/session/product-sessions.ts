import { getOrCreate } from '../base/get-or-create.js'
import { eachInSlices, type Slices } from '../base/in-slices.js'
import type { Session } from './session.js'

/** One product's sessions: those that are open, in all and by account, and those that ended lately. */
export class ProductSessions {
  readonly open = new Map<string, Session>()
  /** Those that others of the account may end. */
  readonly byLogin = new Map<string, Set<Session>>()
  readonly ended = new Map<string, Session>()
  #sweep = this.open.values()
  /** Begins at the session that ended first. Kept, as a new one would have to pass all that were deleted. */
  #oldest: Iterator<Session, undefined> = this.ended.values()
  /** The number of the session that the walk came to last. */
  swept = 0

  has(token: string): boolean {
    return this.open.has(token) || this.ended.has(token)
  }

  add(session: Session): void {
    this.open.set(session.token, session)
    if (!session.policy.stateless) getOrCreate(this.byLogin, session.login, () => new Set<Session>()).add(session)
  }

  remove(session: Session): void {
    this.open.delete(session.token)
    const theirs = this.byLogin.get(session.login)
    theirs?.delete(session)
    if (theirs?.size === 0) this.byLogin.delete(session.login)
  }

  /** Of the next sessions of the walk, the one that was used longest ago; sessions that never end are none of them. */
  findIdlest(except: Session): Session | undefined {
    let idlest: Session | undefined
    for (let looked = Math.min(this.open.size + 1, mostCompared); looked > 0; looked -= 1) {
      const session = this.next()
      if (!session || session === except || session.policy.fixed) continue
      if (!idlest || session.usedAt < idlest.usedAt) idlest = session
    }
    return idlest
  }

  /** The next open session of an endless walk through all of them. */
  next(): Session | undefined {
    const step = this.#sweep.next()
    this.swept = step.done ? 0 : step.value.number
    if (!step.done) return step.value
    this.#sweep = this.open.values()
    return undefined
  }

  /** Drops the oldest ended session. */
  forgetOldest(): Session | undefined {
    let oldest = this.#oldest.next().value
    if (!oldest) {
      this.#oldest = this.ended.values()
      oldest = this.#oldest.next().value
    }
    if (oldest) this.ended.delete(oldest.token)
    return oldest
  }

  /** Goes on with the walk behind the session of that number. */
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

/** Open sessions that are looked at for one that is idle for long: in a million, it need not be the very first. */
const mostCompared = 64
