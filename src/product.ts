import type { JSONSchema } from 'json-schema-to-ts'
import type { Account, AccountDraft } from './accounts.js'
import type { Answer } from './answer.js'
import type { Arrival } from './arrival.js'
import type { BodyReaders } from './body.js'
import type { Call } from './call.js'
import type { Failure, FailureName } from './failure.js'
import type { Policy } from './sessions.js'

/** Which of two truths a product tells where its document and its real server differ. */
export const fidelities = ['documented', 'observed'] as const
export type Fidelity = (typeof fidelities)[number]

/** How a product says a failure on the wire. */
export type Wording = (failure: Failure, call: Call) => Answer | Promise<Answer>
export type Wordings = Readonly<Record<FailureName, Wording>>

/** A place of a request where a token may stand: as it is under a name, or after `Bearer` in Authorization. */
export type Carrier = { readonly in: 'header' | 'query'; readonly name: string } | { readonly in: 'bearer' }

export interface Operation {
  /** `login`, `session`, `ping`, `logout`, or a product's own. */
  readonly name: string
  readonly summary: string
  /** The first is the one that documents name; the others are aliases. */
  readonly routes: readonly (readonly [method: string, path: string])[]
  /** The name that a login form was sent with; only a login has one. */
  login?(request: Arrival): string | undefined
  /** How it reads bodies, where it does so otherwise than the product's others. */
  readonly bodies?: BodyReaders
  /** The body that it reads, for descriptions. */
  readonly body?: { readonly types: readonly string[]; readonly schema: JSONSchema }
  /** The query parameters that it reads, for descriptions. */
  readonly query?: Readonly<Record<string, JSONSchema>>
  /** Does the work and says the answer, or throws a Failure. */
  run(call: Call): Answer | Promise<Answer>
  /** Where this operation words a failure differently from the others. */
  readonly wordings?: Partial<Wordings>
}

/**
 * A product: a table of wire facts. Everything that behaves is shared and handed in.
 */
export interface Product {
  readonly name: string
  readonly title: string
  /** What stands between the address of the server and the paths that its documents print. */
  readonly base: string
  /** The paths that are its own where several products share a port. */
  readonly territory: RegExp
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
    make(draw: Buffer): string
  }
  readonly accounts: {
    /** What an account may say for this product. */
    readonly schema: JSONSchema
    /** What holds where it says nothing. */
    defaults(account: Pick<Account, 'login' | 'position'>): object
    /** Letter case of login names does not matter. */
    readonly folded?: boolean
    /** What a login as demo needs beside name and password, in words for people. */
    readonly demo?: string
  }
  /** What a scenario may set for this product beyond what it may for all. */
  readonly settings?: JSONSchema
  /** The token that a request carries, as it was sent. */
  token(request: Arrival, operation: Operation | undefined): string | undefined
  /** Where a request may carry a token beside a body, for descriptions. */
  readonly carriers?: readonly Carrier[]
  readonly operations: readonly Operation[]
  readonly wordings: Wordings
  /** Headers that stand on every answer, refusals included. */
  headers?(call: Call, answer: Answer): Readonly<Record<string, string>>
  /** One command that works as printed: a login by curl, for this account. */
  sample(url: string, account: AccountDraft): string
}
