import type { FailureName } from '../../src/product/failure.js'
import type { Fidelity, Product } from '../../src/product/product.js'

/** A request for `inject`, or for a socket. */
export interface Request {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly payload?: string
}

export interface Reply {
  readonly statusCode: number
  readonly headers: Readonly<Record<string, string | string[] | number | undefined>>
  readonly body: string
}

/** A status and a complete body, in which `…` matches any value. */
export type Words = readonly [status: number, body: string]

/** Problems of a request that are detected before its session is looked up. */
export const invalidRequests = ['unknown path', 'wrong method', 'wrong media type', 'malformed body'] as const
export type InvalidRequest = (typeof invalidRequests)[number]

/** States of an invalid token. */
export const refusedStates = ['unknown', 'ended', 'expired'] as const
export type RefusedState = (typeof refusedStates)[number]

/** The refusal of an invalid request. */
export const invalidRefusal = ({ invalidRequests }: Driver, invalid: InvalidRequest, fidelity: Fidelity): Words => {
  const { refusal } = invalidRequests[invalid]
  return 'documented' in refusal ? refusal[fidelity] : refusal
}

/** The test data of a product: its requests, and its refusals. */
export interface Driver {
  readonly product: Product
  /** A login of the demo account, padded to this number of bytes. */
  login(bytes?: number): Request
  /** The token in a login response. */
  issued(login: Reply): string
  /** A request that requires an open session. */
  use(token: string): Request
  logout(token: string): Request
  succeeded(reply: Reply): boolean
  /** A well-formed token that was never issued. */
  readonly unknownToken: string
  /** Requests with a token that are refused for another problem. */
  readonly invalidRequests: Readonly<
    Record<
      InvalidRequest,
      { request(token: string): Request; readonly refusal: Words | Readonly<Record<Fidelity, Words>> }
    >
  >
  readonly tooLong: Words
  /** A login with additional unusual fields. */
  readonly odd: Request
  refusalOf(state: RefusedState, by: 'use' | 'logout', fidelity: Fidelity): Words
  /** The operation of `use`. */
  readonly useOperation: string
  /** For each failure of a login, the status and a part of the body; an empty text for an empty body. */
  readonly refusals: Readonly<Record<FailureName, Words>>
  /** Differences for other operations. */
  readonly refusalsAtUse?: Readonly<Partial<Record<FailureName, Words>>>
  readonly refusalsAtLogout?: Readonly<Partial<Record<FailureName, Words>>>
}

export const json = { 'content-type': 'application/json' }
export const form = { 'content-type': 'application/x-www-form-urlencoded' }

/** Pads a text with spaces to this number of bytes. */
export const spaced = (text: string, bytes = 0): string => text.padEnd(bytes, ' ')

/** Pads a form with an additional field to this number of bytes. */
export const stuffed = (text: string, bytes = 0): string =>
  text.length < bytes ? `${text}&pad=`.padEnd(bytes, 'x') : text
