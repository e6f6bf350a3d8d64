import { parseDuration } from '../../src/duration.js'
import { wrong } from '../../src/problem.js'

/** Milliseconds of a `within`. Throws a Problem where it is over ten minutes. */
export const spanOf = (within: string): number => {
  const ms = parseDuration(within) ?? Number.POSITIVE_INFINITY
  if (ms > 600_000) throw wrong({ in: 'body', at: 'within', message: `expected at most 10m, found "${within}"` })
  return ms
}
