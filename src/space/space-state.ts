import { getOrCreate } from '../base/collections.js'
import { eachInSlices, mapInSlices, type Slices } from '../base/slices.js'
import { copyEntry, type Entry } from '../journal/entry.js'
import type { Journal } from '../journal/journal.js'
import type { Inherited } from '../journal/verdicts.js'
import {
  prepareCounts,
  type RuleEngine,
  type RuleEngineState,
  type SessionCounts
} from '../scenario/engine/rule-engine.js'
import type { Scenario } from '../scenario/scenario.js'
import type { SpaceSecrets } from '../session/accounts.js'
import type { RandomState } from '../session/random.js'
import type { Session, SessionStore, SessionsState } from '../session/session-store.js'
import type { BlockedAddress, StateEntry } from '../session/space-values.js'

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

interface JournalState {
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

/** The requests and rule counts before a copy. */
export const inheritedOf = ({ requests, rules }: SpaceState): Inherited => ({
  requests,
  played: rules.totals.map(({ played }) => played)
})

/** The parts of a space with these contents. */
interface Contents {
  readonly name: string
  readonly sessions: SessionStore
  readonly journal: Journal
  readonly ruleEngine: RuleEngine
  readonly secrets: SpaceSecrets
}

/** The part of a snapshot that grows with the requests of the space. */
interface ContentsState {
  readonly sessions: SpaceState['sessions']
  /** The counts of rules for each session. */
  readonly bySession: readonly SessionCounts[]
  readonly journal: JournalState | undefined
}

/** The current sessions, their rule counts, and with `rows` the journal, copied in slices of time. */
export const snapshotContents = async (
  { sessions, journal, ruleEngine }: Contents,
  slices: Slices,
  rows: boolean
): Promise<ContentsState> => {
  const currentRows = rowsOf(journal)
  const counts = ruleEngine.viewBySession()
  const bySession: SessionCounts[] = []
  try {
    const visit = counts && ((session: Session) => void bySession.push(...counts.of(session)))
    const copies = await sessions.snapshot(slices, visit)
    return { sessions: copies, bySession, journal: rows ? await journalState(currentRows, copies, slices) : undefined }
  } finally {
    counts?.end()
  }
}

/** Prepares the contents of a snapshot in slices of time. The result puts them into the space at once; its rules are in place by then. */
export const prepareContents = async (
  space: Contents,
  { sessions, rules, journal }: SpaceState,
  slices: Slices
): Promise<() => void> => {
  const lists = sessions.products.flatMap(({ open, ended }) => [open, ended])
  const counts = await prepareCounts(rules.bySession, lists, slices)
  const origin = { space: space.name, secrets: space.secrets }
  const entries = await mapInSlices(journal?.entries ?? [], entry => copyEntry(entry, origin), slices)
  const putSessions = await space.sessions.prepare(sessions, slices)
  return () => {
    putSessions()
    space.ruleEngine.restore(rules, counts)
    if (journal) space.journal.restore(entries, journal.dropped)
  }
}

type JournalRows = Pick<JournalState, 'entries' | 'dropped'>

/** The current rows of a journal. */
const rowsOf = (journal: Journal): JournalRows => ({ entries: journal.entries(), dropped: journal.dropped })

/** The entries of a journal with copies of their sessions: those of the session store, where it has them. */
const journalState = async (
  { entries, dropped }: JournalRows,
  { products }: SessionsState,
  slices: Slices
): Promise<JournalState> => {
  const sessions = new SessionCopies(entries)
  for (const { open, ended } of products)
    for (const each of [open, ended]) await eachInSlices(each, slices, copy => sessions.add(copy))
  const listed = new Set(sessions.listed.values())
  return { entries: await mapInSlices(entries, entry => sessions.copyWithSession(entry), slices), dropped, listed }
}

/** The copies of the sessions of some entries. */
class SessionCopies {
  readonly #wanted: ReadonlySet<number | undefined>
  /** Sessions of the session store, by number. */
  readonly listed = new Map<number, Session>()
  /** Sessions that the store has dropped, or never had. */
  readonly #others = new Map<Session, Session>()

  constructor(entries: readonly Entry[]) {
    this.#wanted = new Set(entries.map(({ session }) => session?.number))
  }

  add(copy: Session): void {
    if (this.#wanted.has(copy.number)) this.listed.set(copy.number, copy)
  }

  copyWithSession(entry: Entry): Entry {
    return copyEntry(entry, { session: entry.session && this.#copyOf(entry.session) })
  }

  #copyOf(session: Session): Session {
    return this.listed.get(session.number) ?? getOrCreate(this.#others, session, () => session.copy())
  }
}
