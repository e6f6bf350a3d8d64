import type { EffectWord, FailureName, FaultName, ProductName, RuleTarget, WireMockFaultName } from './names.js'

type Named<Value> = Readonly<Record<string, Value>>

/** A scenario as an object, with the same keys as in YAML. Durations are texts such as `200ms`, `30m` or `1h30m`. */
export interface Scenario {
  /** A one-sentence description. */
  readonly title?: string
  /** The same seed gives the same tokens, numbers and probabilities. */
  readonly seed?: number | string
  /** Start of the clock of the space, such as `2026-01-01T00:00:00Z`. */
  readonly clock?: string
  /** Start with a frozen clock. */
  readonly frozen?: boolean
  /** Accounts that can log in; `any` for every account. Default: demo with the password demo. */
  readonly accounts?: 'any' | readonly ScenarioAccount[]
  /** Sessions that are open at the start of the scenario. */
  readonly sessions?: readonly ScenarioSession[]
  /** Behaviour of single products. */
  readonly products?: { readonly [product in ProductName]?: ScenarioProduct }
  /** Faults and their conditions. All matching rules apply, in this order. */
  readonly rules?: readonly ScenarioRule[]
}

/** Account data of products is under their names. */
export type ScenarioAccount = { readonly login: string; readonly password: string } & {
  readonly [product in ProductName]?: object
}

export interface ScenarioSession {
  readonly product: ProductName
  readonly login: string
  /** A token of the product; random by default. */
  readonly token?: string
  /** The time since its login, also its last use. */
  readonly age?: string
  readonly status?: 'open' | 'expired' | 'ended'
}

export interface ScenarioProduct {
  readonly fidelity?: 'documented' | 'observed'
  /** Lifetime of a session since its last use; or `never`. */
  readonly idle?: string
  /** Lifetime of a session since its login; or `never`. */
  readonly lifetime?: string
  /** Sessions per account; one more login ends the oldest. */
  readonly limit?: number
  readonly [own: string]: unknown
}

export interface ScenarioRule {
  /** The name in the log and the journal. */
  readonly name?: string
  /** A product, an operation, `product.operation` or `*`, or a list of these. */
  readonly on: RuleTarget | readonly RuleTarget[]
  /** Conditions; all must hold. */
  readonly when?: ScenarioConditions
  /** Matching calls to apply to: `3`, `"2-4"` or `"3-"`. */
  readonly call?: number | string
  /** Apply to every nth matching call. */
  readonly every?: number
  /** Maximum number of applications. */
  readonly times?: number
  /** Probability of the rule, from 0 to 1. */
  readonly chance?: number
  /** Start of the rule, after the start of the scenario. */
  readonly from?: string
  /** End of the rule, after the start of the scenario. */
  readonly until?: string
  /** Duration from the first application: the rule applies to all matching calls in it, and to none after it. */
  readonly for?: string
  /** Scope of the counts: all matching calls (`rule`), or those of each session or login. */
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
  /** Number of the session among those of its account: `1`, `"2-4"` or `"2-"`. */
  readonly opened?: number | string
  readonly state?: string
  readonly header?: Named<string | boolean>
  readonly query?: Named<string | boolean>
  readonly body?: string
}

/** Effects by name; those without a value may be a bare word. */
export type ScenarioStep = EffectWord | ScenarioEffects

export interface ScenarioEffects {
  /** Sets the state of the space; with `for`, the previous state returns after that time. */
  readonly state?: string | { readonly to: string; readonly for?: string }
  /** Ends the session of the request as expired. */
  readonly expire?: ScenarioEnd
  /** Ends the session of the request as if it was logged out elsewhere. */
  readonly revoke?: ScenarioEnd
  /** A login ends the other sessions of its account. */
  readonly evict?: true
  /** Holds the request until a test releases this name. */
  readonly hold?: string
  /** Waits before all other effects. */
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
  /** Sets headers of the response. */
  readonly headers?: ScenarioHeaders
  /** Sends the body in pieces. */
  readonly dribble?: { readonly chunks: number; readonly over: string }
  /** Breaks the connection during the response. */
  readonly connection?: ScenarioFault
}

/** The session of the request, or all sessions of its account: at once, or after a duration by the clock of the space. */
export type ScenarioEnd = true | 'account' | ScenarioDuration | { readonly of: 'account'; readonly after: string }

/** Such as `5m`. */
type ScenarioDuration = `${number}${string}`

/** A list is sent as several headers of one name. */
export type ScenarioHeaders = Named<string | number | readonly (string | number)[]>

export type ScenarioDelay =
  | string
  | { readonly uniform: readonly [string, string] }
  | { readonly lognormal: { readonly median: string; readonly sigma: number; readonly max?: string } }

export type ScenarioFailure = FailureName

export type ScenarioFault = FaultName | WireMockFaultName
