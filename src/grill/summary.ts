import type { Baseline } from './baseline.js'
import type { CaseOutcome, CaseResult } from './grill.js'
import type { Misbehaviour, MisbehaviourName } from './misbehaviour.js'
import type { GrillCase } from './plan.js'

/** A misbehaviour at a case, or in the baseline where there is no case. */
export interface GrillFinding {
  readonly id: string
  readonly misbehaviour: Misbehaviour
  readonly result?: CaseResult
  /** Allowed, or accepted before: it does not count. */
  readonly known: boolean
}

/** Everything that a report tells. */
export interface GrillSummary {
  readonly version: string
  readonly words: readonly string[]
  readonly startedAt: string
  readonly milliseconds: number
  readonly baseline: Baseline
  /** How many cases there are, and those that were chosen of them. */
  readonly planned: number
  readonly chosen: readonly GrillCase[]
  readonly seed: string
  readonly results: readonly CaseResult[]
  readonly findings: readonly GrillFinding[]
  readonly interrupted: boolean
  /** The command that plays a scenario file again. */
  readonly again: (file: string) => string
}

/** What does not count as a finding. */
export interface KnownFindings {
  readonly allowed: readonly MisbehaviourName[]
  /** Keys of findings: see `findingKey`. */
  readonly accepted: ReadonlySet<string>
}

/** A finding as a baseline file names it. */
export const findingKey = (id: string, name: string): string => `${id} ${name}`

/** The id of what the command does wrong without any fault. */
export const baselineId = 'baseline'

/** All findings: those of the baseline, then those of the cases in their order. */
export const findingsOf = (
  { misbehaviours }: Baseline,
  results: readonly CaseResult[],
  { allowed, accepted }: KnownFindings
): GrillFinding[] => {
  const isKnown = (id: string, name: MisbehaviourName) => allowed.includes(name) || accepted.has(findingKey(id, name))
  const finding = (id: string, misbehaviour: Misbehaviour, result?: CaseResult): GrillFinding => ({
    id,
    misbehaviour,
    ...(result && { result }),
    known: isKnown(id, misbehaviour.name)
  })
  return [
    ...misbehaviours.map(each => finding(baselineId, each)),
    ...results.flatMap(result => result.misbehaviours.map(each => finding(result.case.id, each, result)))
  ]
}

/** How many cases came out so. */
export const countOutcomes = (results: readonly CaseResult[]): Record<CaseOutcome, number> => {
  const counts = { survived: 0, 'failed cleanly': 0, misbehaved: 0, 'not reached': 0 }
  for (const { outcome } of results) counts[outcome] += 1
  return counts
}
