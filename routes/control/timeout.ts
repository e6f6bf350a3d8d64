import { parseDuration } from '../../src/base/duration.js'
import { inputProblem } from '../../src/http/problem.js'

/** The duration `within` in milliseconds. Throws a Problem if it is over ten minutes. */
export const timeoutOf = (within: string): number => {
  const ms = parseDuration(within) ?? Number.POSITIVE_INFINITY
  if (ms > 600_000) throw inputProblem({ in: 'body', at: 'within', message: `expected at most 10m, found "${within}"` })
  return ms
}
