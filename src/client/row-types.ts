import type * as api from './api-types.js'
import type { FailureName, FaultName, OperationName, ProductName, ReasonName } from './names.js'

/** A duration such as `200ms`, `30m` or `1h30m`, or a whole number of milliseconds. */
export type Duration = string | number

/** Such as `/^de/i`: a pattern between slashes, and flags. */
export type RegularExpression = `/${string}/${string}`

export type HttpMethod = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS' | 'TRACE' | 'CONNECT'

interface Names {
  readonly product: ProductName
  readonly operation: OperationName
  readonly failure: FailureName
  readonly reason: ReasonName
  readonly fault: FaultName
}

/** A type of the control API with the names of this version where the API has any text. */
type Named<Type> = Type extends readonly (infer Item)[]
  ? readonly Named<Item>[]
  : Type extends object
    ? { [Key in keyof Type]: Key extends keyof Names ? Names[Key] : Named<Type[Key]> }
    : Type

/** Conditions of a search for requests: all given keys must hold. Texts may be a `/regular expression/`. */
export interface Search extends Omit<api.Search, keyof Names | 'method'>, Partial<SearchedNames> {
  readonly method?: HttpMethod | RegularExpression
}

type SearchedNames = { readonly [Key in keyof Names]: Names[Key] | RegularExpression }

/**
 * Result of a request. `broken`: a rule broke the connection. `left`: the client closed it before the response. `unmatched`: no
 * product has the path.
 */
export type Outcome = api.Row['outcome']

/** A request in the journal. Passwords and tokens are abbreviated, unless the server shows secrets. Times are ISO 8601. */
export interface JournalRow extends Named<api.Row> {}

/** Result of waiting for requests: the newest matches, at most 100. */
export interface Waited extends Named<api.Waited> {}

/** An open session. Times are ISO 8601. */
export interface OpenSession extends Named<api.Session> {}

/** A session that this call has ended. */
export interface EndedSession extends Named<api.EndedSession> {}

/** The state of a space, from `snapshot` and for `restore`. It is JSON with whole tokens. */
export interface Snapshot extends Pick<api.Snapshot, 'format' | 'space' | 'savedAt'> {
  readonly version: number
  readonly [part: string]: unknown
}

/** A selection of sessions: all given keys must hold; without keys, all sessions. */
export type WhichSessions = Partial<Pick<OpenSession, 'product' | 'login' | 'token'>>

/** The scenario of a space. */
export interface RunningScenario extends Named<api.Scenario> {}

/** Expected requests: a search, and their number. */
export interface Expected extends Search {
  /** At least one by default. */
  readonly count?: number | { readonly least?: number; readonly most?: number }
}

/** The judgement of the clients' use of their sessions. */
export interface Verdicts extends Named<api.Verdicts> {}

/** Requests held under a name until it is released. */
export interface Hold extends Named<api.Hold> {}

/** Result of waiting for a hold. */
export interface WaitedHold extends Named<api.WaitedHold> {}
