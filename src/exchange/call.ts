import { Failure, type FailureDetail, type FailureName, type Why } from '../product/failure.js'
import {
  type Call,
  type Ending,
  type Fidelity,
  isLogin,
  type Operation,
  type Product,
  type SessionForm
} from '../product/product.js'
import type { Credentials, ProductRequest } from '../product/request.js'
import { type Account, unlistedAccount } from '../session/accounts.js'
import { endOfTime } from '../session/clock.js'
import { Session, type TokenStatus } from '../session/session-store.js'
import type { Space } from '../space/space.js'
import type { ProductBehaviour } from '../space/space-options.js'

/** A request to a product in its space, with the facts that the journal records. */
export class ProductCall implements Call {
  readonly number: number
  readonly receivedAt: number
  readonly at: number
  readonly started: number
  now: number
  readonly token: string | undefined
  readonly path: string
  readonly body: string | undefined
  readonly fidelity: Fidelity
  login: string | undefined
  session: Session | undefined
  pretending = false
  /** Generation of the space at its arrival. */
  readonly #generation: number
  readonly #behaviour: ProductBehaviour
  #address: string | undefined
  evicts: string | undefined
  /** Its operation has started. */
  isRun = false
  /** The owner of the token in another space, if known. */
  tokenOwner: Why | undefined

  constructor(
    readonly product: Product,
    readonly operation: Operation | undefined,
    readonly request: ProductRequest,
    readonly space: Space,
    credentials: Credentials,
    /** Milliseconds since its arrival. */
    lag = 0
  ) {
    const { clock, systemClock } = space
    const real = systemClock.now()
    this.number = space.nextNumber()
    this.#generation = space.generation
    this.receivedAt = real - Math.round(lag)
    this.at = clock.at(real)
    this.now = this.at
    this.#behaviour = space.behaviour(product)
    this.fidelity = this.#behaviour.fidelity
    this.started = systemClock.elapsed() - lag
    this.token = credentials.token
    this.login = credentials.login
    this.path = request.raw.path
    this.body = request.rawBody
  }

  /** Reads the clock of the space again, after a wait. */
  readClock(): void {
    this.now = this.space.clock.now()
  }

  get isStale(): boolean {
    return this.#generation !== this.space.generation
  }

  get address(): string {
    const { product, request } = this
    this.#address ??= product.clientAddress ? product.clientAddress(request, this.fidelity) : request.raw.peer.address
    return this.#address
  }

  get secure(): boolean {
    return this.request.raw.peer.secure
  }

  accountData<AccountData extends object>(login: string): AccountData {
    const { space, product } = this
    const account = space.accounts.find(login, product.accounts.caseInsensitive) ?? unlistedAccount(login)
    // The schema of the account data has been checked in the scenario.
    return this.#behaviour.accountData(account) as AccountData
  }

  draw(purpose: string): Buffer {
    return this.space.random.bytes(this.#counterKey(purpose))
  }

  serial(purpose: string, first: number | undefined): number {
    const { space, product } = this
    if (first !== undefined || space.scenario.seed === undefined)
      return space.count(`${product.name} ${purpose}`, first ?? 1)
    const key = this.#counterKey(purpose)
    return space.count(key, space.random.bytes(key, 0).readUInt32BE() * 10_000 + 1)
  }

  #counterKey(purpose: string): string {
    return `${this.product.name} ${purpose} ${this.session?.token ?? this.login ?? this.token ?? ''}`
  }

  refuse(kind: FailureName, detail?: FailureDetail): void {
    if (!this.pretending) throw new Failure(kind, detail)
  }

  current(): Session {
    if (this.pretending) return this.#pretendedSession()
    const { space, product, token = '' } = this
    return this.#requireOpen(space.sessions.touch(product.name, token, this.now, this))
  }

  currentIfAny(): Session | undefined {
    const { space, product, token } = this
    if (token === undefined || this.pretending) return undefined
    const tokenStatus = space.sessions.touch(product.name, token, this.now, this)
    return tokenStatus.is === 'open' ? this.#requireOpen(tokenStatus) : undefined
  }

  /**
   * Counts the use of a token if the call was refused before its operation read the session. A login is no use of one, and the
   * token of a forbidden client is not read.
   */
  countUse({ kind }: Failure): void {
    if (kind === 'forbidden' || isLogin(this.operation)) return
    if (this.session === undefined && !this.isStale) this.currentIfAny()
  }

  end(): Session {
    if (this.pretending) return this.#pretendedSession()
    const { space, product, token = '' } = this
    const ending = { cause: 'logged-out', at: this.now, request: this.number } as const
    return this.#requireOpen(space.sessions.end(product.name, token, ending, this))
  }

  authenticate(login: string, password: string): Account {
    this.login = login
    const { accounts, secrets } = this.space
    secrets.remember(password, login)
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

  open(account: Account, form?: SessionForm): Session {
    const { space, product } = this
    const session = space.newSession(product, account.login, this.address, form)
    this.session = session
    if (this.pretending) return session
    space.sessions.open(session, session.openedAt)
    if (this.evicts !== undefined) {
      const ending = { cause: 'evicted', at: session.openedAt, by: this.evicts } as const
      space.sessions.endOthers(product.name, session.login, session.token, ending)
    }
    return session
  }

  blockAddress(ms: number): void {
    const { space, product, address } = this
    if (!this.pretending) space.blockedAddresses.block(product.name, address, this.now + ms)
  }

  get blockedUntil(): number | undefined {
    const { space, product, address } = this
    return space.blockedAddresses.blockedUntil(product.name, address, this.now)
  }

  endBy({ cause, by, after }: Ending): void {
    const { space, product, token } = this
    if (token === undefined) return
    const now = space.clock.now()
    if (after === undefined) space.sessions.end(product.name, token, { cause, at: now, by })
    else if (isDate(now + after)) space.sessions.schedule(product.name, token, { cause, at: now + after, by }, now)
  }

  endAllBy({ cause, by, after }: Ending, login: string): void {
    const { space, product } = this
    const account = space.accounts.find(login, product.accounts.caseInsensitive)
    if (!account) return
    const now = space.clock.now()
    if (after === undefined) space.sessions.endOthers(product.name, account.login, '', { cause, at: now, by })
    else if (isDate(now + after))
      space.sessions.scheduleAll(product.name, account.login, { cause, at: now + after, by }, now)
  }

  #requireOpen(tokenStatus: TokenStatus): Session {
    if (tokenStatus.is === 'unknown') throw noSession(this, tokenStatus)
    this.session = tokenStatus.session
    this.login = tokenStatus.session.login
    if (tokenStatus.is === 'ended') throw noSession(this, tokenStatus)
    return tokenStatus.session
  }

  #pretendedSession(): Session {
    this.session ??= createPretendedSession(this)
    return this.session
  }
}

/** A later time than a date can hold is never reached. */
const isDate = (at: number): boolean => at <= endOfTime

interface UnauthorizedCall extends Pick<Call, 'token' | 'product' | 'request' | 'now'> {
  readonly space: Pick<Space, 'findTokenOwner'>
  readonly tokenOwner: Why | undefined
}

/** The Failure of a call without an open session. */
const noSession = (call: UnauthorizedCall, tokenStatus: TokenStatus): Failure => {
  const why = reasonOf(call, tokenStatus)
  return new Failure(why.reason === 'expired' ? 'expired-session' : 'no-session', { why })
}

/** Why there is no open session for the token of the call. */
const reasonOf = (call: UnauthorizedCall, tokenStatus: TokenStatus): Why => {
  const { token, space, product } = call
  if (token === undefined || token === '') return { reason: 'no-token' }
  if (tokenStatus.is !== 'ended')
    return repeatedToken(call) ?? space.findTokenOwner(product, token) ?? call.tokenOwner ?? { reason: 'never-issued' }
  const { end, session } = tokenStatus
  const { idle, lifetime } = session.policy
  return {
    reason: end.cause,
    at: end.at,
    now: call.now,
    by: end.by,
    request: end.request,
    login: session.login,
    idle,
    lifetime
  }
}

/** A repeated header: its values are joined, and the result (`a, a`) is no token. */
const repeatedToken = ({ product: { tokenHeaders = [] }, request: { raw } }: UnauthorizedCall): Why | undefined => {
  const found = tokenHeaders.map(name => countHeader(name, raw)).find(({ times }) => times > 1)
  return found && { reason: 'repeated-token', header: found.name, times: found.times }
}

const countHeader = (name: string, { rawHeaders }: ProductRequest['raw']) => ({
  name,
  times: rawHeaders.filter((text, index) => index % 2 === 0 && text.toLowerCase() === name.toLowerCase()).length
})

type PretendingCall = Pick<Call, 'product' | 'token' | 'login' | 'address' | 'at' | 'space'>

/** The session of a call with `pretend`, which is not in the store. */
const createPretendedSession = ({ product, token, login, address, at, space }: PretendingCall): Session =>
  new Session(product.name, token ?? '', login ?? 'demo', address, at, space.policy(product))
