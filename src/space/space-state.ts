import type { Entry } from '../journal/entry.js'
import { copyEntry } from '../journal/entry-copy.js'
import type { Journal } from '../journal/journal.js'
import type { Inherited } from '../journal/verdicts.js'
import type { RuleEngineState } from '../scenario/engine/rule-engine.js'
import type { Scenario } from '../scenario/scenario.js'
import type { Session, SessionsState } from '../session/sessions.js'
import type { BlockedAddress } from '../state/blocked-addresses.js'
import type { RandomState } from '../state/random.js'
import type { StateEntry } from '../state/state.js'

/** All that a space goes on from, beside the requests that are under way. Times in Unix milliseconds. */
export interface SpaceState {
  readonly scenario: Scenario
  readonly clock: {
    readonly now: number
    /** Milliseconds by which it is ahead of the systemClock. */
    readonly ahead: number
    readonly frozen: boolean
  }
  readonly random: RandomState
  /** The current state first, then those that are there again when it has ended. */
  readonly states: readonly StateEntry[]
  readonly counters: readonly (readonly [name: string, count: number])[]
  readonly blocked: readonly BlockedAddress[]
  /** The number of its last request. */
  readonly requests: number
  readonly inherited: Inherited
  readonly rules: RuleEngineState
  readonly sessions: SessionsState
  /** The sessions that its accounts have without a login. */
  readonly fixed: readonly FixedSession[]
  /** Left out where the rows were not asked for. */
  readonly journal?: JournalState | undefined
}

export type FixedSession = Pick<Session, 'product' | 'token' | 'login'>

export interface JournalState {
  /** The oldest first. */
  readonly entries: readonly Entry[]
  /** How many have made room. */
  readonly dropped: number
}

/**
 * What a restored state is to its space. `copy`: its clock goes on from where it stood, and the requests before it were another
 * space's. `same`: the space itself goes on, its clock has run meanwhile.
 */
export type RestoreMode = 'copy' | 'same'

/** What a copy has not done itself: all that came before it. */
export const inheritedOf = ({ requests, rules }: SpaceState): Inherited => ({
  requests,
  played: rules.totals.map(({ played }) => played)
})

/** The rows of a journal, about these copies of its sessions. */
export const journalState = (journal: Journal, { products }: SessionsState): JournalState => {
  const copies = new Map<Session | number, Session>()
  for (const { open, ended } of products) for (const session of [...open, ...ended]) copies.set(session.number, session)
  const copyOf = (session: Session): Session => {
    const known = copies.get(session.number) ?? copies.get(session)
    if (known) return known
    // It is forgotten, or was never opened.
    const copy = session.copy()
    copies.set(session.number || session, copy)
    return copy
  }
  const entries = journal.entries().map(entry => copyEntry(entry, { session: entry.session && copyOf(entry.session) }))
  return { entries, dropped: journal.dropped }
}
