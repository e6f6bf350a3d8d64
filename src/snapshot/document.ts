import { defined } from '../base/defined.js'
import { formatInstant } from '../base/instant.js'
import type { RuleCounts } from '../scenario/engine/rule-engine.js'
import type { Source } from '../scenario/format/source.js'
import type { Session } from '../session/sessions.js'
import type { SpaceState } from '../space/space-state.js'
import { rowDocument } from './row-document.js'
import { type SnapshotDocument, snapshotFormat, snapshotVersion } from './schema.js'
import { sessionDocument } from './session-document.js'

export interface SnapshotFacts {
  /** The space that it was taken of. */
  readonly space: string
  /** When it was taken, in Unix milliseconds by the real time. */
  readonly savedAt: number
  /** The text of its scenario. */
  readonly source: Source
}

/** The state of a space as JSON, with whole tokens. */
export const snapshotDocument = (state: SpaceState, { space, savedAt, source }: SnapshotFacts): SnapshotDocument => ({
  format: snapshotFormat,
  version: snapshotVersion,
  tokens: 'whole',
  space,
  savedAt: formatInstant(savedAt),
  scenario: { name: source.name, text: source.text },
  clock: { ...state.clock },
  random: { root: state.random.root, ...defined({ counts: state.random.counts?.map(counter) }) },
  states: state.states.map(({ word, until }) => ({ word, ...(Number.isFinite(until) && { until }) })),
  counters: state.counters.map(counter),
  blocked: state.blocked.map(blocked => ({ ...blocked })),
  requests: state.requests,
  inherited: { requests: state.inherited.requests, played: [...state.inherited.played] },
  rules: rulesDocument(state),
  sessions: sessionsDocument(state),
  fixed: state.fixed.map(({ product, token, login }) => ({ product, token, login })),
  ...(state.journal && { journal: journalDocument(state.journal, state) })
})

const counter = ([key, count]: readonly [string, number]) => ({ key, count })

const rulesDocument = ({ rules }: SpaceState): SnapshotDocument['rules'] => ({
  began: rules.began,
  totals: rules.totals.map(countsDocument),
  byLogin: rules.byLogin.map(([key, counts]) => ({ key, ...countsDocument(counts) })),
  bySession: rules.bySession.map(({ session, rule, ...counts }) => ({ session, rule, ...countsDocument(counts) }))
})

const countsDocument = ({ matched, played, until }: Readonly<RuleCounts>) => ({
  matched,
  played,
  // JSON has no number for a time that never comes.
  ...(until !== undefined && { until: Math.min(until, Number.MAX_VALUE) })
})

const sessionsDocument = ({ sessions }: SpaceState): SnapshotDocument['sessions'] => ({
  opened: sessions.opened,
  products: sessions.products.map(({ product, swept, open, ended }) => ({
    product,
    swept,
    open: open.map(sessionDocument),
    ended: ended.map(endedDocument)
  }))
})

type EndedDocument = SnapshotDocument['sessions']['products'][number]['ended'][number]

const endedDocument = (session: Session): EndedDocument => {
  const { end = { cause: 'expired', at: session.expiresAt }, ...document } = sessionDocument(session)
  return { ...document, end }
}

const journalDocument = (
  { dropped, entries }: NonNullable<SpaceState['journal']>,
  { sessions }: SpaceState
): NonNullable<SnapshotDocument['journal']> => {
  const listed = new Set(sessions.products.flatMap(({ open, ended }) => [...open, ...ended]))
  return { dropped, rows: entries.map(entry => rowDocument(entry, session => listed.has(session))) }
}
