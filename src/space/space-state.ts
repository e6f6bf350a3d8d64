import { getOrCreate } from '../base/get-or-create.js'
import { eachInSlices, mapInSlices, type Slices } from '../base/in-slices.js'
import type { Entry } from '../journal/entry.js'
import { copyEntry } from '../journal/entry-copy.js'
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
  /** The sessions of entries that are among those of the state. */
  readonly listed: ReadonlySet<Session>
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

/** These entries of a journal, about the copies of their sessions. */
export const journalState = async (
  { entries, dropped }: Pick<JournalState, 'entries' | 'dropped'>,
  { products }: SessionsState,
  slices: Slices
): Promise<JournalState> => {
  const sessions = new SessionCopies(entries)
  for (const { open, ended } of products)
    for (const each of [open, ended]) await eachInSlices(each, slices, copy => sessions.add(copy))
  const listed = new Set(sessions.listed.values())
  return { entries: await mapInSlices(entries, entry => sessions.copied(entry), slices), dropped, listed }
}

/** The same at once. */
export const journalStateNow = (
  { entries, dropped }: Pick<JournalState, 'entries' | 'dropped'>,
  { products }: SessionsState
): JournalState => {
  const sessions = new SessionCopies(entries)
  for (const { open, ended } of products) for (const each of [open, ended]) for (const copy of each) sessions.add(copy)
  const listed = new Set(sessions.listed.values())
  return { entries: entries.map(entry => sessions.copied(entry)), dropped, listed }
}

/** The copies of the sessions that some entries are about. */
class SessionCopies {
  readonly #wanted: ReadonlySet<number | undefined>
  /** Those that a state has, by their numbers. */
  readonly listed = new Map<number, Session>()
  /** Those that were forgotten, or never opened. */
  readonly #others = new Map<Session, Session>()

  constructor(entries: readonly Entry[]) {
    this.#wanted = new Set(entries.map(({ session }) => session?.number))
  }

  add(copy: Session): void {
    if (this.#wanted.has(copy.number)) this.listed.set(copy.number, copy)
  }

  copied(entry: Entry): Entry {
    return copyEntry(entry, { session: entry.session && this.#copyOf(entry.session) })
  }

  #copyOf(session: Session): Session {
    return this.listed.get(session.number) ?? getOrCreate(this.#others, session, () => session.copy())
  }
}
