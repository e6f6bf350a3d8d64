import type { Session } from './session.js'

/** All sessions of a store, open and ended. */
export interface SessionsState {
  /** How many have been opened. */
  readonly opened: number
  readonly products: readonly {
    readonly product: string
    /** The number of the open session that was last looked at, to see whether its time is over; 0 where the next is the first. */
    readonly swept: number
    /** In the order of their login. */
    readonly open: readonly Session[]
    /** In the order in which their end was noticed. */
    readonly ended: readonly Session[]
  }[]
}
