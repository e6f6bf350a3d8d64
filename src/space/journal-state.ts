import { getOrCreate } from '../base/get-or-create.js'
import { eachInSlices, mapInSlices, type Slices } from '../base/in-slices.js'
import type { Entry } from '../journal/entry.js'
import { copyEntry } from '../journal/entry-copy.js'
import type { Journal } from '../journal/journal.js'
import type { Session, SessionsState } from '../session/sessions.js'
import type { JournalState } from './space-state.js'

type JournalRows = Pick<JournalState, 'entries' | 'dropped'>

/** The current rows of a journal. */
export const rowsOf = (journal: Journal): JournalRows => ({ entries: journal.entries(), dropped: journal.dropped })

/** The entries of a journal with copies of their sessions: those of the session store, where it has them. */
export const journalState = async (
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
