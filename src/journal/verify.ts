import { pathOf } from '../http/path.js'
import type { Entry } from './entry.js'
import { describeReason } from './reasons.js'
import { createFilter, type Filter } from './search.js'

/** A whole number, or bounds. */
export type Count = number | { readonly least?: number; readonly most?: number }

export interface Expected extends Filter {
  readonly count?: Count
}

/** What differs from what was expected, a sentence each; nothing where all is as it should be. */
export const differences = (expected: readonly Expected[], entries: readonly Entry[], ordered: boolean): string[] => {
  const wrong = expected.flatMap((each, index) => miscounted(each, index, entries))
  return wrong.length > 0 || !ordered ? wrong : misordered(expected, entries)
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
  const said = `expectation ${index + 1}: expected ${sayCount(count)} of ${sayFilter(filter)}, found ${found.length}`
  if (found.length > 0) return [`${said}: ${found.map(describeEntry).join('; ')}`]
  const near = nearestTo(filter, entries)
  return [near === undefined ? said : `${said}; the nearest is ${near}`]
}

/** In an order, each expectation is met by a request after the one that met the expectation before. */
const misordered = (expected: readonly Expected[], entries: readonly Entry[]): string[] => {
  let from = 0
  for (const [index, { count = 1, ...filter }] of expected.entries()) {
    const needed = typeof count === 'number' ? count : (count.least ?? 0)
    const matches = createFilter(filter)
    for (let met = 0; met < needed; met += 1) {
      const at = entries.findIndex((entry, position) => position >= from && matches(entry))
      if (at < 0)
        return [`expectation ${index + 1}: ${sayFilter(filter)} came, but not after ${sayBefore(entries[from - 1])}`]
      from = at + 1
    }
  }
  return []
}

const sayBefore = (entry: Entry | undefined): string => (entry ? describeEntry(entry) : 'the beginning')

const sayCount = (count: Count): string => {
  if (typeof count === 'number') return `${count}`
  const { least = 0, most } = count
  if (most === undefined) return `at least ${least}`
  return least === 0 ? `at most ${most}` : `${least} to ${most}`
}

const sayFilter = (filter: Filter): string => {
  const said = Object.entries(filter).map(
    ([key, value]) => `${key} ${typeof value === 'object' ? JSON.stringify(value) : value}`
  )
  return said.length === 0 ? 'any request' : `requests with ${said.join(', ')}`
}

/** `request 7 (cbrain.session by demo, 401: expired 12s ago)`. */
export const describeEntry = ({
  isUnderway,
  number,
  product,
  operation,
  login,
  answer,
  why,
  method,
  url
}: Entry): string => {
  const what = product === undefined ? `${method} ${pathOf(url)}` : `${product}.${operation ?? 'unknown'}`
  return `request ${number} (${what}${login === undefined ? '' : ` by ${login}`}, ${isUnderway ? 'under way' : answer.status}${why ? `: ${describeReason(why)}` : ''})`
}

/** The newest request of those that fail the fewest keys of the search, and which these are. */
const nearestTo = (filter: Filter, entries: readonly Entry[]): string | undefined => {
  const tests = (Object.keys(filter) as (keyof Filter)[]).map(key => ({
    key,
    passes: createFilter({ state: 'any', [key]: filter[key] } as Filter)
  }))
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
