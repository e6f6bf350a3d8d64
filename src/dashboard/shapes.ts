import type * as api from '../api/types.js'

/** An outcome of a finished request. */
export type Outcome = Exclude<api.Row['outcome'], 'underway'>

export type Message = Omit<api.Row['request'], 'line'>
export type Why = api.Why
export type PlayedRule = api.Row['rules'][number]
export type Row = Omit<api.Row, 'outcome'> & { readonly outcome: Outcome }

/** An open session, or one that has ended. */
export type Session = Omit<api.Session, 'age' | 'left' | 'data'> &
  Partial<Pick<api.PastSession, 'endedAt' | 'by'>> & { readonly cause?: string }

export type ClockTold = api.Clock
export type ScenarioTold = Omit<api.Scenario, 'seed' | 'warnings'>
export type RuleTold = api.Scenario['rules'][number]
export type Hold = api.Hold
export type SpaceTold = api.Space
export type Verdict = api.Verdict
export type Product = Pick<api.Product, 'name' | 'title' | 'base' | 'login'>
export type Mistake = Omit<api.Mistake, 'file'>

export interface Validation {
  readonly valid: boolean
  readonly mistakes: readonly Mistake[]
  readonly warnings: readonly Mistake[]
  readonly title?: string
  readonly rules?: readonly PlayedRule[]
}

export interface ShippedScenario {
  readonly name: string
  readonly title: string
}
