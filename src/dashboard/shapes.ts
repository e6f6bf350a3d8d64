/** What the control API answers, as far as this page reads it; times are ISO 8601. */
export type Outcome = 'success' | 'refused' | 'broken' | 'left' | 'unmatched'

export interface Message {
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
}

export interface Why {
  readonly reason: string
  readonly words: string
  readonly request?: number
  readonly [fact: string]: unknown
}

export interface PlayedRule {
  readonly number: number
  readonly rule: string
  readonly sentence: string
}

export interface Row {
  readonly number: number
  readonly at: string
  readonly wall: string
  readonly space: string
  readonly product?: string
  readonly operation?: string
  readonly login?: string
  readonly token?: string
  readonly session?: string
  readonly method: string
  readonly path: string
  readonly outcome: Outcome
  readonly status: number
  readonly milliseconds: number
  readonly failure?: string
  readonly why?: Why
  readonly rules: readonly PlayedRule[]
  readonly fault?: string
  readonly nearest?: string
  readonly request: Message & { readonly line: string }
  readonly answer: Message & { readonly status: number }
}

export interface Session {
  readonly space: string
  readonly product: string
  readonly login: string
  readonly token: string
  readonly openedAt: string
  readonly usedAt: string
  readonly uses: number
  /** Of an open one that ends by time. */
  readonly expiresAt?: string
  /** Of one that has ended. */
  readonly endedAt?: string
  readonly cause?: string
  readonly by?: string
}

export interface ClockTold {
  readonly space: string
  readonly now: string
  readonly frozen: boolean
  readonly nextExpiry?: string
}

export interface RuleTold extends PlayedRule {
  readonly matched: number
  readonly played: number
}

export interface ScenarioTold {
  readonly space: string
  readonly title: string
  readonly state: string
  readonly stateUntil?: string
  readonly rules: readonly RuleTold[]
}

export interface Hold {
  readonly space: string
  readonly name: string
  readonly waiting: number
}

export interface SpaceTold {
  readonly name: string
  readonly scenario: string
  readonly state: string
  readonly requests: number
  readonly sessions: number
}

export interface Verdict {
  readonly verdict: string
  readonly description: string
  readonly passed: boolean
  readonly findings: readonly { readonly space: string; readonly requests: readonly number[]; readonly words: string }[]
}

export interface Product {
  readonly name: string
  readonly title: string
  readonly base: string
  /** A command that logs in. */
  readonly login?: string
}

export interface Mistake {
  readonly line?: number
  readonly column?: number
  readonly path?: string
  readonly message: string
}

export interface Validation {
  readonly valid: boolean
  readonly mistakes: readonly Mistake[]
  readonly warnings: readonly Mistake[]
  readonly title?: string
  readonly rules?: readonly PlayedRule[]
}
