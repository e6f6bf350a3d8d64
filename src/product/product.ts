import type { JSONSchema } from 'json-schema-to-ts'
import type { Answer } from '../http/answer.js'
import type { Policy } from '../session/sessions.js'
import type { Account, AccountDocument } from '../space/accounts.js'
import type { BodyReaders } from './body.js'
import type { Call } from './call.js'
import type { Failure, FailureName } from './failure.js'
import type { ProductRequest } from './request.js'

/** Which of two truths a product tells where its document and its real server differ. */
export const fidelities = ['documented', 'observed'] as const
export type Fidelity = (typeof fidelities)[number]

/** How a product says a failure on the wire. */
export type FailureResponse = (failure: Failure, call: Call) => Answer | Promise<Answer>
export type FailureResponses = Readonly<Record<FailureName, FailureResponse>>

/** A place of a request where a token may stand: as it is under a name, or after `Bearer` in Authorization. */
export type TokenLocation = { readonly in: 'header' | 'query'; readonly name: string } | { readonly in: 'bearer' }

export interface Operation {
  /** `login`, `session`, `ping`, `logout`, or a product's own. */
  readonly name: string
  readonly summary: string
  /** The first is the one that documents name; the others are aliases. */
  readonly routes: readonly (readonly [method: string, path: string])[]
  /** The name that a login form was sent with; only a login has one. */
  login?(request: ProductRequest): string | undefined
  /** How it reads bodies, where it does so otherwise than the product's others. */
  readonly bodies?: BodyReaders
  /** The body that it reads, for descriptions. */
  readonly body?: { readonly types: readonly string[]; readonly schema: JSONSchema }
  /** The query parameters that it reads, for descriptions. */
  readonly query?: Readonly<Record<string, JSONSchema>>
  /** Does the work and says the answer, or throws a Failure. */
  run(call: Call): Answer | Promise<Answer>
  /** Where this operation words a failure differently from the others. */
  readonly failureResponses?: Partial<FailureResponses>
}

/** Whether the operation gives a client a session. */
export const isLogin = (operation: Operation | undefined): boolean =>
  operation !== undefined && (operation.name === 'login' || operation.login !== undefined)

/**
 * A product: a table of wire facts. Everything that behaves is shared and handed in.
 */
export interface Product {
  readonly name: string
  readonly title: string
  /** What stands between the address of the server and the paths that its documents print. */
  readonly base: string
  /** The paths that are its own where several products share a port. */
  readonly pathPattern: RegExp
  /** The habits of its router. */
  readonly router: {
    readonly caseSensitive: boolean
    readonly ignoreTrailingSlash: boolean
    readonly ignoreDuplicateSlashes: boolean
  }
  /** How it reads the bodies of requests. */
  readonly bodies: BodyReaders
  readonly sessions: {
    readonly policy: Pick<Policy, 'idle' | 'lifetime' | 'renewed'> & Partial<Policy>
    /** What the real server does otherwise. */
    readonly observed?: Partial<Policy>
    /** The whole of a well-formed token. */
    readonly token: RegExp
    createToken(draw: Buffer): string
  }
  readonly accounts: {
    /** What an account may say for this product. */
    readonly schema: JSONSchema
    /** What holds where it says nothing. */
    defaults(account: Pick<Account, 'login' | 'position'>): object
    /** Whether an account may have no session, by what it has for this product: becoming so ends those that it has. */
    isLocked?(data: object): boolean
    /** Tokens that an account has without a login, by what it has for this product: they never expire, and no logout ends them. */
    fixedTokens?(data: object): readonly string[]
    /** Letter case of login names does not matter. */
    readonly caseInsensitive?: boolean
    /** What a login as demo needs beside name and password, in words for people. */
    readonly demo?: string
  }
  /** What a scenario may set for this product beyond what it may for all. */
  readonly settings?: JSONSchema
  /** The address that a request comes from, where it is not the one of the connection. */
  clientAddress?(request: ProductRequest, fidelity: Fidelity): string
  /** The token that a request carries, as it was sent. */
  token(request: ProductRequest, operation: Operation | undefined): string | undefined
  /** Where a request may carry a token beside a body, for descriptions. */
  readonly tokenLocations?: readonly TokenLocation[]
  readonly operations: readonly Operation[]
  /** Paths of the real server that are often called and are not emulated, and in words what is there instead. */
  readonly notEmulated?: readonly { readonly path: RegExp; readonly words: string }[]
  readonly failureResponses: FailureResponses
  /** Its own reasons for a refusal, as they stand in `why`, beside those that all products have. */
  readonly reasons?: readonly string[]
  /** Headers that stand on every answer, refusals included. */
  headers?(call: Call, answer: Answer): Readonly<Record<string, string>>
  /** One command that works as printed: a login by curl, for this account. */
  sample(url: string, account: AccountDocument): string
}
