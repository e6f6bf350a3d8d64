/// <reference lib="esnext.disposable" preserve="true" />
import type { ProductName } from './names.js'
import type { Scenario } from './scenario.js'
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
} from './shapes.js'

/**
 * What a test holds of a server: where its products are, and everything that can be seen and steered. It speaks of the whole
 * server until `space` narrows it to one space. What the control API refuses is thrown as a ControlError.
 */
export interface Client {
  /**
   * The product's base URL, as its clients are configured with it; without a name, where all products are. `secure`: over
   * HTTPS. Throws where it listens on no such port, or there is no such product.
   */
  url(product?: ProductName, options?: { readonly secure?: boolean }): string
  /** The answer to one request to a product: its path and query, and what else is sent. */
  inject(request: string | InjectRequest): Promise<InjectAnswer>
  /** The same client for one space: an isolated world with its own clock, sessions, scenario and journal. */
  space(name: string): Client
  readonly clock: ClockControl
  readonly sessions: SessionControl
  readonly requests: RequestControl
  readonly scenario: ScenarioControl
  readonly holds: HoldControl
  /**
   * Throws a ControlError whose message is the difference, where the requests that came are not as expected.
   * `order: 'strict'`: they came in the order of the list. `within`: waits so long, by the real time, for it to come true.
   */
  verify(
    expected: Expected | readonly Expected[],
    options?: { readonly order?: 'any' | 'strict'; readonly within?: Duration }
  ): Promise<void>
  /** How well clients have lived with their sessions. */
  verdicts(): Promise<Verdicts>
  /**
   * The state of the space as a JSON document, with whole tokens: sessions, clock, counts, state and random draws. Without
   * `rows`, the journal is left out. Of the default space where none is named.
   */
  snapshot(options?: { readonly rows?: boolean }): Promise<Snapshot>
  /** The space goes on from a snapshot, of this server or another, and forgets what was in it. A wrong one changes nothing. */
  restore(snapshot: Snapshot): Promise<void>
  /**
   * A new space of that name that goes on from the state of this one; with `rows`, from its journal too. Throws where there is
   * one of that name.
   */
  fork(name: string, options?: { readonly rows?: boolean }): Promise<Client>
  /** Back to the beginning of the scenario: sessions, clock, counts, state, journal and holds. */
  reset(): Promise<void>
  /**
   * Ends what this client stands for: the server that it started, with `strict` throwing what was found; or the space that
   * it is narrowed to. A connection is only let go of.
   */
  stop(): Promise<void>
  /** The same as `stop`, for `await using`. */
  [Symbol.asyncDispose](): Promise<void>
}

export interface InjectRequest {
  /** GET where it is left out. */
  readonly method?: string
  /** Path and query, such as `/session`. */
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as it is where it is a text, as a form where it is URLSearchParams, and as JSON where it is another object. */
  readonly payload?: string | object
}

export interface InjectAnswer {
  readonly statusCode: number
  /** By their names in small letters; several of one name in one, with commas. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  /** The body, read as JSON. Throws a SyntaxError where it is none. */
  json(): unknown
}

/** The clock that tokens expire by. Each answers with the time from then on, in the default space where none is named. */
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
  /** The open ones, in the order of their login. */
  list(which?: WhichSessions): Promise<readonly OpenSession[]>
  /** Opens one without a login, and tells its whole token; without `token`, one is drawn. */
  open(session: {
    readonly product: ProductName
    readonly login: string
    readonly token?: string
  }): Promise<OpenSession>
  /** Ends those that match, or all, as though their time were over. */
  expire(which?: WhichSessions): Promise<readonly EndedSession[]>
  /** Ends those that match, or all, as though they were logged out elsewhere. */
  revoke(which?: WhichSessions): Promise<readonly EndedSession[]>
}

/** The journal. Rows come the oldest first. */
export interface RequestControl {
  /** All that are kept, or the newest of them. */
  list(options?: { readonly limit?: number }): Promise<readonly JournalRow[]>
  /** Those that match, or the newest of them. */
  find(search: Search, options?: { readonly limit?: number }): Promise<readonly JournalRow[]>
  count(search?: Search): Promise<number>
  /**
   * Waits until `count` (1) matching requests have come, those that are there already included, but no longer than `within`
   * (5s; 10m at most) by the real time. Too few in time are an answer, not an error.
   */
  wait(search: Search, options?: { readonly count?: number; readonly within?: Duration }): Promise<Waited>
  /** Empties the journal; the answer is how many it held. */
  clear(): Promise<number>
  /** Those that no operation knew, each with the nearest path that there is. */
  unmatched(): Promise<readonly JournalRow[]>
}

export interface ScenarioControl {
  /** The scenario that runs, its rules as sentences with how often they played. */
  get(): Promise<RunningScenario>
  /**
   * Begins another scenario: an object, the text of a YAML or JSON file, or the name of a shipped one. With mistakes in it
   * nothing changes, and all of them are thrown. `keep: 'sessions'` goes on with sessions, clock, state and journal.
   */
  set(scenario: Scenario | string, options?: { readonly keep?: 'sessions' }): Promise<RunningScenario>
  /** Begins the scenario again that the server was started with. */
  reset(): Promise<RunningScenario>
}

/** Requests that a rule's `hold` keeps waiting. */
export interface HoldControl {
  list(): Promise<readonly Hold[]>
  /**
   * Waits until `count` (1) requests wait for the name, but no longer than `within` (5s; 10m at most) by the real time. Too
   * few in time are an answer, not an error.
   */
  wait(name: string, options?: { readonly count?: number; readonly within?: Duration }): Promise<WaitedHold>
  /** Lets go of all that wait for the name; the answer is how many. Throws a ControlError where nobody waits. */
  release(name: string): Promise<number>
}
