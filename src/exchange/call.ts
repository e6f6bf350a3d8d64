import { chain, type MaybePromise } from '../base/maybe-promise.js'
import { Failure, type Why } from '../product/failure.js'
import type { Call, Credentials, Fidelity, Operation, Product } from '../product/product.js'
import { isLogin, type SessionForm } from '../product/product.js'
import type { ProductRequest } from '../product/request.js'
import { type EndCause, Session, type TokenStatus } from '../session/sessions.js'
import type { Space } from '../space/space.js'
import { type Account, unlistedAccount } from '../state/accounts.js'

/** A call in its space; it keeps its facts for the journal. */
export class ProductCall implements Call {
  readonly number: number
  readonly at: number
  readonly started: number
  readonly token: string | undefined
  readonly body: string | undefined
  readonly fidelity: Fidelity
  login: string | undefined
  session: Session | undefined
  pretending = false
  /** How often its space had begun anew when it came. */
  readonly #generation: number
  #address: string | undefined
  evicts: string | undefined
  /** Its operation has begun. */
  isRun = false
  /** The owner of the token, if it is already known to be another space's. */
  elsewhere: Why | undefined

  constructor(
    readonly product: Product,
    readonly operation: Operation | undefined,
    readonly request: ProductRequest,
    readonly space: Space,
    carried: Credentials,
    /** Milliseconds since it came. */
    lag = 0
  ) {
    this.number = space.nextNumber()
    this.#generation = space.generation
    this.at = space.clock.now()
    this.fidelity = space.fidelity(product)
    this.started = space.systemClock.elapsed() - lag
    this.token = carried.token
    this.login = carried.login
    this.body = request.rawBody
  }

  /** Its space has begun anew since it came: it may do nothing in there any more. */
  get isStale(): boolean {
    return this.#generation !== this.space.generation
  }

  get address(): string {
    const { product, request } = this
    this.#address ??= product.clientAddress ? product.clientAddress(request, this.fidelity) : request.ip
    return this.#address
  }

  get secure(): boolean {
    return 'encrypted' in this.request.raw.socket
  }

  accountData<Part extends object>(login: string): Part {
    return this.space.accountData(this.product, login) as Part
  }

  draw(purpose: string): Buffer {
    return this.space.random.bytes(this.#counterKey(purpose))
  }

  serial(purpose: string, first: number | undefined): number {
    const { space, product } = this
    if (first !== undefined || space.scenario.seed === undefined)
      return space.count(`${product.name} ${purpose}`, first ?? 1)
    const lane = this.#counterKey(purpose)
    return space.count(lane, space.random.bytes(lane, 0).readUInt32BE() * 10_000 + 1)
  }

  #counterKey(purpose: string): string {
    return `${this.product.name} ${purpose} ${this.session?.token ?? this.login ?? this.token ?? ''}`
  }

  current(): MaybePromise<Session> {
    if (this.pretending) return this.#pretendedSession()
    const { space, product, token = '' } = this
    const tokenStatus = space.sessions.touch(product.name, token, space.clock.now(), this.address)
    return chain(tokenStatus, tokenStatus => this.#admit(tokenStatus))
  }

  currentIfAny(): MaybePromise<Session | undefined> {
    const { space, product, token } = this
    if (token === undefined || this.pretending) return undefined
    const tokenStatus = space.sessions.touch(product.name, token, space.clock.now(), this.address)
    return chain(tokenStatus, tokenStatus => (tokenStatus.is === 'open' ? this.#admit(tokenStatus) : undefined))
  }

  /**
   * Counts the use of a token whose call was refused before its operation asked for the session. A login is no use of one, and
   * the token of a client that may do nothing is not looked at.
   */
  async useAnyway({ kind }: Failure): Promise<void> {
    if (kind === 'forbidden' || isLogin(this.operation)) return
    if (this.session === undefined && !this.isStale) await this.currentIfAny()
  }

  end(): MaybePromise<Session> {
    if (this.pretending) return this.#pretendedSession()
    const { space, product, token = '' } = this
    const ending = { cause: 'logged-out', at: space.clock.now(), request: this.number } as const
    const tokenStatus = space.sessions.end(product.name, token, ending, this.address)
    return chain(tokenStatus, tokenStatus => this.#admit(tokenStatus))
  }

  authenticate(login: string, password: string): Account {
    this.login = login
    const { accounts } = this.space
    const caseInsensitive = this.product.accounts.caseInsensitive ?? false
    const account =
      accounts.check(login, password, caseInsensitive) ?? (this.pretending ? unlistedAccount(login) : undefined)
    if (account) {
      this.login = account.login
      return account
    }
    const reason = accounts.find(login, caseInsensitive) ? 'wrong-password' : 'unknown-login'
    throw new Failure('bad-credentials', { why: { reason, login } })
  }

  open(account: Account, form?: SessionForm): MaybePromise<Session> {
    const { space, product } = this
    const session = space.newSession(product, account.login, this.address, form)
    this.session = session
    if (this.pretending) return session
    return chain(space.sessions.open(session, session.openedAt), () => this.#opened(session))
  }

  #opened(session: Session): MaybePromise<Session> {
    if (this.evicts === undefined) return session
    const { product, login, token, openedAt } = session
    const ending = { cause: 'evicted', at: openedAt, by: this.evicts } as const
    return chain(this.space.sessions.endOthers(product, login, token, ending), () => session)
  }

  blockAddress(ms: number): void {
    const { space, product, address } = this
    space.blockedAddresses.block(product.name, address, space.clock.now() + ms)
  }

  get blockedUntil(): number | undefined {
    const { space, product, address } = this
    return space.blockedAddresses.blockedUntil(product.name, address, space.clock.now())
  }

  async revokeAll(login: string, by: string): Promise<void> {
    const { space, product } = this
    const account = space.accounts.find(login, product.accounts.caseInsensitive)
    const ending = { cause: 'revoked', at: space.clock.now(), by } as const
    if (account) await space.sessions.endOthers(product.name, account.login, '', ending)
  }

  async endBy(cause: EndCause, by: string): Promise<void> {
    const { space, product, token } = this
    if (token !== undefined) await space.sessions.end(product.name, token, { cause, at: space.clock.now(), by })
  }

  #admit(tokenStatus: TokenStatus): MaybePromise<Session> {
    if (tokenStatus.is !== 'unknown') {
      this.session = tokenStatus.session
      this.login = tokenStatus.session.login
    }
    return tokenStatus.is === 'open' ? tokenStatus.session : this.#refuse(tokenStatus)
  }

  async #refuse(tokenStatus: TokenStatus): Promise<never> {
    const why = await whyDead(this, tokenStatus)
    throw new Failure(why.reason === 'expired' ? 'expired-session' : 'no-session', { why })
  }

  #pretendedSession(): Session {
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

const whyDead = async (call: ProductCall, tokenStatus: TokenStatus): Promise<Why> => {
  const { token, space, product } = call
  if (token === undefined || token === '') return { reason: 'no-token' }
  if (tokenStatus.is !== 'ended')
    return (
      repeated(call) ?? (await space.findTokenOwner(product, token)) ?? call.elsewhere ?? { reason: 'never-issued' }
    )
  const { end, session } = tokenStatus
  const { idle, lifetime } = session.policy
  return {
    reason: end.cause,
    at: end.at,
    now: space.clock.now(),
    by: end.by,
    request: end.request,
    login: session.login,
    idle,
    lifetime
  }
}

/** Of a header that comes twice, HTTP makes one whose value is no token: `a, a`. */
const repeated = ({ product: { tokenHeaders = [] }, request: { raw } }: Call): Why | undefined => {
  const found = tokenHeaders.map(name => timesOf(name, raw)).find(({ times }) => times > 1)
  return found && { reason: 'repeated-token', header: found.name, times: found.times }
}

const timesOf = (name: string, { rawHeaders }: ProductRequest['raw']) => ({
  name,
  times: rawHeaders.filter((text, index) => index % 2 === 0 && text.toLowerCase() === name.toLowerCase()).length
})
