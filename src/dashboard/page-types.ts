import type * as api from '../client/api-types.js'

/** The outcome of a finished request. */
export type Outcome = Exclude<api.Row['outcome'], 'underway'>

export type Message = Omit<api.Row['request'], 'line'>
export type PlayedRule = api.Row['rules'][number]
export type Row = Omit<api.Row, 'outcome'> & { readonly outcome: Outcome }

/** An open or ended session. */
export type Session = Omit<api.Session, 'age' | 'left' | 'data'> &
  Partial<Pick<api.PastSession, 'endedAt' | 'by'>> & { readonly cause?: string }

export type Clock = api.Clock
export type ScenarioState = Omit<api.Scenario, 'seed' | 'warnings'>
export type Hold = api.Hold
export type SpaceSummary = api.Space
export type Verdict = api.Verdict
export type Product = Pick<api.Product, 'name' | 'title' | 'base' | 'login'>
export type ValidationIssue = Omit<api.Mistake, 'file'>

export interface Validation {
  readonly valid: boolean
  readonly errors: readonly ValidationIssue[]
  readonly warnings: readonly ValidationIssue[]
  readonly title?: string
  readonly rules?: readonly PlayedRule[]
}

export interface ShippedScenario {
  readonly name: string
  readonly title: string
}
