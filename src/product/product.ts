import type { JSONSchema } from 'json-schema-to-ts'
import type { Answer } from '../http/answer.js'
import type { EndCause, Policy, Session, SessionStore } from '../session/sessions.js'
import type { Account, AccountDocument, Accounts } from '../state/accounts.js'
import type { Clock, SystemClock } from '../state/clock.js'
import type { Holds } from '../state/holds.js'
import type { Random } from '../state/random.js'
import type { SpaceSecrets } from '../state/secrets.js'
import type { ApiDescription } from './api-description.js'
import type { BodyReaders } from './body.js'
import type { Failure, FailureDetail, FailureName } from './failure.js'
import type { ProductRequest } from './request.js'

/** The behaviour of a product where its document and its real server differ. */
export const fidelities = ['documented', 'observed'] as const
export type Fidelity = (typeof fidelities)[number]

/** The response of a product to a failure. */
export type FailureResponse = (failure: Failure, call: Call) => Answer | Promise<Answer>
export type FailureResponses = Readonly<Record<FailureName, FailureResponse>>

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
  /** Does the work and returns the response, or throws a Failure. */
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
    /** Differences of the real server. */
    readonly observed?: Partial<Policy>
    /** The whole of a well-formed token. */
    readonly token: RegExp
    createToken(draw: Buffer): string
  }
  readonly accounts: {
    /** Schema of the account data of this product. */
    readonly schema: JSONSchema
    /** Default account data. */
    defaults(account: Pick<Account, 'login' | 'position'>): object
    /** Whether an account may have no session, by what it has for this product: becoming so ends those that it has. */
    isLocked?(data: object): boolean
    /** Tokens that an account has without a login, by what it has for this product: they never expire, and no logout ends them. */
    fixedTokens?(data: object): readonly string[]
    /** Letter case of login names does not matter. */
    readonly caseInsensitive?: boolean
    /** Description of the fields that a login as demo needs beside name and password. */
    readonly demo?: string
  }
  /** Additional settings of this product in a scenario. */
  readonly settings?: JSONSchema
  /** The address that a request comes from, where it is not the one of the connection. */
  clientAddress?(request: ProductRequest, fidelity: Fidelity): string
  /** The token that a request carries, as it was sent. */
  token(request: ProductRequest, operation: Operation | undefined): string | undefined
  /** Headers that have the token; one of them that comes twice is why a token was never issued. */
  readonly tokenHeaders?: readonly string[]
  readonly operations: readonly Operation[]
  /** Paths of the real server that are often called and are not emulated, and in words what is there instead. */
  readonly notEmulated?: readonly { readonly path: RegExp; readonly words: string }[]
  readonly failureResponses: FailureResponses
  /** Its own reasons for a refusal, as they stand in `why`, beside those that all products have. */
  readonly reasons?: readonly string[]
  /** Headers of every response, refusals included. */
  headers?(call: Call, answer: Answer): Readonly<Record<string, string>>
  /** What its description in OpenAPI says of success, requests and schemas; loaded when it is asked for. */
  describe?(fidelity: Fidelity): Promise<ApiDescription>
  /** One command that works as printed: a login by curl, for this account. */
  sample(url: string, account: AccountDocument): string
}

/** The credentials of a request, as the product reads them. */
export interface Credentials {
  readonly token: string | undefined
  /** The name on a login form. */
  readonly login: string | undefined
}

/** Differences of a session from the product's usual one. */
export interface SessionForm {
  readonly policy: Partial<Policy>
  createToken(draw: Buffer): string
}

/** The space of a call, as products, rules and the journal use it. */
export interface CallSpace {
  readonly name: string
  readonly clock: Clock
  readonly systemClock: SystemClock
  readonly random: Random
  readonly accounts: Accounts
  readonly sessions: SessionStore
  readonly holds: Holds
  /** Requests that a rule holds or delays. */
  readonly underway: UnderwayCalls
  readonly secrets: SpaceSecrets
  /** The server is to stop: no call may begin to wait for a test. */
  readonly isStopping: boolean
  /** The word that its scenario has come to. */
  readonly state: string
  /** Changes the state: until the next change, or for so many milliseconds by the space's clock. */
  enter(word: string, ms?: number): void
  /** A real wait, in milliseconds, cut short when the signal is aborted. */
  wait(ms: number, signal?: AbortSignal): Promise<void>
  /** Lifetimes of this product's sessions in this space, by the scenario or else by the product. */
  policy(product: Product): Policy
  /** A number that only this product has a setting for. */
  number(product: string, key: string): number | undefined
}

/** Takes down which calls wait; they are taken off when they are answered. */
export interface UnderwayCalls {
  begin(
    call: Call,
    rules: readonly { readonly number: number; readonly title: string; readonly sentence: string }[],
    session: Session | undefined
  ): void
}

/** One request to a product, on its way to an answer. */
export interface Call extends Credentials {
  /** Its number in its space, from 1. */
  readonly number: number
  /** Its arrival by the real clock, in Unix milliseconds. */
  readonly receivedAt: number
  /** Its arrival by the clock of the space, in Unix milliseconds. */
  readonly at: number
  /** Its arrival in monotonic milliseconds, for durations. */
  readonly started: number
  /** The current time by the clock of the space, in Unix milliseconds: read once per call, and again after a wait. */
  readonly now: number
  /** Its space was reset after its arrival: it may change nothing there. */
  readonly isStale: boolean
  readonly product: Product
  readonly operation: Operation | undefined
  readonly request: ProductRequest
  /** The path of the request, percent-decoded. */
  readonly path: string
  readonly space: CallSpace
  login: string | undefined
  /** The address of the client, as the product sees it. */
  readonly address: string
  /** Until when the caller's address is blocked, in Unix milliseconds; undefined where it is not. */
  readonly blockedUntil: number | undefined
  /** The session that it has used, opened or ended. */
  readonly session: Session | undefined
  readonly fidelity: Fidelity
  /** The body as it was sent, as text; undefined where there was none. */
  readonly body: string | undefined
  /** It came over TLS. */
  readonly secure: boolean
  /** A rule asked to respond with success and do nothing: the verbs below then change nothing and never refuse. */
  pretending: boolean
  /** A rule asked that a login here ends the account's other sessions; in words, what asked. */
  evicts: string | undefined
  /** Account data of this product for the account of that name, in the form of its account schema. */
  accountData<Part extends object>(login: string): Part
  /** The next draw for a purpose, counted by session or login, so that other clients' calls do not matter. */
  draw(purpose: string): Buffer
  /**
   * The next of the numbers that grow by one: from `first` on for all; where it is left out and the scenario has a seed, in a
   * block of numbers for each session or login, so that other clients' calls do not matter; else from 1 on for all.
   */
  serial(purpose: string, first: number | undefined): number
  /** Refuses the call: throws this Failure, unless a rule asks for a success without any work. */
  refuse(kind: FailureName, detail?: FailureDetail): void
  /** The session of the caller, used once more. Throws `no-session` or `expired-session`. */
  current(): Session
  /** The session of the caller if it has one, used once more. */
  currentIfAny(): Session | undefined
  /** Ends the session of the caller. Throws `no-session` or `expired-session`. */
  end(): Session
  /** The account that these credentials open. Throws `bad-credentials`. */
  authenticate(login: string, password: string): Account
  /** A new session for the account; `form` says where it is another than the product's usual one. */
  open(account: Account, form?: SessionForm): Session
  /** Somebody else ends the caller's session, if it has one; `by` says who, in words. */
  endBy(cause: EndCause, by: string): void
  /** Takes no requests from the caller's address for so many milliseconds of the space's clock. */
  blockAddress(ms: number): void
  /** Ends all sessions of the account of that name; `by` says who, in words. */
  revokeAll(login: string, by: string): void
}
