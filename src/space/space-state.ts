import type { Entry } from '../journal/entry.js'
import type { Inherited } from '../journal/verdicts.js'
import type { RuleEngineState } from '../scenario/engine/rule-engine.js'
import type { Scenario } from '../scenario/scenario.js'
import type { Session, SessionsState } from '../session/sessions.js'
import type { BlockedAddress } from '../state/blocked-addresses.js'
import type { RandomState } from '../state/random.js'
import type { StateEntry } from '../state/state.js'

/** The state of a space, without its requests in progress. Times in Unix milliseconds. */
export interface SpaceState {
  readonly scenario: Scenario
  readonly clock: {
    readonly now: number
    /** Milliseconds ahead of the system clock. */
    readonly ahead: number
    readonly frozen: boolean
  }
  readonly random: RandomState
  /** The current state, then the states that follow it when its duration ends. */
  readonly states: readonly StateEntry[]
  readonly counters: readonly (readonly [name: string, count: number])[]
  readonly blocked: readonly BlockedAddress[]
  /** The number of its last request. */
  readonly requests: number
  readonly inherited: Inherited
  readonly rules: RuleEngineState
  readonly sessions: SessionsState
  /** The sessions of fixed tokens. */
  readonly fixed: readonly FixedSession[]
  /** Absent in a snapshot without rows. */
  readonly journal?: JournalState | undefined
}

export type FixedSession = Pick<Session, 'product' | 'token' | 'login'>

export interface JournalState {
  /** The oldest first. */
  readonly entries: readonly Entry[]
  /** Number of dropped entries, beyond the limit of the journal. */
  readonly dropped: number
  /** The sessions of entries that the session store still has. */
  readonly listed: ReadonlySet<Session>
}

/**
 * `copy`: the state comes from another space or an earlier time; the clock continues from its time in the state, and the requests
 * in the state are inherited. `same`: the space itself continues; its clock has run since.
 */
export type RestoreMode = 'copy' | 'same'

/** The part of the state that belongs to the scenario, beside its rules. */
export type ScenarioProgress = Pick<SpaceState, 'scenario' | 'clock' | 'random' | 'states' | 'counters' | 'blocked'>

/** The requests and rule counts before a copy. */
export const inheritedOf = ({ requests, rules }: SpaceState): Inherited => ({
  requests,
  played: rules.totals.map(({ played }) => played)
})
