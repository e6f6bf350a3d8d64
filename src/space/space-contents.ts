import { mapInSlices, type Slices } from '../base/in-slices.js'
import { copyEntry } from '../journal/entry-copy.js'
import type { Journal } from '../journal/journal.js'
import type { RuleEngine, SessionCounts } from '../scenario/engine/rule-engine.js'
import { prepareCounts } from '../scenario/engine/session-counts.js'
import type { Session, SessionStore } from '../session/sessions.js'
import type { SpaceSecrets } from '../state/secrets.js'
import { journalState, rowsOf } from './journal-state.js'
import type { JournalState, SpaceState } from './space-state.js'

/** The parts of a space with these contents. */
interface Contents {
  readonly name: string
  readonly sessions: SessionStore
  readonly journal: Journal
  readonly ruleEngine: RuleEngine
  readonly secrets: SpaceSecrets
}

/** The part of a snapshot that grows with the requests of the space. */
export interface ContentsState {
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
