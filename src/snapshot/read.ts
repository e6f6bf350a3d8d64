import type { Product } from '../product/product.js'
import type { Source } from '../scenario/format/source.js'
import type { Scenario } from '../scenario/scenario.js'
import { ScenarioError } from '../scenario/validation-issue.js'
import type { SpaceState } from '../space/space-state.js'
import { checkCounts, checkParts, createSnapshotCheck } from './check.js'
import { createSessionLookup, readRow } from './row-document.js'
import type { SnapshotDocument } from './schema.js'
import { readSession } from './session-document.js'
import { SnapshotError } from './snapshot-error.js'

export interface SnapshotReaderOptions {
  readonly products: readonly Product[]
  /** Throws ScenarioError. */
  readonly readScenario: (source: Source) => Promise<Scenario>
}

/** Reads snapshots from JSON values. What it gives throws SnapshotError where one cannot be restored here. */
export const createSnapshotReader = ({
  products,
  readScenario
}: SnapshotReaderOptions): ((value: unknown) => Promise<SpaceState>) => {
  const check = createSnapshotCheck()
  return async value => {
    const document = check(value)
    checkParts(document, products)
    const scenario = await readScenario(document.scenario).catch(rethrow)
    checkCounts(document, scenario)
    return stateOf(document, scenario)
  }
}

const rethrow = (error: unknown): never => {
  if (!(error instanceof ScenarioError)) throw error
  throw new SnapshotError(error.message.split('\n').map(message => ({ at: 'scenario.text', message })))
}

const stateOf = (document: SnapshotDocument, scenario: Scenario): SpaceState => {
  const { rules, random } = document
  const sessions = readSessions(document)
  return {
    scenario,
    clock: document.clock,
    random: { root: random.root, counts: random.counts?.map(pair) },
    states: document.states.map(({ word, until = Number.POSITIVE_INFINITY }) => ({ word, until })),
    counters: document.counters.map(pair),
    blocked: document.blocked,
    requests: document.requests,
    inherited: document.inherited,
    rules: { ...rules, byLogin: rules.byLogin.map(({ key, ...counts }) => [key, counts]) },
    sessions,
    fixed: document.fixed,
    journal: document.journal && readJournal(document.journal, sessions)
  }
}

const pair = ({ key, count }: { readonly key: string; readonly count: number }) => [key, count] as const

const readSessions = ({ sessions }: SnapshotDocument): SpaceState['sessions'] => ({
  opened: sessions.opened,
  products: sessions.products.map(({ product, swept, open, ended }) => ({
    product,
    swept,
    open: open.map(session => readSession(product, session)),
    ended: ended.map(session => readSession(product, session))
  }))
})

const readJournal = (
  { dropped, rows }: NonNullable<SnapshotDocument['journal']>,
  { products }: SpaceState['sessions']
): SpaceState['journal'] => {
  const listed = new Set(products.flatMap(({ open, ended }) => [...open, ...ended]))
  const sessionOf = createSessionLookup(listed)
  return { dropped, entries: rows.map(row => readRow(row, sessionOf)), listed }
}
