/** Every way a product can refuse, in words that belong to none of them. */
export const failureNames = [
  'bad-credentials',
  'missing-field',
  'bad-request',
  'too-large',
  'no-session',
  'expired-session',
  'forbidden',
  'rate-limited',
  'server-error',
  'unavailable',
  'not-found',
  'method-not-allowed'
] as const

export type FailureName = (typeof failureNames)[number]

/** Why a call was refused: a stable word for programs, and what else is known, for the sentence that people read. */
export interface Why {
  readonly reason: string
  /** When the cause took place, by the space's clock, in Unix milliseconds. */
  readonly at?: number
  readonly [fact: string]: string | number | undefined
}

export interface FailureDetail {
  /** The field that is missing or wrong, by its name on the wire. */
  readonly field?: string
  /** The offending value as it was sent. */
  readonly value?: string
  /** A product's own finer case of a neutral failure, for its wording to tell apart. */
  readonly variant?: string
  /** The methods that the path would take. */
  readonly allow?: readonly string[]
  /** The HTTP status that is asked for, where it is another than the failure's own: a body that holds a status holds this one. */
  readonly status?: number
  readonly why?: Why
}

/** A refusal. Thrown, never sent: the product's wording turns it into bytes in one place. */
export class Failure extends Error {
  constructor(
    readonly kind: FailureName,
    readonly detail: FailureDetail = {}
  ) {
    super(kind)
  }
}
