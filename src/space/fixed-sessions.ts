import type { Product } from '../product/product.js'
import { type Policy, Session } from '../session/sessions.js'
import type { FixedSession } from './space-state.js'

/** The address of a session without a login request: it is valid from every address. */
export const anyAddress = '*'

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
export const fixedSessionsOf = (product: Product, login: string, accountData: object, now: number): Session[] =>
  (product.accounts.fixedTokens?.(accountData) ?? []).map(
    token => new Session(product.name, token, login, anyAddress, now, fixedPolicy)
  )

export interface FixedSessionChanges {
  readonly kept: readonly FixedSession[]
  readonly added: readonly Session[]
  readonly removed: readonly FixedSession[]
}

/** The changes of fixed sessions from one scenario to another. */
export const changesOf = (present: readonly FixedSession[], wanted: readonly Session[]): FixedSessionChanges => {
  const kept = present.filter(session => contains(wanted, session))
  return {
    kept,
    added: wanted.filter(session => !contains(kept, session)),
    removed: present.filter(session => !contains(wanted, session))
  }
}

const contains = (sessions: readonly FixedSession[], { product, token, login }: FixedSession): boolean =>
  sessions.some(each => each.product === product && each.token === token && each.login === login)
