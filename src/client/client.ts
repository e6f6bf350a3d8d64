/// <reference lib="esnext.disposable" preserve="true" />
import type { ProductName } from './names.js'
import type {
  Duration,
  EndedSession,
  Expected,
  Hold,
  JournalRow,
  OpenSession,
  RunningScenario,
  Search,
  Snapshot,
  Verdicts,
  Waited,
  WaitedHold,
  WhichSessions
} from './row-types.js'
import type { Scenario } from './scenario-types.js'

/**
 * The client of a server, for tests: product URLs, observation and control. It covers all spaces; `space` narrows it to one.
 * Refusals of the control API, and errors of a connection, are thrown as ControlError.
 */
export interface Client {
  /**
   * The base URL of a product, for its clients; without a name, the URL of all products. `secure`: over HTTPS. Throws for an
   * unknown product, or without such a port.
   */
  url(product?: ProductName, options?: { readonly secure?: boolean }): string
  /** Sends one request to a product, by path and query, without a socket if the server is in this process. No redirect is followed. */
  inject(request: string | InjectRequest): Promise<InjectAnswer>
  /**
   * The same client for one space: an isolated world with its own clock, sessions, scenario and journal. The space is created at the
   * first use of its client. `spaceName` makes a name from the title of a test.
   */
  space(name: string): Client
  readonly clock: ClockControl
  readonly sessions: SessionControl
  readonly requests: RequestControl
  readonly scenario: ScenarioControl
  readonly holds: HoldControl
  /**
   * Throws a ControlError with the differences if the requests are not as expected. `order: 'strict'`: they must be in the
   * order of the list. `within`: real time to wait until they are.
   */
  verify(
    expected: Expected | readonly Expected[],
    options?: { readonly order?: 'any' | 'strict'; readonly within?: Duration }
  ): Promise<void>
  /** The verdicts on the clients' use of sessions. */
  verdicts(): Promise<Verdicts>
  /**
   * The state of the space as a JSON document, with complete tokens: sessions, clock, counts, state and random numbers. The
   * journal is included with `rows`. The default space if no space is named.
   */
  snapshot(options?: { readonly rows?: boolean }): Promise<Snapshot>
  /** Replaces the state of the space by a snapshot, of this server or another. An invalid one changes nothing. */
  restore(snapshot: Snapshot): Promise<void>
  /**
   * Creates a space of that name with a copy of the state of this one, and with `rows` of its journal. Throws if the name is
   * taken.
   */
  fork(name: string, options?: { readonly rows?: boolean }): Promise<Client>
  /** Resets the space to the start of the scenario: sessions, clock, counts, state, journal and holds. */
  reset(): Promise<void>
  /**
   * Stops the server that `start` has started, and throws the findings of `strict`; removes the space of a client for one
   * space. A connection by `connect` is only released.
   */
  stop(): Promise<void>
  /** The same as `stop`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>
}

export interface InjectRequest {
  /** Default GET. */
  readonly method?: string
  /** Path and query, such as `/session`. */
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  /** A string is sent as it is, URLSearchParams as a form, and any other object as JSON. */
  readonly payload?: string | object
}

export interface InjectAnswer {
  readonly statusCode: number
  /** By lower-case name; values of the same name are joined by commas. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** The body, parsed as JSON. Throws a SyntaxError if it is not JSON. */
  json(): unknown
}

/** The clock of token expiry. Each method resolves to the new time, in the default space if no space is named. */
export interface ClockControl {
  now(): Promise<Date>
  /** Stops the clock until it is moved. */
  freeze(): Promise<Date>
  /** Runs the clock from its current time. */
  run(): Promise<Date>
  /** `to` is a Date, an ISO 8601 text or Unix milliseconds. */
  set(to: Date | string | number): Promise<Date>
  /** Forward only. */
  advance(by: Duration): Promise<Date>
}

export interface SessionControl {
  /** The open sessions, in the order of their login. */
  list(which?: WhichSessions): Promise<readonly OpenSession[]>
  /** Opens a session without a login. Resolves to it with its complete token; the default token is random. */
  open(session: {
    readonly product: ProductName
    readonly login: string
    readonly token?: string
  }): Promise<OpenSession>
  /** Ends the matching sessions, or all, as expired. */
  expire(which?: WhichSessions): Promise<readonly EndedSession[]>
  /** Ends the matching sessions, or all, as if they were logged out elsewhere. */
  revoke(which?: WhichSessions): Promise<readonly EndedSession[]>
}

/** The journal. Rows are in order, oldest first. */
export interface RequestControl {
  /** All kept requests, or the newest ones. */
  list(options?: { readonly limit?: number }): Promise<readonly JournalRow[]>
  /** The matching requests, or the newest of them. */
  find(search: Search, options?: { readonly limit?: number }): Promise<readonly JournalRow[]>
  count(search?: Search): Promise<number>
  /**
   * Waits until `count` (default 1) matching requests have arrived, including earlier ones, for at most `within` (default 5s,
   * maximum 10m) of real time. A timeout is a result, not an error.
   */
  wait(search: Search, options?: { readonly count?: number; readonly within?: Duration }): Promise<Waited>
  /** Empties the journal. Resolves to the number of removed requests. */
  clear(): Promise<number>
  /** Requests without a matching operation, each with the nearest route. */
  unmatched(): Promise<readonly JournalRow[]>
}

export interface ScenarioControl {
  /** The current scenario, its rules as sentences with their counts. */
  get(): Promise<RunningScenario>
  /**
   * Starts another scenario: an object, the text of a YAML or JSON file, or the name of a shipped one. If it is invalid,
   * nothing changes and all problems are thrown. `keep: 'sessions'` keeps sessions, clock, state and journal.
   */
  set(scenario: Scenario | string, options?: { readonly keep?: 'sessions' }): Promise<RunningScenario>
  /** Restarts the scenario of the start of the server. */
  reset(): Promise<RunningScenario>
}

/** Requests held by `hold` in a rule. */
export interface HoldControl {
  list(): Promise<readonly Hold[]>
  /**
   * Waits until `count` (default 1) requests are held under the name, for at most `within` (default 5s, maximum 10m) of real
   * time. A timeout is a result, not an error.
   */
  wait(name: string, options?: { readonly count?: number; readonly within?: Duration }): Promise<WaitedHold>
  /** Releases all requests held under the name. Resolves to their number. Throws a ControlError if there are none. */
  release(name: string): Promise<number>
}
