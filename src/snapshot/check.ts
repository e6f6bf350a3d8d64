import { eachInSlices, type Slices } from '../base/in-slices.js'
import { choice } from '../base/user-error.js'
import { isRecord } from '../kit/fields.js'
import type { Product } from '../product/product.js'
import { createChecks } from '../scenario/format/schema-check.js'
import type { Scenario } from '../scenario/scenario.js'
import { describeValue, formatPath } from '../scenario/validation-issue.js'
import { createCheckInSlices } from './check-in-slices.js'
import { type SnapshotDocument, snapshotFormat, snapshotSchema, snapshotVersion } from './schema.js'
import { SnapshotError, type SnapshotIssue } from './snapshot-error.js'

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
