import type { FailureName, FaultName, OperationName, ProductName, ReasonName } from './names.js'

/** A duration as a text such as `200ms`, `30m` or `1h30m`, or a whole number of milliseconds. */
export type Duration = string | number

/** A text such as `/^de/i`: slashes, and flags behind the last one. */
export type RegularExpression = `/${string}/${string}`

export type HttpMethod = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH' | 'DELETE' | 'OPTIONS' | 'TRACE' | 'CONNECT'

/** What a search can ask of requests: every key that is given must hold. Texts may be a `/regular expression/`. */
export interface Search {
  /** Its number in its space, from 1. */
  readonly number?: number
  /** Only requests with a higher number. */
  readonly after?: number
  /** Came at this time of the space's clock or later, ISO 8601. */
  readonly since?: string
  /** Came before this time of the space's clock, ISO 8601. */
  readonly until?: string
  readonly product?: ProductName | RegularExpression
  readonly operation?: OperationName | RegularExpression
  readonly login?: string
  /** The token that it carried or was given, whole or in short. */
  readonly token?: string
  /** The token of the session that it is about, whole or in short. */
  readonly session?: string
  readonly method?: HttpMethod | RegularExpression
  /** The path, without the query. */
  readonly path?: string
  /** Path and query. */
  readonly url?: string
  /** Whether it has been answered: `underway` are those that a rule holds or delays; `finished` where it is left out. */
  readonly state?: 'finished' | 'underway' | 'any'
  readonly outcome?: Outcome
  /** The HTTP status of the answer. */
  readonly status?: number
  /** The neutral name of the failure, such as `no-session`. */
  readonly failure?: FailureName | RegularExpression
  /** The word for why it was refused, such as `expired`. */
  readonly reason?: ReasonName | RegularExpression
  /** A text in the sentence that says why. */
  readonly why?: string
  /** A text in the title or the sentence of a rule that played. */
  readonly rule?: string
  /** How the connection was broken, such as `reset`. */
  readonly fault?: FaultName | RegularExpression
  /** Where no operation knew it: the nearest route, such as `POST /session`. */
  readonly nearest?: string
  /** Took at least so long, such as `200ms`. */
  readonly slower?: string
  /** The request's headers, by name. */
  readonly header?: Readonly<Record<string, string>>
  /** A text in the request's body. */
  readonly body?: string
  /** A text in the answer's body. */
  readonly answer?: string
  /** The answer's headers, by name. */
  readonly answerHeader?: Readonly<Record<string, string>>
}

/**
 * What became of a request: `broken` is an answer that a rule broke on its way, `left` one that its client did not wait for,
 * `unmatched` a path that no product has.
 */
export type Outcome = 'success' | 'refused' | 'broken' | 'left' | 'unmatched' | 'underway'

/** A request as the journal tells it. Passwords and tokens are in short, unless the server shows secrets. */
export interface JournalRow {
  /** Its number in its space, from 1. */
  readonly number: number
  /** When it came, by the space's clock, ISO 8601. */
  readonly at: string
  /** The same by the real time, ISO 8601. */
  readonly wall: string
  readonly space: string
  /** Left out where no product knew the path. */
  readonly product?: ProductName
  readonly operation?: OperationName
  readonly login?: string
  /** The token that it carried. */
  readonly token?: string
  /** The token of the session that it is about. */
  readonly session?: string
  /** What the product remembers on the session since this request, such as a working domain. */
  readonly sessionData?: Readonly<Record<string, string>>
  readonly method: string
  readonly path: string
  readonly outcome: Outcome
  readonly status: number
  /** From its arrival to its answer. */
  readonly milliseconds: number
  /** The neutral name of the failure, where it was refused. */
  readonly failure?: FailureName
  /** Why it was refused: a word for programs, a sentence for people, and what else is known. */
  readonly why?: { readonly reason: ReasonName; readonly words: string; readonly [fact: string]: unknown }
  /** The rules that played on it. */
  readonly rules: readonly { readonly number: number; readonly rule: string; readonly sentence: string }[]
  readonly fault?: FaultName
  /** Where no operation knew it: the nearest path that there is. */
  readonly nearest?: string
  readonly request: {
    readonly line: string
    readonly headers: Readonly<Record<string, string>>
    readonly body?: string
  }
  readonly answer: {
    readonly status: number
    readonly headers: Readonly<Record<string, string>>
    readonly body?: string
  }
}

/** The state of a space, as `snapshot` gives it and `restore` takes it. It is JSON, and holds whole tokens. */
export interface Snapshot {
  readonly format: 'session-mock snapshot'
  /** Of the format. */
  readonly version: number
  /** The space that it was taken of. */
  readonly space: string
  /** When it was taken, by the real time, ISO 8601. */
  readonly savedAt: string
  readonly [part: string]: unknown
}

/** What waiting has come to. */
export interface Waited {
  /** Whether so many came in time. */
  readonly enough: boolean
  /** How many match by now. */
  readonly count: number
  /** The newest of them, at most 100. */
  readonly requests: readonly JournalRow[]
}

/** Which sessions: every key that is given must hold, and none means all. */
export interface WhichSessions {
  readonly product?: ProductName
  readonly login?: string
  /** Whole or in short. */
  readonly token?: string
}

/** An open session. */
export interface OpenSession {
  readonly space: string
  readonly product: ProductName
  readonly login: string
  /** In short, unless the server shows secrets or this call has opened it. */
  readonly token: string
  /** By the space's clock, ISO 8601. */
  readonly openedAt: string
  readonly usedAt: string
  readonly uses: number
  /** Seconds since its login. */
  readonly age: number
  /** Seconds of life that are left to it if it is not used; left out where it has no end. */
  readonly left?: number
  readonly expiresAt?: string
  /** What the product remembers on it, such as a working domain. */
  readonly data?: Readonly<Record<string, string>>
}

/** A session that this call has ended. */
export type EndedSession = Pick<OpenSession, 'space' | 'product' | 'login' | 'token'>

/** The scenario that a space lives. */
export interface RunningScenario {
  readonly space: string
  readonly title: string
  readonly state: string
  /** When the state ends by itself, by the space's clock. */
  readonly stateUntil?: string
  readonly seed?: string | number
  readonly rules: readonly {
    readonly number: number
    /** Its name or number, with file and line. */
    readonly rule: string
    /** The rule in English, with how often it played. */
    readonly sentence: string
    readonly matched: number
    readonly played: number
    /** When a rule with `for` is over, by the space's clock, once it has played. */
    readonly until?: string
  }[]
}

/** Requests that are expected: a search, and how many. */
export interface Expected extends Search {
  /** At least one where it is left out. */
  readonly count?: number | { readonly least?: number; readonly most?: number }
}

/** How well clients have lived with their sessions. */
export interface Verdicts {
  readonly passed: boolean
  readonly verdicts: readonly {
    /** `session-left-open`, `call-after-logout`, `credentials-in-url` and the like. */
    readonly verdict: string
    readonly description: string
    readonly passed: boolean
    readonly findings: readonly {
      readonly space: string
      /** The numbers of the requests that it is about. */
      readonly requests: readonly number[]
      readonly words: string
    }[]
  }[]
}

/** Requests that wait for a name to be released. */
export interface Hold {
  readonly space: string
  readonly name: string
  readonly waiting: number
}

/** What waiting for a hold has come to. */
export interface WaitedHold {
  readonly name: string
  /** Whether so many waited for it in time. */
  readonly enough: boolean
  /** How many wait for it by now. */
  readonly waiting: number
}
