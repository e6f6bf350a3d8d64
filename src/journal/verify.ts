import { pathOf } from '../http/path.js'
import type { Entry } from './entry.js'
import { describeReason } from './reasons.js'
import { Redaction, redactorOf } from './redaction.js'
import { createFilter, type Filter, keyTests } from './search.js'

/** A whole number, or bounds. */
export type Count = number | { readonly least?: number; readonly most?: number }

export interface Expected extends Filter {
  readonly count?: Count
}

/** The differences from the expectations, one sentence each, without secrets; empty if all are met. */
export const differences = (expected: readonly Expected[], entries: readonly Entry[], ordered: boolean): string[] => {
  const wrong = expected.flatMap((each, index) => miscounted(each, index, entries))
  const all = wrong.length > 0 || !ordered ? wrong : misordered(expected, entries)
  const { secrets } = entries[0] ?? {}
  return secrets ? all.map(redactorOf(secrets)) : all
}

const miscounted = (
  { count = { least: 1 }, ...filter }: Expected,
  index: number,
  entries: readonly Entry[]
): string[] => {
  const found = entries.filter(createFilter(filter))
  const { least = 0, most = Number.POSITIVE_INFINITY } =
    typeof count === 'number' ? { least: count, most: count } : count
  if (found.length >= least && found.length <= most) return []
  const redaction = new Redaction()
  const summary = `expectation ${index + 1}: expected ${describeCount(count)} of ${describeFilter(filter)}, found ${found.length}`
  if (found.length > 0) return [`${summary}: ${found.map(entry => describeEntry(entry, redaction)).join('; ')}`]
  const near = nearestTo(filter, entries)
  return [near === undefined ? summary : `${summary}; the nearest is ${near}`]
}

/** In an ordered list, the request of each expectation follows that of the previous one. */
const misordered = (expected: readonly Expected[], entries: readonly Entry[]): string[] => {
  let from = 0
  for (const [index, { count = 1, ...filter }] of expected.entries()) {
    const needed = typeof count === 'number' ? count : (count.least ?? 0)
    const matches = createFilter(filter)
    for (let met = 0; met < needed; met += 1) {
      const at = entries.findIndex((entry, position) => position >= from && matches(entry))
      if (at < 0)
        return [
          `expectation ${index + 1}: found ${describeFilter(filter)}, but not after ${describePrevious(entries[from - 1])}`
        ]
      from = at + 1
    }
  }
  return []
}

const describePrevious = (entry: Entry | undefined): string => (entry ? describeEntry(entry) : 'the beginning')

const describeCount = (count: Count): string => {
  if (typeof count === 'number') return `${count}`
  const { least = 0, most } = count
  if (most === undefined) return `at least ${least}`
  return least === 0 ? `at most ${most}` : `${least} to ${most}`
}

const describeFilter = (filter: Filter): string => {
  const conditions = Object.entries(filter).map(
    ([key, value]) => `${key} ${typeof value === 'object' ? JSON.stringify(value) : value}`
  )
  return conditions.length === 0 ? 'any request' : `requests with ${conditions.join(', ')}`
}

/** `request 7 (cbrain.session by demo, 401: expired 12s ago)`, without secrets. `redaction`: shared by entries of one text. */
export const describeEntry = (entry: Entry, redaction = new Redaction()): string => {
  const { isUnderway, number, product, operation, login, answer, why, method, url } = entry
  const target = product === undefined ? `${method} ${pathOf(url)}` : `${product}.${operation ?? 'unknown'}`
  const words = `request ${number} (${target}${login === undefined ? '' : ` by ${login}`}, ${isUnderway ? 'in progress' : answer.status}${why ? `: ${describeReason(why)}` : ''})`
  return redaction.of(entry)(words)
}

/** The newest of the requests with the fewest differences from the search, and the names of the differing keys. */
const nearestTo = (filter: Filter, entries: readonly Entry[]): string | undefined => {
  const tests = keyTests(filter)
  let best: Entry | undefined
  let fewest = tests.length
  for (const entry of entries) {
    const missed = tests.reduce((sum, { passes }) => (passes(entry) ? sum : sum + 1), 0)
    if (missed >= tests.length || missed > fewest) continue
    best = entry
    fewest = missed
  }
  if (!best) return undefined
  const nearest = best
  const missed = tests.filter(({ passes }) => !passes(nearest)).map(({ key }) => key)
  return `${describeEntry(nearest)}, which differs in ${missed.join(', ')}`
}
