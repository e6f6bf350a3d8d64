import type { JSONSchema } from 'json-schema-to-ts'
import type { Answer } from '../http/response.js'
import type { Account, AccountDocument, Accounts, SpaceSecrets } from '../session/accounts.js'
import type { Clock, SystemClock } from '../session/clock.js'
import type { Holds } from '../session/holds.js'
import type { Random } from '../session/random.js'
import type { EndCause, Policy, Session, SessionStore } from '../session/session-store.js'
import type { BodyReaders } from './body.js'
import type { Failure, FailureDetail, FailureName } from './failure.js'
import type { Credentials, ProductRequest } from './request.js'

/** Modes of a product, for differences between its document and its real server. */
export const fidelities = ['documented', 'observed'] as const
export type Fidelity = (typeof fidelities)[number]

/** The response of a product to a failure. */
export type FailureResponse = (failure: Failure, call: Call) => Answer | Promise<Answer>
export type FailureResponses = Readonly<Record<FailureName, FailureResponse>>

export interface Operation {
  /** `login`, `session`, `ping`, `logout`, or a product-specific name. */
  readonly name: string
  readonly summary: string
  /** The documented route first, then aliases. */
  readonly routes: readonly (readonly [method: string, path: string])[]
  /** The login name in the request; only for logins. */
  login?(request: ProductRequest): string | undefined
  /** Body readers, if they differ from those of the product. */
  readonly bodies?: BodyReaders
  /** Executes the operation. Throws a Failure for a refusal. */
  run(call: Call): Answer | Promise<Answer>
  /** Failure responses that differ from those of the product. */
  readonly failureResponses?: Partial<FailureResponses>
}

/** Whether the operation opens sessions. */
export const isLogin = (operation: Operation | undefined): boolean =>
  operation !== undefined && (operation.name === 'login' || operation.login !== undefined)

/** A product: a table of wire facts. The shared code of sessions, rules and journal uses it. */
export interface Product {
  readonly name: string
  readonly title: string
  /** The base path: the prefix of the documented paths. */
  readonly base: string
  /** Matches the paths of the product on a port shared with other products. */
  readonly pathPattern: RegExp
  /** Options of its router. */
  readonly router: {
    readonly caseSensitive: boolean
    readonly ignoreTrailingSlash: boolean
    readonly ignoreDuplicateSlashes: boolean
  }
  /** Body readers by media type. */
  readonly bodies: BodyReaders
  readonly sessions: {
    readonly policy: Pick<Policy, 'idle' | 'lifetime' | 'renewed'> & Partial<Policy>
    /** Differences of the real server. */
    readonly observed?: Partial<Policy>
    /** Matches a well-formed token. */
    readonly token: RegExp
    /** A token from 32 random bytes. */
    createToken(draw: Buffer): string
  }
  readonly accounts: ProductAccounts
  /** Additional settings of this product in a scenario. */
  readonly settings?: JSONSchema
  /** The client address; by default that of the connection. */
  clientAddress?(request: ProductRequest, fidelity: Fidelity): string
  /** The token in the request, as sent. */
  token(request: ProductRequest, operation: Operation | undefined): string | undefined
  /** Names of headers with the token; used to explain an unknown token by a repeated header. */
  readonly tokenHeaders?: readonly string[]
  readonly operations: readonly Operation[]
  /** Paths of the real server without an emulation, each with a note about the alternative. */
  readonly notEmulated?: readonly { readonly path: RegExp; readonly note: string }[]
  readonly failureResponses: FailureResponses
  /** The code in the body of a refusal, for descriptions. */
  errorCode?(body: string): string | undefined
  /** Product-specific values of `why.reason`. */
  readonly reasons?: readonly string[]
  /** Common headers of all responses, including refusals. */
  headers?(call: Call, answer: Answer): Readonly<Record<string, string>>
  /** Its OpenAPI description: requests, successful responses and schemas. Loaded on demand. */
  describe?(fidelity: Fidelity): Promise<ApiDescription>
  /** An executable curl command with a login of this account. */
  sample(url: string, account: AccountDocument): string
}

/** Deviations of a session from the usual ones of the product. */
export interface SessionForm {
  readonly policy: Partial<Policy>
  createToken(draw: Buffer): string
}

/** The interface of a space for products, rules and the journal. */
interface CallSpace {
  readonly name: string
  readonly clock: Clock
  readonly systemClock: SystemClock
  readonly random: Random
  readonly accounts: Accounts
  readonly sessions: SessionStore
  readonly holds: Holds
  /** Calls held or delayed by a rule. */
  readonly underway: UnderwayCalls
  readonly secrets: SpaceSecrets
  /** The server is stopping: no call may be held any more. */
  readonly isStopping: boolean
  /** The current state of its scenario. */
  readonly state: string
  /** Changes the state, until the next change or for `ms` milliseconds by the clock of the space. */
  enter(word: string, ms?: number): void
  /** Waits `ms` milliseconds of real time, or until the signal is aborted. */
  wait(ms: number, signal?: AbortSignal): Promise<void>
  /** The session policy of the product, with the settings of the scenario. */
  policy(product: Product): Policy
  /** A numeric setting of this product alone. */
  number(product: string, key: string): number | undefined
}

/** The waiting calls. A call is removed by its response. */
interface UnderwayCalls {
  begin(
    call: Call,
    rules: readonly { readonly number: number; readonly title: string; readonly sentence: string }[],
    session: Session | undefined
  ): void
}

/** A request to a product, up to its response. */
export interface Call extends Credentials {
  /** Number in its space, from 1. */
  readonly number: number
  /** Arrival in Unix milliseconds by the real clock. */
  readonly receivedAt: number
  /** Arrival in Unix milliseconds by the clock of the space. */
  readonly at: number
  /** Arrival in monotonic milliseconds, for durations. */
  readonly started: number
  /** Current time in Unix milliseconds by the clock of the space: read once per call, and again after a wait. */
  readonly now: number
  /** Its space was reset after its arrival, so it may not change anything there. */
  readonly isStale: boolean
  readonly product: Product
  readonly operation: Operation | undefined
  readonly request: ProductRequest
  /** The path of the request, percent-decoded. */
  readonly path: string
  readonly space: CallSpace
  login: string | undefined
  /** The client address by the rules of the product. */
  readonly address: string
  /** End of the block of the client address, in Unix milliseconds; undefined without a block. */
  readonly blockedUntil: number | undefined
  /** The session used, opened or ended by this call. */
  readonly session: Session | undefined
  readonly fidelity: Fidelity
  /** The unparsed body as text; undefined without a body. */
  readonly body: string | undefined
  /** The connection uses TLS. */
  readonly secure: boolean
  /** The rule effect `pretend` applies: the methods below change nothing and never refuse. */
  pretending: boolean
  /** Title of a rule by which a login ends the other sessions of the account. */
  evicts: string | undefined
  /** Account data of this product for a login: the defaults with the properties of the scenario. Type it by `Product.accounts`. */
  accountData<AccountData extends object>(login: string): AccountData
  /** The next 32 random bytes for a purpose, counted by session or login: independent of calls of other clients. */
  draw(purpose: string): Buffer
  /**
   * The next serial number. With `first`, or without a seed: one sequence for all clients, from `first` or 1. Otherwise a sequence for
   * each session or login, independent of calls of other clients.
   */
  serial(purpose: string, first: number | undefined): number
  /** Throws this Failure, unless `pretending`. */
  refuse(kind: FailureName, detail?: FailureDetail): void
  /** The session of the caller; counts a use. Throws `no-session` or `expired-session`. */
  current(): Session
  /** The session of the caller, if any; counts a use. */
  currentIfAny(): Session | undefined
  /** Ends the session of the caller. Throws `no-session` or `expired-session`. */
  end(): Session
  /** The account with these credentials. Throws `bad-credentials`. */
  authenticate(login: string, password: string): Account
  /** Opens a session for the account. */
  open(account: Account, form?: SessionForm): Session
  /** Ends the session of the caller, if any, by another cause than a logout. */
  endBy(ending: Ending): void
  /** Blocks the client address for `ms` milliseconds by the clock of the space. */
  blockAddress(ms: number): void
  /** Ends all sessions that the account has now. */
  endAllBy(ending: Ending, login: string): void
}

/** An end of sessions by something else than a request for it. */
export interface Ending {
  readonly cause: EndCause
  /** A description of its reason. */
  readonly by: string
  /** Milliseconds from now by the clock of the space; without it, at once. */
  readonly after?: number | undefined
}

/** The accounts of a product. Account data: the properties of an account for this product. */
interface ProductAccounts {
  /** Schema of the account data of this product. */
  readonly schema: JSONSchema
  /** Default account data. */
  defaults(account: Pick<Account, 'login' | 'position'>): object
  /** Whether accounts with this account data cannot log in. Locking an account ends its sessions. */
  isLocked?(data: object): boolean
  /** Tokens in the account data that are valid without a login: they never expire, and no logout ends them. */
  fixedTokens?(data: object): readonly string[]
  /** Properties that identify an account, so that no two accounts may have the same value; each with the property that it needs, if any. */
  readonly unique?: Readonly<Record<string, string | undefined>>
  /** Login names are case-insensitive. */
  readonly caseInsensitive?: boolean
  /** Description of additional login fields of the account demo. */
  readonly demo?: string
}

/** A JSON Schema of OpenAPI 3.1, or a reference to a schema of the description. */
export type ApiSchema = Readonly<Record<string, unknown>>

/** Schemas by media type, without parameters such as `charset`. */
export type ApiContent = Readonly<Record<string, ApiSchema>>

export interface ApiResponse {
  readonly description: string
  /** Undefined for an empty body. */
  readonly content?: ApiContent
  /** Descriptions by header name, without the common headers of the product. */
  readonly headers?: Readonly<Record<string, string>>
  /** Every such response has these headers. */
  readonly hasHeaders?: true
}

export interface ApiOperation {
  /** The published operationId. */
  readonly id: string
  readonly tag: string
  /** The published summary; by default that of the operation. */
  readonly summary?: string
  readonly description?: string
  readonly query?: Readonly<Record<string, ApiSchema>>
  /** Headers of the request, without those of its authentication. */
  readonly headers?: Readonly<Record<string, ApiSchema>>
  readonly body?: { readonly required: boolean; readonly content: ApiContent }
  /** Alternative security schemes; an empty name means no authentication. */
  readonly security: readonly string[]
  /** Successful responses by status. Refusals are taken from the failure responses of the product. */
  readonly responses: Readonly<Record<number, ApiResponse>>
  /** Bodies of refusals that differ from `refusal` of the description. */
  readonly refusals?: Readonly<Partial<Record<FailureName, ApiContent>>>
  /** Further examples of JSON refusals, by status and name: those that no rule can select. */
  readonly examples?: Readonly<Record<number, Readonly<Record<string, unknown>>>>
  /** Media types of the responses; by default all of the product. */
  readonly types?: readonly string[]
}

/** The part of the OpenAPI description of a product that its table does not contain. */
export interface ApiDescription {
  readonly schemas: Readonly<Record<string, ApiSchema>>
  readonly securitySchemes: Readonly<Record<string, ApiSchema>>
  /** The body of a refusal. */
  readonly refusal: ApiContent
  /** Values of `Accept` for the media types of the product, if it negotiates them. */
  readonly accept?: readonly string[]
  /** Descriptions by header name, of common headers that depend on the connection. */
  readonly headers?: Readonly<Record<string, string>>
  /** By the name of the operation. */
  readonly operations: Readonly<Record<string, ApiOperation>>
  /** The operation as served at one of its routes, including undocumented behaviour. */
  asServed?(operation: ApiOperation, method: string, path: string): ApiOperation
}

/** A reference to a schema of the description. */
export const schemaRef = (name: string): ApiSchema => ({ $ref: `#/components/schemas/${name}` })
