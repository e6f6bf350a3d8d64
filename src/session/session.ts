/** The cause of the end of a session; `moved`: use of a pinned token from another address. */
export const endCauses = ['expired', 'logged-out', 'revoked', 'evicted', 'moved'] as const
export type EndCause = (typeof endCauses)[number]

export interface SessionEnd {
  readonly cause: EndCause
  /** Unix milliseconds by the clock of the space. */
  readonly at: number
  /** Description of the cause, if it was no request: `rule "…"`, `the control API`. */
  readonly by?: string | undefined
  /** Number of the request that ended it. */
  readonly request?: number | undefined
}

/** Lifetimes of a product's sessions, in milliseconds; Infinity means no expiry. */
export interface Policy {
  /** Time since the last use, or since login if `renewed` is false. */
  readonly idle: number
  /** Time since login, regardless of use. */
  readonly lifetime: number
  /** Each use restarts the idle time. */
  readonly renewed: boolean
  /** Maximum number of sessions per account; a login beyond it ends the oldest. */
  readonly limit: number
  /** The token is valid only from the address of the login; use from another address ends the session. */
  readonly pinned: boolean
  /** No logout, limit or other login ends the session. */
  readonly stateless?: boolean
  /** The token is fixed by the account data, and the same in every space. */
  readonly fixed?: boolean
}

/** A session of a login; times in Unix milliseconds by the clock of the space. */
export class Session {
  /** Number in its space in the order of opening, from 1; 0 before it is opened. */
  number = 0
  /** Number among the sessions of its account and product in the order of opening, from 1; 0 before it is opened. */
  ordinal = 0
  usedAt: number
  uses = 0
  end: SessionEnd | undefined
  /** Its end at a later time, set by a rule; none after its end. */
  scheduled: SessionEnd | undefined
  /** Session data of the product, such as a working domain. */
  data: Readonly<Record<string, string>> | undefined

  constructor(
    readonly product: string,
    readonly token: string,
    readonly login: string,
    readonly address: string,
    readonly openedAt: number,
    readonly policy: Policy
  ) {
    this.usedAt = openedAt
  }

  /** An independent copy. */
  copy(): Session {
    const copy = new Session(this.product, this.token, this.login, this.address, this.openedAt, this.policy)
    copy.number = this.number
    copy.ordinal = this.ordinal
    copy.usedAt = this.usedAt
    copy.uses = this.uses
    copy.end = this.end
    copy.scheduled = this.scheduled
    copy.data = this.data
    return copy
  }

  /** Time of its end without further use, in Unix milliseconds. */
  get endsAt(): number {
    return this.scheduled === undefined ? this.#expiresAt : Math.min(this.#expiresAt, this.scheduled.at)
  }

  /** Its end without further use: the scheduled one, or its expiry if that is earlier. */
  get dueEnd(): SessionEnd {
    const expiresAt = this.#expiresAt
    return this.scheduled && this.scheduled.at <= expiresAt ? this.scheduled : { cause: 'expired', at: expiresAt }
  }

  get #expiresAt(): number {
    const { idle, lifetime, renewed } = this.policy
    return Math.min((renewed ? this.usedAt : this.openedAt) + idle, this.openedAt + lifetime)
  }
}
