import type { Product } from '../product/product.js'
import type { InitialSession } from '../scenario/scenario.js'
import { endOfTime } from '../session/clock.js'
import { type Policy, Session, type SessionStore } from '../session/session-store.js'
import type { Space } from './space.js'
import type { FixedSession } from './space-state.js'

/** The sessions that a scenario opens and ends, without a request. */
export class ScenarioSessions {
  /** The sessions of fixed tokens that are in the store. */
  fixed: readonly FixedSession[] = []
  readonly #space: Space
  readonly #sessions: SessionStore
  readonly #products: readonly Product[]

  constructor(space: Space, sessions: SessionStore, products: readonly Product[]) {
    this.#space = space
    this.#sessions = sessions
    this.#products = products
  }

  /** Opens the sessions of the scenario's list, except those of locked accounts. */
  begin(sessions: readonly InitialSession[]): void {
    for (const session of sessions) this.#openInitial(session)
    this.#endLocked()
  }

  /** After a change of the scenario: ends sessions of locked accounts and removed fixed tokens, and opens those of added ones. */
  update(): void {
    this.#endLocked()
    this.#updateFixed()
  }

  /** `age`: milliseconds since the login. */
  #openInitial({ product: name, login, token, age, status }: InitialSession): void {
    const product = this.#products.find(each => each.name === name)
    if (!product) return
    const now = this.#space.clock.now()
    const initialToken = token ?? this.#space.createToken(product, login)
    const openedAt = Math.max(now - age, -endOfTime)
    const session = new Session(name, initialToken, login, anyAddress, openedAt, this.#space.policy(product))
    this.#sessions.open(session, session.openedAt)
    if (status !== 'open')
      this.#sessions.end(name, initialToken, {
        cause: status === 'ended' ? 'logged-out' : 'expired',
        at: now,
        by: 'the scenario'
      })
  }

  #endLocked(): void {
    const ending = { cause: 'revoked', at: this.#space.clock.now(), by: 'the lock on its account' } as const
    for (const product of this.#products.filter(({ accounts }) => accounts.isLocked))
      for (const { login, parts } of this.#space.accounts.list())
        if (parts[product.name] !== undefined && this.#space.isLocked(product, login))
          this.#sessions.endOthers(product.name, login, '', ending)
  }

  #updateFixed(): void {
    const { kept, added, removed } = changesOf(this.fixed, this.#fixedSessions())
    const ending = { cause: 'revoked', at: this.#space.clock.now(), by: 'the scenario' } as const
    for (const { product, token } of removed) this.#sessions.end(product, token, ending)
    for (const session of added) this.#sessions.open(session, session.openedAt)
    this.fixed = [...kept, ...added]
  }

  #fixedSessions(): Session[] {
    const space = this.#space
    const now = space.clock.now()
    return this.#products.flatMap(product =>
      space.accounts
        .list()
        .flatMap(({ login }) => fixedSessionsOf(product, login, space.accountData(product, login), now))
    )
  }
}

/** The address of a session without a login request: it is valid from every address. */
const anyAddress = '*'

/** A session of a fixed token never expires. */
const fixedPolicy: Policy = {
  idle: Number.POSITIVE_INFINITY,
  lifetime: Number.POSITIVE_INFINITY,
  renewed: false,
  limit: Number.POSITIVE_INFINITY,
  pinned: false,
  stateless: true,
  fixed: true
}

/** The sessions of an account without a login: one for each fixed token. `now` in Unix milliseconds. */
const fixedSessionsOf = (product: Product, login: string, accountData: object, now: number): Session[] =>
  (product.accounts.fixedTokens?.(accountData) ?? []).map(
    token => new Session(product.name, token, login, anyAddress, now, fixedPolicy)
  )

interface FixedSessionChanges {
  readonly kept: readonly FixedSession[]
  readonly added: readonly Session[]
  readonly removed: readonly FixedSession[]
}

/** The changes of fixed sessions from one scenario to another. */
const changesOf = (present: readonly FixedSession[], wanted: readonly Session[]): FixedSessionChanges => {
  const kept = present.filter(session => contains(wanted, session))
  return {
    kept,
    added: wanted.filter(session => !contains(kept, session)),
    removed: present.filter(session => !contains(wanted, session))
  }
}

const contains = (sessions: readonly FixedSession[], { product, token, login }: FixedSession): boolean =>
  sessions.some(each => each.product === product && each.token === token && each.login === login)
