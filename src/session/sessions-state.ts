import type { Session } from './session.js'

/** All sessions of a store, open and ended. */
export interface SessionsState {
  /** Number of sessions opened so far. */
  readonly opened: number
  readonly products: readonly ProductSessionsState[]
}

export interface ProductSessionsState {
  readonly product: string
  /** Number of the open session that was checked for expiry last; 0 before the first. */
  readonly swept: number
  /** Ordered by login. */
  readonly open: readonly Session[]
  /** Ordered by the time at which their end was noticed. */
  readonly ended: readonly Session[]
}
