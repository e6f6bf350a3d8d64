import type { EffectWord, FailureName, FaultName, ProductName, RuleTarget, WireMockFaultName } from './names.js'

type Named<Value> = Readonly<Record<string, Value>>

/** A scenario as an object: the same as its YAML. Durations are texts such as `200ms`, `30m` or `1h30m`. */
export interface Scenario {
  /** What the client lives through, in a sentence. */
  readonly title?: string
  /** Same seed, same tokens, numbers and chances. */
  readonly seed?: number | string
  /** Where the space's clock starts, such as `2026-01-01T00:00:00Z`. */
  readonly clock?: string
  /** Starts with a frozen clock. */
  readonly frozen?: boolean
  /** Who may log in; `any` is everyone. Left out: demo with the password demo. */
  readonly accounts?: 'any' | readonly ScenarioAccount[]
  /** Sessions that are open when the scenario starts. */
  readonly sessions?: readonly ScenarioSession[]
  /** How single products behave. */
  readonly products?: { readonly [product in ProductName]?: ScenarioProduct }
  /** What goes wrong, and when. All that match play, in this order. */
  readonly rules?: readonly ScenarioRule[]
}

/** Account data of single products is under their names. */
export type ScenarioAccount = { readonly login: string; readonly password: string } & {
  readonly [product in ProductName]?: object
}

export interface ScenarioSession {
  readonly product: ProductName
  readonly login: string
  /** In the product's form; left out, one is drawn. */
  readonly token?: string
  /** The time since its login, which was also its last use. */
  readonly age?: string
  readonly status?: 'open' | 'expired' | 'ended'
}

export interface ScenarioProduct {
  readonly fidelity?: 'documented' | 'observed'
  /** Life of a session since its last use; or `never`. */
  readonly idle?: string
  /** Life of a session since its login; or `never`. */
  readonly lifetime?: string
  /** Sessions per account; one more login ends the oldest. */
  readonly limit?: number
  readonly [own: string]: unknown
}

export interface ScenarioRule {
  /** What the rule is called in the log and the journal. */
  readonly name?: string
  /** A product, an operation, `product.operation` or `*`, or a list of these. */
  readonly on: RuleTarget | readonly RuleTarget[]
  /** Conditions; all must hold. */
  readonly when?: ScenarioConditions
  /** Which of the matching calls: `3`, `"2-4"` or `"3-"`. */
  readonly call?: number | string
  /** Every so many matching calls. */
  readonly every?: number
  /** At most so many times. */
  readonly times?: number
  /** Probability of the rule, from 0 to 1. */
  readonly chance?: number
  /** Not before this long after the scenario began. */
  readonly from?: string
  /** Not from this long after the scenario began. */
  readonly until?: string
  /** Duration from the first application: the rule applies to all matching calls in it, and to none after it. */
  readonly for?: string
  /** What is counted: all matching calls (`rule`), or those of each session or login. */
  readonly per?: 'rule' | 'session' | 'login'
  readonly then: ScenarioStep | readonly ScenarioStep[]
}

/** Texts may be a `/regular expression/`. */
export interface ScenarioConditions {
  readonly login?: string
  readonly token?: string
  readonly session?: 'open' | 'expired' | 'ended' | 'none'
  /** Such as `">10m"`. */
  readonly age?: string
  readonly state?: string
  readonly header?: Named<string | boolean>
  readonly query?: Named<string | boolean>
  readonly body?: string
}

/** Effects by their names; those that need no value may stand as a bare word. */
export type ScenarioStep = EffectWord | ScenarioEffects

export interface ScenarioEffects {
  /** Moves the space's state to this word; with `for`, the state before is there again after that time. */
  readonly state?: string | { readonly to: string; readonly for?: string }
  /** Ends the caller's session as though its time were over. */
  readonly expire?: true
  /** Ends the caller's session as though it was logged out elsewhere. */
  readonly revoke?: true | 'account'
  /** A login ends the account's other sessions. */
  readonly evict?: true
  /** Holds the request until a test releases this name. */
  readonly hold?: string
  /** Waits first. */
  readonly delay?: ScenarioDelay
  /** Refuses in the wire format of the product. */
  readonly fail?: ScenarioFailure
  /** Sends this response; an object or list is sent as JSON. */
  readonly reply?: {
    readonly status?: number
    readonly headers?: ScenarioHeaders
    readonly body?: string | object
  }
  /** Sends a success without doing the work. */
  readonly pretend?: true
  /** Adds to or changes the headers of the answer. */
  readonly headers?: ScenarioHeaders
  /** Sends the body in pieces. */
  readonly dribble?: { readonly chunks: number; readonly over: string }
  /** Breaks the connection during the response. */
  readonly connection?: ScenarioFault
}

/** A list is sent as several headers of one name. */
export type ScenarioHeaders = Named<string | number | readonly (string | number)[]>

export type ScenarioDelay =
  | string
  | { readonly uniform: readonly [string, string] }
  | { readonly lognormal: { readonly median: string; readonly sigma: number; readonly max?: string } }

export type ScenarioFailure = FailureName

export type ScenarioFault = FaultName | WireMockFaultName
