import { eachInSlices, mapInSlices, type Slices } from '../base/in-slices.js'
import type { Product } from '../product/product.js'
import type { Source } from '../scenario/format/source.js'
import type { Scenario } from '../scenario/scenario.js'
import { ScenarioError } from '../scenario/validation-issue.js'
import type { Session } from '../session/sessions.js'
import type { SpaceState } from '../space/space-state.js'
import { checkCounts, checkParts, createSnapshotCheck } from './check.js'
import { createSessionLookup, readRow } from './row-document.js'
import type { SnapshotDocument } from './schema.js'
import { createSessionReader } from './session-document.js'
import { SnapshotError } from './snapshot-error.js'

export interface SnapshotReaderOptions {
  readonly products: readonly Product[]
  /** Throws a ScenarioError. */
  readonly readScenario: (source: Source) => Promise<Scenario>
}

/** Creates a reader of snapshots from JSON values, in slices of time. The reader throws a SnapshotError for a snapshot that cannot be restored. */
export const createSnapshotReader = ({
  products,
  readScenario
}: SnapshotReaderOptions): ((value: unknown, slices: Slices) => Promise<SpaceState>) => {
  const check = createSnapshotCheck()
  return async (value, slices) => {
    const document = await check(value, slices)
    await checkParts(document, products, slices)
    const scenario = await readScenario(document.scenario).catch(rethrow)
    checkCounts(document, scenario)
    return stateOf(document, scenario, slices)
  }
}

const rethrow = (error: unknown): never => {
  if (!(error instanceof ScenarioError)) throw error
  throw new SnapshotError(error.message.split('\n').map(message => ({ at: 'scenario.text', message })))
}

const stateOf = async (document: SnapshotDocument, scenario: Scenario, slices: Slices): Promise<SpaceState> => {
  const { rules, random } = document
  const sessions = await readSessions(document, slices)
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
    journal: document.journal && (await readJournal(document.journal, sessions, slices))
  }
}

const pair = ({ key, count }: { readonly key: string; readonly count: number }) => [key, count] as const

const readSessions = async ({ sessions }: SnapshotDocument, slices: Slices): Promise<SpaceState['sessions']> => {
  const products: SpaceState['sessions']['products'][number][] = []
  const read = createSessionReader()
  for (const { product, swept, open, ended } of sessions.products)
    products.push({
      product,
      swept,
      open: await mapInSlices(open, session => read(product, session), slices),
      ended: await mapInSlices(ended, session => read(product, session), slices)
    })
  return { opened: sessions.opened, products }
}

const readJournal = async (
  { dropped, rows }: NonNullable<SnapshotDocument['journal']>,
  { products }: SpaceState['sessions'],
  slices: Slices
): Promise<SpaceState['journal']> => {
  const listed = new Set<Session>()
  for (const { open, ended } of products)
    for (const sessions of [open, ended]) await eachInSlices(sessions, slices, session => listed.add(session))
  const sessionOf = await createSessionLookup(listed, slices)
  return { dropped, entries: await mapInSlices(rows, row => readRow(row, sessionOf), slices), listed }
}
