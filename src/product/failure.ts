import { STATUS_CODES } from 'node:http'

/** The product-neutral names of refusals. */
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

/** The reason of a refusal: a stable code, and facts for its rendering as a sentence. */
export interface Why {
  readonly reason: string
  /** Time of the cause, in Unix milliseconds by the clock of the space. */
  readonly at?: number
  readonly [fact: string]: string | number | undefined
}

export interface FailureDetail {
  /** Wire name of the missing or invalid field. */
  readonly field?: string
  /** The invalid value as sent. */
  readonly value?: string
  /** A product-specific case of the failure, for its response. */
  readonly variant?: string
  /** The methods of the path. */
  readonly allow?: readonly string[]
  /** The HTTP status requested by a rule or `Prefer`, instead of the usual one; also used for a status in the body. */
  readonly status?: number
  readonly why?: Why
}

/** A refusal. Thrown by operations; the failure responses of the product render it. */
export class Failure extends Error {
  constructor(
    readonly kind: FailureName,
    readonly detail: FailureDetail = {}
  ) {
    super(kind)
  }
}

const failures: Readonly<Record<number, FailureName>> = {
  400: 'bad-request',
  401: 'no-session',
  403: 'forbidden',
  404: 'not-found',
  405: 'method-not-allowed',
  413: 'too-large',
  429: 'rate-limited',
  500: 'server-error',
  503: 'unavailable'
}

/** The failure with this usual HTTP status. */
export const failureOf = (status: number): FailureName | undefined => failures[status]

/** The status and reason phrase requested by a rule or `Prefer`, if it is not `usual`, the product's status of this failure. */
export const requestedStatus = (
  { detail: { status } }: Failure,
  usual: number
): { readonly status: number; readonly text: string } | undefined =>
  status === undefined || status === usual ? undefined : { status, text: STATUS_CODES[status] ?? `Status ${status}` }
