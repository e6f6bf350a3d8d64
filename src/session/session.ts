/** How a session came to its end: its time was over, its owner left, somebody or something else ended it. */
export const endCauses = ['expired', 'logged-out', 'revoked', 'evicted', 'moved'] as const
export type EndCause = (typeof endCauses)[number]

export interface SessionEnd {
  readonly cause: EndCause
  /** By the space's clock, in Unix milliseconds. */
  readonly at: number
  /** What ended it, in words, where it was no request: `rule "…"`, `the control API`. */
  readonly by?: string | undefined
  /** The number of the request that ended it. */
  readonly request?: number | undefined
}

/** Lifetimes of a product's sessions, in milliseconds; Infinity means no expiry. */
export interface Policy {
  /** Life since the last use, or since login where use does not renew. */
  readonly idle: number
  /** Life since login, used or not. */
  readonly lifetime: number
  /** Use starts the idle time anew. */
  readonly renewed: boolean
  /** Sessions per account: one more login ends the oldest. */
  readonly limit: number
  /** The token is honoured only from the address that logged in; from another it dies. */
  readonly pinned: boolean
  /** No logout, limit or other login ends it: its token is good by itself. */
  readonly stateless?: boolean
  /** Its token was made beforehand, and is the same in every space. */
  readonly fixed?: boolean
}

export class Session {
  /** Which one of its space it was, in the order of opening, from 1; 0 where it was never opened. */
  number = 0
  usedAt: number
  uses = 0
  end: SessionEnd | undefined
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

  /** One that goes on by itself from here. */
  copy(): Session {
    const copy = new Session(this.product, this.token, this.login, this.address, this.openedAt, this.policy)
    copy.number = this.number
    copy.usedAt = this.usedAt
    copy.uses = this.uses
    copy.end = this.end
    copy.data = this.data
    return copy
  }

  /** When its time is over unless it is used, in Unix milliseconds. */
  get expiresAt(): number {
    const { idle, lifetime, renewed } = this.policy
    return Math.min((renewed ? this.usedAt : this.openedAt) + idle, this.openedAt + lifetime)
  }
}
