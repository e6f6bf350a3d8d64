import { getOrCreate } from '../base/collections.js'
import { choice, UserError } from '../base/errors.js'
import { eachInSlices, mapInSlices, type Slices } from '../base/slices.js'
import { isRecord } from '../product/fields.js'
import type { Product } from '../product/product.js'
import { type Check, createChecks } from '../scenario/format/schema-check.js'
import type { Source } from '../scenario/format/source.js'
import type { Scenario } from '../scenario/scenario.js'
import {
  describeValue,
  formatPath,
  type Path,
  ScenarioError,
  type ValidationIssue
} from '../scenario/validation-issue.js'
import type { Session } from '../session/session-store.js'
import { createSessionLookup, readRow } from './row-document.js'
import { createSessionReader } from './session-document.js'
import { type SnapshotDocument, snapshotFormat, snapshotSchema, snapshotVersion } from './snapshot-schema.js'
import type { SpaceState } from './space-state.js'

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

const howToGet = 'GET /__admin/snapshot?secrets=true returns one'

/** Creates a check of JSON values. It throws a SnapshotError for an invalid snapshot, another version, or hidden tokens. */
export const createSnapshotCheck = (): ((value: unknown, slices: Slices) => Promise<SnapshotDocument>) => {
  const check = createCheckInSlices(snapshotSchema, createChecks({ allErrors: false }))
  return async (value, slices) => {
    refuseOthers(value)
    const issues = await check(value, slices)
    if (issues.length > 0)
      throw new SnapshotError(issues.map(({ path, message }) => ({ at: formatPath(path), message })))
    return value as SnapshotDocument
  }
}

const refuse = (at: string, message: string): never => {
  throw new SnapshotError([{ at, message }])
}

const refuseOthers = (value: unknown): void => {
  if (!isRecord(value) || value.format !== snapshotFormat)
    throw new SnapshotError([
      { at: '', message: `this is not a snapshot: the key "format" is not "${snapshotFormat}"; ${howToGet}` }
    ])
  const { version, tokens } = value
  if (version !== snapshotVersion)
    refuse('version', `expected ${snapshotVersion}, which this session-mock reads, found ${describeValue(version)}`)
  if (tokens === 'hidden')
    refuse(
      'tokens',
      'the tokens of this snapshot are hidden, so that its sessions cannot be restored; GET /__admin/snapshot?secrets=true returns one with whole tokens'
    )
}

/** Throws a SnapshotError if parts of a snapshot do not fit these products, or each other. */
export const checkParts = async (
  document: SnapshotDocument,
  products: readonly Product[],
  slices: Slices
): Promise<void> => {
  // One after the other: two large sets that grow in one slice would make it twice as long.
  const checks = [productIssues, tokenIssues, numberIssues, rowIssues].map(check => check(document))
  for (const issues of [unknownProducts(document, products), ...checks])
    await eachInSlices(issues, slices, issue => {
      if (issue) throw new SnapshotError([issue])
    })
}

/** Throws a SnapshotError if the counts of a snapshot do not fit the rules of its scenario. */
export const checkCounts = ({ rules }: SnapshotDocument, { rules: { length } }: Scenario): void => {
  if (rules.totals.length !== length)
    refuse('rules.totals', `expected counts of ${length} rules, as the scenario has, found ${rules.totals.length}`)
  const wrong = rules.bySession.findIndex(({ rule }) => rule > length)
  if (wrong >= 0) refuse(`rules.bySession[${wrong}].rule`, `expected the number of one of ${length} rules`)
}

/** The issues of each part, in order. */
type Issues = Iterable<SnapshotIssue | undefined>

function* unknownProducts({ sessions, fixed, blocked }: SnapshotDocument, products: readonly Product[]): Issues {
  const names = new Set(products.map(({ name }) => name))
  const lists = { 'sessions.products': sessions.products, fixed, blocked }
  for (const [list, items] of Object.entries(lists))
    for (const [index, { product }] of items.entries())
      if (!names.has(product))
        yield {
          at: `${list}[${index}].product`,
          message: `expected ${choice([...names])}, which this server has, found ${describeValue(product)}`
        }
}

function* productIssues({ sessions: { products } }: SnapshotDocument): Issues {
  const names = new Set<string>()
  for (const [index, { product }] of products.entries()) {
    if (names.has(product))
      yield { at: `sessions.products[${index}].product`, message: `the sessions of ${product} are repeated` }
    names.add(product)
  }
}

function* tokenIssues({ sessions: { products } }: SnapshotDocument): Issues {
  for (const [index, { open, ended }] of products.entries()) {
    const tokens = new Set<string>()
    for (const [list, sessions] of Object.entries({ open, ended }))
      for (const [place, { token }] of sessions.entries()) {
        if (tokens.has(token))
          yield { at: `sessions.products[${index}].${list}[${place}].token`, message: 'this token is repeated' }
        tokens.add(token)
        yield undefined
      }
  }
}

function* numberIssues({ sessions: { products, opened } }: SnapshotDocument): Issues {
  const numbers = new Set<number>()
  for (const [index, { open, ended }] of products.entries())
    for (const [list, sessions] of Object.entries({ open, ended }))
      for (const [place, { number }] of sessions.entries()) {
        const isOpened = number >= 1 && number <= opened
        if (!isOpened || numbers.has(number))
          yield {
            at: `sessions.products[${index}].${list}[${place}].number`,
            message: isOpened
              ? `the session ${number} is repeated`
              : `expected a number from 1 to ${opened}, the number of opened sessions, found ${number}`
          }
        numbers.add(number)
        yield undefined
      }
}

function* rowIssues({ journal, requests, sessions }: SnapshotDocument): Issues {
  const rows = journal?.rows ?? []
  if (rows.length === 0) return
  const listed = new Set<number>()
  for (const { open, ended } of sessions.products)
    for (const list of [open, ended])
      for (const { number } of list) {
        listed.add(number)
        yield undefined
      }
  for (const [index, { number, session }] of rows.entries()) {
    const at = `journal.rows[${index}]`
    if (number > requests)
      yield {
        at: `${at}.number`,
        message: `expected a number up to that of the last request, ${requests}, found ${number}`
      }
    if (typeof session === 'number' && !listed.has(session))
      yield { at: `${at}.session`, message: `there is no session ${session}` }
  }
}

/** The parts of a JSON Schema with the schemas of members and items. */
interface Schema {
  readonly properties?: Readonly<Record<string, object>>
  readonly items?: object
}

/** Number of items of a list in one check. */
const together = 500

/** Maximum depth of lists that are checked in slices; deeper ones are checked at once. */
const deepest = 8

/** The items of a list after its first ones. */
interface Rest {
  readonly path: Path
  readonly items: readonly unknown[]
}

/** Checks values against a schema in slices of time: first the value with the first items of its lists, then the other items. */
export const createCheckInSlices = (
  schema: Schema,
  compile: (schema: object) => Check
): ((value: unknown, slices: Slices) => Promise<readonly ValidationIssue[]>) => {
  const checkWhole = compile(schema)
  const checks = new Map<object, Check>()
  const checkItems = (items: object) => getOrCreate(checks, items, () => compile({ type: 'array', items }))
  return async (value, slices) => {
    const rests: Rest[] = []
    const issues = checkWhole(shortened(value, [], rests))
    for (let rest = rests.shift(); rest && issues.length === 0; rest = rests.shift()) {
      const items = schemaAt(schema, rest.path)?.items
      if (items) issues.push(...(await restIssues(rest, checkItems(items), slices)))
    }
    return issues
  }
}

const restIssues = async ({ path, items }: Rest, check: Check, slices: Slices): Promise<ValidationIssue[]> => {
  for (let from = together; from < items.length; from += together) {
    if (slices.isOver) await slices.next()
    const issues = check(items.slice(from, from + together))
    if (issues.length > 0)
      return issues.map(issue => {
        const [index, ...within] = issue.path
        return { ...issue, path: [...path, Number(index) + from, ...within] }
      })
  }
  return []
}

/** The value with only the first items of its lists; the other items are added to `rests`. */
const shortened = (value: unknown, path: Path, rests: Rest[]): unknown => {
  if (path.length > deepest) return value
  if (Array.isArray(value)) {
    if (value.length > together) rests.push({ path, items: value })
    return value.slice(0, together).map((item, index) => shortened(item, [...path, index], rests))
  }
  if (!isRecord(value)) return value
  const members = Object.entries(value).map(([key, member]) => [key, shortened(member, [...path, key], rests)])
  return Object.fromEntries(members)
}

const schemaAt = (schema: Schema, path: Path): Schema | undefined =>
  path.reduce<Schema | undefined>(
    (found, key) => (typeof key === 'number' ? found?.items : found?.properties?.[key]),
    schema
  )

/** An error at a place of a snapshot. */
export interface SnapshotIssue {
  /** `sessions.products[0].open[2].token`; empty for the whole. */
  readonly at: string
  readonly message: string
}

/** A snapshot that cannot be restored, with the reasons. */
export class SnapshotError extends UserError {
  constructor(readonly issues: readonly SnapshotIssue[]) {
    super(issues.map(({ at, message }) => (at === '' ? message : `${at}: ${message}`)).join('\n'))
  }
}
