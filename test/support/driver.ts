import type { FailureName } from '../../src/product/failure.js'
import type { Fidelity, Product } from '../../src/product/product.js'

/** A request that can go through `inject` as well as through a socket. */
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

/** A status and a whole body, where `…` stands for what differs from answer to answer. */
export type Words = readonly [status: number, body: string]

/** What can be wrong with a request before anybody asks for its session. */
export const troubles = ['unknown path', 'wrong method', 'wrong media type', 'malformed body'] as const
export type Trouble = (typeof troubles)[number]

/** What can be wrong with a token. */
export const deaths = ['unknown', 'ended', 'expired'] as const
export type Death = (typeof deaths)[number]

/** How a client of one product does what every client does, and what it hears when it is refused. */
export interface Driver {
  readonly product: Product
  /** The demo account's login, padded with what is of no matter to a body of so many bytes, if any. */
  login(bytes?: number): Request
  /** The token that the answer to a login carries. */
  issued(login: Reply): string
  /** A call that only an open session may make. */
  use(token: string): Request
  logout(token: string): Request
  succeeded(reply: Reply): boolean
  /** A well-formed token that no login ever issued. */
  readonly stranger: string
  /** Requests that carry this token, wherever they can, and are refused all the same. */
  readonly troubles: Readonly<Record<Trouble, { request(token: string): Request; readonly refusal: Words }>>
  readonly tooLong: Words
  /** A login with odd field names beside the usual ones. */
  readonly odd: Request
  dead(death: Death, by: 'use' | 'logout', fidelity: Fidelity): Words
  /** The operation of `use`. */
  readonly useOperation: string
  /** The status of each failure at login, and a part of its body; an empty text stands for an empty body. */
  readonly refusals: Readonly<Record<FailureName, Words>>
  /** Where the response is another one. */
  readonly refusalsAtUse?: Readonly<Partial<Record<FailureName, Words>>>
  readonly refusalsAtLogout?: Readonly<Partial<Record<FailureName, Words>>>
}

export const json = { 'content-type': 'application/json' }
export const form = { 'content-type': 'application/x-www-form-urlencoded' }

/** The text, made that many bytes long with trailing spaces. */
export const spaced = (text: string, bytes = 0): string => text.padEnd(bytes, ' ')

/** The form, made that many bytes long with one more field. */
export const stuffed = (text: string, bytes = 0): string =>
  text.length < bytes ? `${text}&pad=`.padEnd(bytes, 'x') : text
