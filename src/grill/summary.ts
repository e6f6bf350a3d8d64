import type { Baseline } from './baseline.js'
import type { CaseOutcome, CaseResult } from './grill.js'
import type { Misbehaviour, MisbehaviourName } from './misbehaviour.js'
import type { GrillCase } from './plan.js'

/** A misbehaviour in a case, or in the baseline without a case. */
export interface GrillFinding {
  readonly id: string
  readonly misbehaviour: Misbehaviour
  readonly result?: CaseResult
  /** Allowed or accepted: does not count. */
  readonly known: boolean
}

/** The content of a report. */
export interface GrillSummary {
  readonly version: string
  readonly words: readonly string[]
  readonly startedAt: string
  readonly milliseconds: number
  readonly baseline: Baseline
  /** Number of planned cases, and the selected ones. */
  readonly planned: number
  readonly chosen: readonly GrillCase[]
  readonly seed: string
  readonly results: readonly CaseResult[]
  readonly findings: readonly GrillFinding[]
  readonly interrupted: boolean
  /** The command that repeats a scenario file. */
  readonly again: (file: string) => string
}

/** Misbehaviours that do not count. */
export interface KnownFindings {
  readonly allowed: readonly MisbehaviourName[]
  /** Keys of findings: see `findingKey`. */
  readonly accepted: ReadonlySet<string>
}

/** The key of a finding in a baseline file. */
export const findingKey = (id: string, name: string): string => `${id} ${name}`

/** The id of findings without a fault. */
export const baselineId = 'baseline'

/** All findings: of the baseline, then of the cases in order. */
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

/** Number of cases by outcome. */
export const countOutcomes = (results: readonly CaseResult[]): Record<CaseOutcome, number> => {
  const counts = { survived: 0, 'failed cleanly': 0, misbehaved: 0, 'not reached': 0 }
  for (const { outcome } of results) counts[outcome] += 1
  return counts
}
