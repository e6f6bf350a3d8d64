import { type Account, stranger } from './accounts.js'
import type { Arrival } from './arrival.js'
import { Failure, type Why } from './failure.js'
import type { Fidelity, Operation, Product } from './product.js'
import { type Cause, Session, type Standing } from './sessions.js'
import { andThen, type Soon } from './soon.js'
import type { Space } from './space.js'

/** What a request carries, as the product reads it. */
export interface Carried {
  readonly token: string | undefined
  /** The name on a login form. */
  readonly login: string | undefined
}

/** One request to a product, on its way to an answer; what it learns of itself stays on it, for the journal. */
export class Call {
  readonly number: number
  /** When it came, by the space's clock, in Unix milliseconds. */
  readonly at: number
  /** When it came, in milliseconds that only grow: for durations. */
  readonly started: number
  readonly token: string | undefined
  login: string | undefined
  session: Session | undefined
  /** A rule asked to answer success and do nothing: the verbs below then change nothing and never refuse. */
  pretending = false
  /** How often its space had begun anew when it came. */
  readonly #beginnings: number
  /** A rule asked that a login here ends the account's other sessions; in words, what asked. */
  evicts: string | undefined

  constructor(
    readonly product: Product,
    readonly operation: Operation | undefined,
    readonly request: Arrival,
    readonly space: Space,
    carried: Carried
  ) {
    this.number = space.nextNumber()
    this.#beginnings = space.beginnings
    this.at = space.clock.now()
    this.started = space.wall.elapsed()
    this.token = carried.token
    this.login = carried.login
  }

  /** Its space has begun anew since it came: it may do nothing in there any more. */
  get isStale(): boolean {
    return this.#beginnings !== this.space.beginnings
  }

  get fidelity(): Fidelity {
    return this.space.fidelity(this.product)
  }

  get address(): string {
    return this.request.ip
  }

  /** The body as it was sent, as text; undefined where there was none. */
  get body(): string | undefined {
    return this.request.sent
  }

  /** It came over TLS. */
  get secure(): boolean {
    return 'encrypted' in this.request.raw.socket
  }

  /** What the account of that name has for this product, in the form of the product's own account schema. */
  part<Part extends object>(login: string): Part {
    return this.space.part(this.product, login) as Part
  }

  /** The next draw for a purpose, counted by session or login, so that other clients' calls do not matter. */
  draw(purpose: string): Buffer {
    return this.space.random.bytes(this.#lane(purpose))
  }

  /**
   * The next of the numbers that grow by one: from `first` on for all; where it is left out and the story has a seed, in a
   * block of numbers for each session or login, so that other clients' calls do not matter; else from 1 on for all.
   */
  serial(purpose: string, first: number | undefined): number {
    const { space, product } = this
    if (first !== undefined || space.story.seed === undefined)
      return space.count(`${product.name} ${purpose}`, first ?? 1)
    const lane = this.#lane(purpose)
    return space.count(lane, space.random.bytes(lane, 0).readUInt32BE() * 10_000 + 1)
  }

  #lane(purpose: string): string {
    return `${this.product.name} ${purpose} ${this.session?.token ?? this.login ?? this.token ?? ''}`
  }

  /** The session of the caller, used once more. Throws `no-session` or `expired-session`. */
  current(): Soon<Session> {
    if (this.pretending) return this.#imagined()
    const { space, product, token = '' } = this
    const standing = space.sessions.use(product.name, token, space.clock.now(), this.address)
    return andThen(standing, standing => this.#admitted(standing))
  }

  /** The session of the caller if it has one, used once more. */
  async currentIfAny(): Promise<Session | undefined> {
    const { space, product, token } = this
    if (token === undefined || this.pretending) return undefined
    const standing = await space.sessions.use(product.name, token, space.clock.now(), this.address)
    return standing.is === 'open' ? this.#admitted(standing) : undefined
  }

  /** Ends the session of the caller. Throws `no-session` or `expired-session`. */
  async end(): Promise<Session> {
    if (this.pretending) return this.#imagined()
    const { space, product, token = '' } = this
    const ending = { cause: 'logged-out', at: space.clock.now(), by: `request ${this.number}` } as const
    return this.#admitted(await space.sessions.end(product.name, token, ending, this.address))
  }

  /** The account that these credentials open. Throws `bad-credentials`. */
  authenticate(login: string, password: string): Account {
    this.login = login
    const { accounts } = this.space
    const folded = this.product.accounts.folded ?? false
    const account = accounts.check(login, password, folded) ?? (this.pretending ? stranger(login) : undefined)
    if (account) {
      this.login = account.login
      return account
    }
    const reason = accounts.find(login, folded) ? 'wrong-password' : 'unknown-login'
    throw new Failure('bad-credentials', { why: { reason, login } })
  }

  /** A new session for the account. */
  async open(account: Account): Promise<Session> {
    const { space, product } = this
    this.session = space.draft(product, account.login, this.address)
    if (this.pretending) return this.session
    const { token, login, openedAt } = this.session
    await space.sessions.open(this.session, openedAt)
    if (this.evicts !== undefined)
      await space.sessions.endOthers(product.name, login, token, { cause: 'evicted', at: openedAt, by: this.evicts })
    return this.session
  }

  /** Somebody else ends the caller's session, if it has one; `by` says who, in words. */
  async endBy(cause: Cause, by: string): Promise<void> {
    const { space, product, token } = this
    if (token !== undefined) await space.sessions.end(product.name, token, { cause, at: space.clock.now(), by })
  }

  #admitted(standing: Standing): Soon<Session> {
    if (standing.is !== 'unknown') {
      this.session = standing.session
      this.login = standing.session.login
    }
    return standing.is === 'open' ? standing.session : this.#turnAway(standing)
  }

  async #turnAway(standing: Standing): Promise<never> {
    const why = await whyDead(this, standing)
    throw new Failure(why.reason === 'expired' ? 'expired-session' : 'no-session', { why })
  }

  #imagined(): Session {
    this.session ??= new Session(
      this.product.name,
      this.token ?? '',
      this.login ?? 'demo',
      this.address,
      this.at,
      this.space.policy(this.product)
    )
    return this.session
  }
}

const whyDead = async ({ token, space, product }: Call, standing: Standing): Promise<Why> => {
  if (token === undefined || token === '') return { reason: 'no-token' }
  if (standing.is !== 'ended') return (await space.whose(product, token)) ?? { reason: 'never-issued' }
  const { end, session } = standing
  const { idle, lifetime } = session.policy
  return { reason: end.cause, at: end.at, now: space.clock.now(), by: end.by, login: session.login, idle, lifetime }
}
