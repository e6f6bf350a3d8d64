import { getOrCreate } from '../base/collections.js'
import { eachInSlices, type Slices, sortInSlices } from '../base/slices.js'
import type { Session } from './session.js'
import type { SessionsState } from './session-store.js'

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

interface PrepareOptions {
  /** Maximum number of kept ended sessions per product. */
  readonly remember: number
  /** Called for each session, open or ended. */
  readonly onRestore?: ((session: Session) => void) | undefined
}

/** Adds the sessions of a state to `prepared`, by product, without a stall. */
export const prepareSessions = async (
  { products }: SessionsState,
  prepared: Map<string, ProductSessions>,
  { remember, onRestore }: PrepareOptions,
  slices: Slices
): Promise<void> => {
  for (const { product, swept, open, ended } of products) {
    const sessions = getOrCreate(prepared, product, () => new ProductSessions())
    const keptEnded = remember === 0 ? [] : ended.slice(-remember)
    await eachInSlices(await sortInSlices(open, ({ number }) => number, slices), slices, each => sessions.add(each))
    await eachInSlices(keptEnded, slices, session => sessions.ended.set(session.token, session))
    // In separate passes: two large maps that grow in one slice would double its duration.
    if (onRestore) for (const list of [open, keptEnded]) await eachInSlices(list, slices, onRestore)
    await sessions.walkFrom(swept, slices)
  }
}

/**
 * The tokens with capital letters in lower case, to find one that is written in another case. Filled at the first question, so that
 * it costs nothing before.
 */
export class FoldedTokens {
  #folded: Set<string> | undefined
  /** Tokens that may still be added before the forgotten ones are too many. */
  #room = 0

  add(token: string): void {
    if (!this.#folded || !hasCapitals(token)) return
    this.#room -= 1
    if (this.#room < 0) this.#folded = undefined
    else this.#folded.add(token.toLowerCase())
  }

  clear(): void {
    this.#folded = undefined
  }

  /** Whether such a token is equal to the word but for the case of its letters. `all`: the present tokens. */
  has(word: string, all: () => Iterable<string>): boolean {
    this.#folded ??= this.#fill(all())
    return this.#folded.has(word.toLowerCase())
  }

  #fill(tokens: Iterable<string>): Set<string> {
    const folded = new Set<string>()
    for (const token of tokens) if (hasCapitals(token)) folded.add(token.toLowerCase())
    this.#room = folded.size + 1000
    return folded
  }
}

const hasCapitals = (token: string): boolean => /[A-Z]/.test(token)

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
