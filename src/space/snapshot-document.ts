import { defined } from '../base/collections.js'
import { formatInstant } from '../base/duration.js'
import { redactorOf } from '../journal/redactor.js'
import type { RuleCounts } from '../scenario/engine/rule-engine.js'
import type { Source } from '../scenario/format/source.js'
import { type Accounts, type SpaceSecrets, shortToken } from '../session/accounts.js'
import { endOfTime } from '../session/clock.js'
import type { Session } from '../session/session-store.js'
import { rowDocument } from './row-document.js'
import { endDocument, sessionDocument } from './session-document.js'
import { type SnapshotDocument, snapshotFormat, snapshotVersion } from './snapshot-schema.js'
import type { SpaceState } from './space-state.js'

export interface SnapshotFacts {
  /** The name of the space. */
  readonly space: string
  /** Real time of the snapshot in Unix milliseconds. */
  readonly savedAt: number
  /** The text of its scenario. */
  readonly source: Source
  /** Creates the long lists from their items; by default at once. */
  readonly list?: MakeList
  /** Hides secrets: the document has no rows then, and cannot be restored. */
  readonly hide?: Hiding | undefined
}

type MakeList = <Item, Made>(items: readonly Item[], make: (item: Item) => Made) => List<Made>

/** A long list, or what creates its items while it is written. */
type List<Made> = readonly Made[] | { readonly items: () => Iterable<Made> }

/** A document to be written as JSON. */
type Written<Document> = Document extends readonly (infer Item)[]
  ? List<Written<Item>>
  : Document extends object
    ? { readonly [Key in keyof Document]: Written<Document[Key]> }
    : Document

/** The state of a space as JSON. */
export const snapshotDocument = (state: SpaceState, facts: SnapshotFacts): Written<SnapshotDocument> => {
  const { space, savedAt, source, list = listAtOnce, hide } = facts
  const { random, journal } = state
  const name = hide ? hide.name : (key: string) => key
  const token = hide ? hide.token : (token: string) => token
  const counters = (counts: SpaceState['counters']) => list(counts, ([key, count]) => ({ key: name(key), count }))
  return {
    format: snapshotFormat,
    version: snapshotVersion,
    tokens: hide ? 'hidden' : 'whole',
    space,
    savedAt: formatInstant(savedAt),
    scenario: { name: source.name, text: hide ? hide.text(source.text) : source.text },
    clock: { ...state.clock },
    // Without a seed, the root is secret itself.
    random: {
      root: hide && !random.counts ? '…' : random.root,
      ...defined({ counts: random.counts && counters(random.counts) })
    },
    states: state.states.map(({ word, until }) => ({ word, ...(until <= endOfTime && { until }) })),
    counters: counters(state.counters),
    blocked: list(state.blocked, blocked => ({ ...blocked })),
    requests: state.requests,
    inherited: { requests: state.inherited.requests, played: [...state.inherited.played] },
    rules: rulesDocument(state, list),
    sessions: sessionsDocument(state, list, token),
    fixed: state.fixed.map(({ product, token: own, login }) => ({ product, token: token(own), login })),
    ...(journal && !hide && { journal: journalDocument(journal, list) })
  }
}

const listAtOnce: MakeList = (items, make) => items.map(item => make(item))

const rulesDocument = ({ rules }: SpaceState, list: MakeList): Written<SnapshotDocument['rules']> => ({
  began: rules.began,
  totals: rules.totals.map(countsDocument),
  byLogin: list(rules.byLogin, ([key, counts]) => ({ key, ...countsDocument(counts) })),
  bySession: list(rules.bySession, ({ session, rule, ...counts }) => ({ session, rule, ...countsDocument(counts) }))
})

const countsDocument = ({ matched, played, until }: Readonly<RuleCounts>) => ({
  matched,
  played,
  // JSON has no infinite numbers.
  ...(until !== undefined && { until: Math.min(until, Number.MAX_VALUE) })
})

const sessionsDocument = (
  { sessions }: SpaceState,
  list: MakeList,
  token: Hiding['token']
): Written<SnapshotDocument['sessions']> => ({
  opened: sessions.opened,
  products: sessions.products.map(({ product, swept, open, ended }) => ({
    product,
    swept,
    open: list(open, session => ({ ...sessionDocument(session), token: token(session.token) })),
    ended: list(ended, session => ({ ...endedDocument(session), token: token(session.token) }))
  }))
})

type EndedDocument = SnapshotDocument['sessions']['products'][number]['ended'][number]

const endedDocument = (session: Session): EndedDocument => {
  const { end = endDocument(session.dueEnd), ...document } = sessionDocument(session)
  return { ...document, end }
}

const journalDocument = (
  { dropped, entries, listed }: NonNullable<SpaceState['journal']>,
  list: MakeList
): Written<NonNullable<SnapshotDocument['journal']>> => ({
  dropped,
  rows: list(entries, entry => rowDocument(entry, session => listed.has(session)))
})

/** The replacements of secrets in a snapshot for reading. */
export interface Hiding {
  token(token: string): string
  /** The name of a counter. */
  name(name: string): string
  text(text: string): string
}

interface HiddenSpace {
  readonly secrets: SpaceSecrets
  readonly accounts: Accounts
}

/** Hides the tokens and passwords of a space. */
export const hidingOf = ({ secrets, accounts }: HiddenSpace): Hiding => {
  const text = redactorOf(secrets)
  // A counter is named by words and numbers, then a login or a token, which the session store may have dropped or never had.
  const isShown = (word: string) => /^(?:[a-z_-]*|\d{1,9})$/.test(word) || accounts.find(word)?.isListed === true
  const hideWord = (word: string) => (isShown(word) ? text(word) : shortToken(word))
  return { token: shortToken, name: name => name.split(' ').map(hideWord).join(' '), text }
}
