// Generated from the schemas of the control API by `npm run generate`.

export interface components {
  schemas: {
    readonly Row: {
      /** Number of the request in its space. */
      readonly number: number
      /**
       * Arrival by the clock of the space.
       */
      readonly at: string
      /**
       * Arrival in real time.
       */
      readonly wall: string
      readonly space: string
      readonly method: string
      readonly path: string
      /**
       * broken: a rule broke the connection. left: the client closed it before the response. unmatched: no product has the path.
       */
      readonly outcome: 'success' | 'refused' | 'broken' | 'left' | 'unmatched' | 'underway'
      /** HTTP status of the response. */
      readonly status: number
      /** Time from arrival to response. */
      readonly milliseconds: number
      /** Rules applied to the request, in order. */
      readonly rules: readonly {
        readonly number: number
        readonly rule: string
        readonly sentence: string
      }[]
      readonly request: {
        readonly line: string
        readonly headers: {
          readonly [key: string]: string
        }
        /** As text; long bodies are truncated. */
        readonly body?: string
        /** Size of the body as it was sent. */
        readonly bytes?: number
      }
      readonly answer: {
        readonly status: number
        readonly headers: {
          readonly [key: string]: string
        }
        /** As text; long bodies are truncated. */
        readonly body?: string
        /** Size of the body as it was sent. */
        readonly bytes?: number
      }
      readonly product?: string
      readonly operation?: string
      readonly login?: string
      /** Token of the request. Abbreviated, such as 1f39…1d93, unless the server shows secrets. */
      readonly token?: string
      /** Token of the session. Abbreviated, such as 1f39…1d93, unless the server shows secrets. */
      readonly session?: string
      /**
       * Product-neutral name of the failure.
       */
      readonly failure?:
        | 'bad-credentials'
        | 'missing-field'
        | 'bad-request'
        | 'too-large'
        | 'no-session'
        | 'expired-session'
        | 'forbidden'
        | 'rate-limited'
        | 'server-error'
        | 'unavailable'
        | 'not-found'
        | 'method-not-allowed'
      readonly why?: components['schemas']['Why']
      /** Session data of the product after this request, such as a working domain. */
      readonly sessionData?: {
        readonly [key: string]: string
      }
      /** Connection fault of a rule. */
      readonly fault?: string
      /** Nearest route of an unmatched request, such as POST /session. */
      readonly nearest?: string
    }
    /** Reason of the refusal, as text and fields. */
    readonly Why: {
      /** Code for programs, such as expired. */
      readonly reason: string
      readonly words: string
      /**
       * Time of the cause by the clock of the space.
       */
      readonly at?: string
      /** Cause of the end, such as request 7. */
      readonly by?: string
      /** Number of the request that ended the session. */
      readonly request?: number
      readonly login?: string
      /** Idle timeout in milliseconds. */
      readonly idle?: number
      /** Maximum lifetime in milliseconds. */
      readonly lifetime?: number
    } & {
      readonly [key: string]: string | number
    }
    readonly Rows: {
      /** Number of matches. */
      readonly count: number
      /** Number of requests dropped from the journal. */
      readonly dropped: number
      readonly requests: readonly components['schemas']['Row'][]
    }
    readonly Waited: {
      /** Whether the number was reached in time. */
      readonly enough: boolean
      /** Number of matches. */
      readonly count: number
      /** Number of requests dropped from the journal. */
      readonly dropped: number
      readonly requests: readonly components['schemas']['Row'][]
    }
    readonly Session: {
      readonly space: string
      readonly product: string
      readonly login: string
      /** Abbreviated, unless the server shows secrets or this request opened it. */
      readonly token: string
      /**
       * By the clock of the space.
       */
      readonly openedAt: string
      readonly usedAt: string
      readonly uses: number
      /** Seconds since the login. */
      readonly age: number
      /** Its number among the sessions of its account, in the order of opening; absent if unknown. */
      readonly opened?: number
      /** Remaining seconds without further use, up to a scheduled end; absent if unlimited. */
      readonly left?: number
      /**
       * Time of its end without further use.
       */
      readonly expiresAt?: string
      /** Its end at a later time, by a rule. */
      readonly scheduled?: {
        readonly cause: 'expired' | 'logged-out' | 'revoked' | 'evicted' | 'moved'
        readonly at: string
        readonly by?: string
      }
      /** Session data of the product, such as a working domain. */
      readonly data?: {
        readonly [key: string]: string
      }
    }
    readonly PastSession: {
      readonly space: string
      readonly product: string
      readonly login: string
      readonly token: string
      readonly openedAt: string
      readonly usedAt: string
      readonly uses: number
      /** Seconds since its login. */
      readonly age: number
      readonly endedAt: string
      readonly cause: 'expired' | 'logged-out' | 'revoked' | 'evicted' | 'moved'
      /** Its number among the sessions of its account, in the order of opening; absent if unknown. */
      readonly opened?: number
      /** Cause of the end, such as request 7. */
      readonly by?: string
    }
    readonly EndedSession: {
      readonly space: string
      readonly product: string
      readonly login: string
      /** Abbreviated, such as 1f39…1d93, unless the server shows secrets. */
      readonly token: string
    }
    readonly Clock: {
      readonly space: string
      readonly now: string
      readonly frozen: boolean
      /**
       * End of the next open session without further use.
       */
      readonly nextExpiry?: string
    }
    readonly Scenario: {
      readonly space: string
      readonly title: string
      readonly state: string
      readonly rules: readonly {
        readonly number: number
        /** Name or number of the rule, with file and line. */
        readonly rule: string
        /** The rule as a sentence, with its count. */
        readonly sentence: string
        readonly matched: number
        readonly played: number
        /**
         * a time such as 2026-01-01T00:00:00Z
         * End of a rule with `for` by the clock of the space, after its first match; with `per`, the latest end.
         */
        readonly until?: string
      }[]
      /**
       * a time such as 2026-01-01T00:00:00Z
       * End of a temporary state by the clock of the space.
       */
      readonly stateUntil?: string
      readonly seed?: string | number
      /** Warnings about likely errors. */
      readonly warnings?: readonly components['schemas']['Mistake'][]
    }
    readonly Mistake: {
      readonly file: string
      readonly line: number
      readonly column: number
      readonly path: string
      readonly message: string
    }
    /**
     * a snapshot
     * State of a space, without requests in progress.
     */
    readonly Snapshot: {
      /** @constant */
      readonly format: 'session-mock snapshot'
      /**
       * Version of the format.
       * @constant
       */
      readonly version: 1
      /**
       * hidden: for reading only, it cannot be restored.
       */
      readonly tokens: 'whole' | 'hidden'
      /** Space of the snapshot. */
      readonly space: string
      /** Real time of the snapshot, ISO 8601. */
      readonly savedAt: string
      /**
       * a scenario
       * Text of the scenario, and its file.
       */
      readonly scenario: {
        readonly name: string
        readonly text: string
      }
      /** a clock */
      readonly clock: {
        /** a time of the years 1 to 9998 */
        readonly now: number
        /** Milliseconds by which it was ahead of the real time. */
        readonly ahead: number
        readonly frozen: boolean
      }
      /**
       * the state of random draws
       * Source of tokens and other draws; used only with a seed.
       */
      readonly random: {
        readonly root: string
        readonly counts?: readonly {
          readonly key: string
          readonly count: number
        }[]
      }
      /** The current state, then those to which it returns. */
      readonly states: readonly {
        readonly word: string
        readonly until?: number
      }[]
      readonly counters: readonly {
        readonly key: string
        readonly count: number
      }[]
      readonly blocked: readonly {
        readonly product: string
        readonly address: string
        readonly until: number
      }[]
      /** Number of the last request. */
      readonly requests: number
      /**
       * data of another space
       * Requests and rules that verdicts do not count, since they belong to another space.
       */
      readonly inherited: {
        readonly requests: number
        readonly played: readonly number[]
      }
      /** counts of rules */
      readonly rules: {
        readonly began: number
        /** One for each rule, in order. */
        readonly totals: readonly {
          readonly matched: number
          readonly played: number
          /** End of a rule with `for`; absent before its first application. */
          readonly until?: number
        }[]
        readonly byLogin: readonly {
          readonly key: string
          readonly matched: number
          readonly played: number
          /** End of a rule with `for`; absent before its first application. */
          readonly until?: number
        }[]
        readonly bySession: readonly {
          readonly session: number
          readonly rule: number
          readonly matched: number
          readonly played: number
          /** End of a rule with `for`; absent before its first application. */
          readonly until?: number
        }[]
      }
      /** sessions */
      readonly sessions: {
        /** Number of opened sessions. */
        readonly opened: number
        readonly products: readonly {
          readonly product: string
          /** The open session that was last checked for expiry. */
          readonly swept: number
          readonly open: readonly {
            /** Its position in the order of opening; 0: opened by a pretended login. */
            readonly number: number
            readonly token: string
            readonly login: string
            readonly address: string
            readonly openedAt: number
            readonly usedAt: number
            readonly uses: number
            /** timeouts and limits of a session */
            readonly policy: {
              /** Milliseconds since the last use, or the login; absent: unlimited. */
              readonly idle?: number
              /** Milliseconds since the login; absent: unlimited. */
              readonly lifetime?: number
              /** Use restarts the idle time. */
              readonly renewed?: boolean
              /** Sessions per account; absent: any number. */
              readonly limit?: number
              readonly pinned?: boolean
              readonly stateless?: boolean
              readonly fixed?: boolean
            }
            /** Its number among the sessions of its account; absent: unknown. */
            readonly ordinal?: number
            readonly data?: {
              readonly [key: string]: string
            }
            /**
             * the end of a session
             * Its end at a later time, by a rule.
             */
            readonly scheduled?: {
              readonly cause: 'expired' | 'logged-out' | 'revoked' | 'evicted' | 'moved'
              readonly at: number
              readonly by?: string
              readonly request?: number
            }
          }[]
          readonly ended: readonly {
            /** Its position in the order of opening; 0: opened by a pretended login. */
            readonly number: number
            readonly token: string
            readonly login: string
            readonly address: string
            readonly openedAt: number
            readonly usedAt: number
            readonly uses: number
            /** timeouts and limits of a session */
            readonly policy: {
              /** Milliseconds since the last use, or the login; absent: unlimited. */
              readonly idle?: number
              /** Milliseconds since the login; absent: unlimited. */
              readonly lifetime?: number
              /** Use restarts the idle time. */
              readonly renewed?: boolean
              /** Sessions per account; absent: any number. */
              readonly limit?: number
              readonly pinned?: boolean
              readonly stateless?: boolean
              readonly fixed?: boolean
            }
            /** the end of a session */
            readonly end: {
              readonly cause: 'expired' | 'logged-out' | 'revoked' | 'evicted' | 'moved'
              readonly at: number
              readonly by?: string
              readonly request?: number
            }
            /** Its number among the sessions of its account; absent: unknown. */
            readonly ordinal?: number
            readonly data?: {
              readonly [key: string]: string
            }
          }[]
        }[]
      }
      /** Sessions that accounts have without a login. */
      readonly fixed: readonly {
        readonly product: string
        readonly token: string
        readonly login: string
      }[]
      /** a journal */
      readonly journal?: {
        readonly dropped: number
        readonly rows: readonly {
          readonly number: number
          readonly at: number
          readonly recordedAt: number
          readonly took: number
          readonly method: string
          readonly url: string
          readonly httpVersion: string
          /** Names and values in turn. */
          readonly headers: readonly string[]
          /** a response */
          readonly answer: {
            readonly status: number
            /** headers by name */
            readonly headers: {
              readonly [key: string]: string | readonly string[]
            }
            readonly always?: {
              readonly [key: string]: string
            }
            readonly body?: string
          }
          readonly product?: string
          readonly operation?: string
          readonly isLogin?: boolean
          readonly login?: string
          readonly token?: string
          /** a session, or the number of one */
          readonly session?:
            | number
            | {
                readonly product: string
                /** Its position in the order of opening; 0: opened by a pretended login. */
                readonly number: number
                readonly token: string
                readonly login: string
                readonly address: string
                readonly openedAt: number
                readonly usedAt: number
                readonly uses: number
                /** timeouts and limits of a session */
                readonly policy: {
                  /** Milliseconds since the last use, or the login; absent: unlimited. */
                  readonly idle?: number
                  /** Milliseconds since the login; absent: unlimited. */
                  readonly lifetime?: number
                  /** Use restarts the idle time. */
                  readonly renewed?: boolean
                  /** Sessions per account; absent: any number. */
                  readonly limit?: number
                  readonly pinned?: boolean
                  readonly stateless?: boolean
                  readonly fixed?: boolean
                }
                /** Its number among the sessions of its account; absent: unknown. */
                readonly ordinal?: number
                readonly data?: {
                  readonly [key: string]: string
                }
                /** the end of a session */
                readonly end?: {
                  readonly cause: 'expired' | 'logged-out' | 'revoked' | 'evicted' | 'moved'
                  readonly at: number
                  readonly by?: string
                  readonly request?: number
                }
                /**
                 * the end of a session
                 * Its end at a later time, by a rule.
                 */
                readonly scheduled?: {
                  readonly cause: 'expired' | 'logged-out' | 'revoked' | 'evicted' | 'moved'
                  readonly at: number
                  readonly by?: string
                  readonly request?: number
                }
              }
          readonly sessionData?: {
            readonly [key: string]: string
          }
          readonly body?: string
          readonly fault?: 'reset' | 'empty' | 'truncate' | 'garbage' | 'malformed' | 'hang'
          readonly left?: boolean
          readonly pretended?: boolean
          readonly rules?: readonly {
            readonly number: number
            readonly title: string
            readonly sentence: string
          }[]
          readonly failure?:
            | 'bad-credentials'
            | 'missing-field'
            | 'bad-request'
            | 'too-large'
            | 'no-session'
            | 'expired-session'
            | 'forbidden'
            | 'rate-limited'
            | 'server-error'
            | 'unavailable'
            | 'not-found'
            | 'method-not-allowed'
          /** a reason */
          readonly why?: {
            readonly reason: string
            readonly at?: number
          } & {
            readonly [key: string]: string | number
          }
          readonly nearest?: string
        }[]
      }
    }
    readonly Space: {
      readonly name: string
      readonly scenario: string
      readonly state: string
      readonly requests: number
      readonly sessions: number
      /**
       * Time of its clock.
       */
      readonly now: string
      readonly frozen: boolean
    }
    readonly Hold: {
      readonly space: string
      readonly name: string
      /** Number of held requests. */
      readonly waiting: number
    }
    readonly WaitedHold: {
      readonly name: string
      /** Whether the number was reached in time. */
      readonly enough: boolean
      /** Number of held requests. */
      readonly waiting: number
    }
    readonly Verdict: {
      readonly verdict:
        | 'session-left-open'
        | 'call-after-logout'
        | 'credentials-in-url'
        | 'refusal-without-login'
        | 'needless-login'
        | 'foreign-token'
      readonly description: string
      readonly passed: boolean
      readonly findings: readonly {
        readonly space: string
        /** Numbers of the requests of the finding. */
        readonly requests: readonly number[]
        readonly words: string
      }[]
    }
    readonly Verdicts: {
      readonly passed: boolean
      readonly verdicts: readonly components['schemas']['Verdict'][]
    }
    readonly Product: {
      readonly name: string
      readonly title: string
      readonly base: string
      /** A login command. */
      readonly login: string
      readonly fidelity: 'documented' | 'observed'
      readonly operations: readonly {
        readonly name: string
        readonly summary: string
        readonly routes: readonly {
          readonly method: string
          readonly path: string
        }[]
      }[]
    }
    /**
     * a search
     * All given keys must match. A text may be a /regular expression/.
     */
    readonly Search: {
      /** Number of the request in its space. */
      readonly number?: number
      /** Requests with a higher number. */
      readonly after?: number
      /**
       * a time such as 2026-01-01T00:00:00Z
       * Arrival at or after this time of the space's clock.
       */
      readonly since?: string
      /**
       * a time such as 2026-01-01T00:00:00Z
       * Arrival before this time of the space's clock.
       */
      readonly until?: string
      /**
       * a text, or a /regular expression/
       * Name of the product, such as hcx.
       */
      readonly product?: string
      /**
       * a text, or a /regular expression/
       * Name of the operation, such as login.
       */
      readonly operation?: string
      /**
       * a text, or a /regular expression/
       * Login of the request, if known.
       */
      readonly login?: string
      /** Token sent or issued, whole or abbreviated. */
      readonly token?: string
      /** Token of the session, whole or abbreviated. */
      readonly session?: string
      /**
       * a text, or a /regular expression/
       * HTTP method, such as POST.
       */
      readonly method?: string
      /**
       * a text, or a /regular expression/
       * Path, without query and space prefix.
       */
      readonly path?: string
      /**
       * a text, or a /regular expression/
       * Path and query.
       */
      readonly url?: string
      /**
       * finished: with a response (default). underway: held or delayed by a rule. any: both.
       */
      readonly state?: 'finished' | 'underway' | 'any'
      /**
       * Outcome: success, refused, broken, left, unmatched.
       */
      readonly outcome?: 'success' | 'refused' | 'broken' | 'left' | 'unmatched'
      /** HTTP status of the response. */
      readonly status?: number
      /**
       * a text, or a /regular expression/
       * Product-neutral name of the failure, such as no-session.
       */
      readonly failure?: string
      /**
       * a text, or a /regular expression/
       * Code of the reason, such as expired.
       */
      readonly reason?: string
      /**
       * a text, or a /regular expression/
       * Text or /regular expression/ in the reason.
       */
      readonly why?: string
      /**
       * a text, or a /regular expression/
       * Text or /regular expression/ in the name or sentence of an applied rule.
       */
      readonly rule?: string
      /**
       * a text, or a /regular expression/
       * Connection fault of a rule, such as reset.
       */
      readonly fault?: string
      /**
       * a text, or a /regular expression/
       * Nearest route of an unmatched request, such as POST /session.
       */
      readonly nearest?: string
      /**
       * a duration such as 200ms, 2s or 1h30m
       * Minimum time from arrival to response.
       */
      readonly slower?: string
      /** Request headers by name. */
      readonly header?: {
        readonly [key: string]: string
      }
      /**
       * a text, or a /regular expression/
       * Text or /regular expression/ in the request body.
       */
      readonly body?: string
      /**
       * a text, or a /regular expression/
       * Text or /regular expression/ in the response body.
       */
      readonly answer?: string
      /** Response headers by name. */
      readonly answerHeader?: {
        readonly [key: string]: string
      }
    }
    readonly Problem: {
      readonly type: string
      readonly title: string
      readonly status: number
      /** The error, its place and a valid value. */
      readonly detail: string
      /** All errors, one entry each. */
      readonly errors?: readonly {
        readonly message: string
      }[]
    }
  }
  responses: never
  parameters: never
  requestBodies: never
  headers: never
  pathItems: never
}
export type Row = components['schemas']['Row']
export type Why = components['schemas']['Why']
export type Rows = components['schemas']['Rows']
export type Waited = components['schemas']['Waited']
export type Session = components['schemas']['Session']
export type PastSession = components['schemas']['PastSession']
export type EndedSession = components['schemas']['EndedSession']
export type Clock = components['schemas']['Clock']
export type Scenario = components['schemas']['Scenario']
export type Mistake = components['schemas']['Mistake']
export type Snapshot = components['schemas']['Snapshot']
export type Space = components['schemas']['Space']
export type Hold = components['schemas']['Hold']
export type WaitedHold = components['schemas']['WaitedHold']
export type Verdict = components['schemas']['Verdict']
export type Verdicts = components['schemas']['Verdicts']
export type Product = components['schemas']['Product']
export type Search = components['schemas']['Search']
export type Problem = components['schemas']['Problem']
