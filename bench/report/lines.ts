import { readable } from '../numbers.js'
import type { Results } from '../results.js'
import type { Target } from '../targets.js'
import { isLost, isMet } from '../verdict.js'

/** A line for each target, such as `ok - throughput, 32 connections: 0.83 × bare Fastify (target at least 0.8)`. */
export const lines = (targets: readonly Target[], results: Results): readonly string[] =>
  targets.map(target => line(target, target.of(results)))

/** Whether a target could not be measured, or was missed by more than noise explains. */
export const anyLost = (targets: readonly Target[], results: Results): boolean =>
  targets.some(target => {
    const measured = target.of(results)
    return measured === undefined || isLost(target, measured)
  })

const line = (target: Target, measured: number | undefined) => {
  const { name, unit, bound, limit } = target
  if (measured === undefined) return `not ok - ${name}: could not be measured`
  const verdict = isLost(target, measured) ? 'not ok' : 'ok'
  const short = isMet(target, measured) ? '' : 'short of the '
  return `${verdict} - ${name}: ${readable(measured)}${unit} (${short}target ${bound} ${limit})`
}
