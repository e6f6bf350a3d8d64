import type { Fidelity, Product } from '../product/product.js'
import type { Cases } from './case.js'
import { type Difference, differenceKey } from './difference.js'
import type { Run } from './player.js'
import type { CaseResult, RightIn } from './verdict.js'

/** The result of a run. */
export interface VerifyResult {
  readonly product: Pick<Product, 'name' | 'title'>
  readonly cases: Cases
  /** The server, or the file with its responses. */
  readonly server: string
  readonly fidelity: Fidelity
  /** ISO 8601. */
  readonly startedAt: string
  readonly milliseconds: number
  readonly results: readonly CaseResult[]
  /** Undefined without a server. */
  readonly sessions: Run['sessions'] | undefined
  /** The reason of an early stop. */
  readonly stopped: string | undefined
}

/** A difference, with its cases. */
export interface Finding {
  readonly difference: Difference
  readonly cases: readonly string[]
  /** The alternative in which the mock is right in all of these cases. */
  readonly rightIn: RightIn | undefined
}

/** The differences of the server from the mock, without repetition; a lost response is a difference too. */
export const findingsOf = (results: readonly CaseResult[]): Finding[] =>
  groupByDifference(results.map(result => ({ result, differences: [...result.differences, ...lostAnswer(result)] })))

/** The differences of the server from the documentation in which the mock is right. */
export const documentFindings = (results: readonly CaseResult[]): Finding[] =>
  groupByDifference(
    results
      .filter(({ outcome }) => outcome === 'same')
      .map(result => ({
        result,
        differences: result.document ?? []
      }))
  )

const lostAnswer = ({ outcome, why }: CaseResult): Difference[] =>
  outcome === 'no answer'
    ? [{ kind: 'no answer', place: 'no answer', expected: 'an answer', found: why ?? 'none' }]
    : []

interface ResultDifferences {
  readonly result: CaseResult
  readonly differences: readonly Difference[]
}

const groupByDifference = (all: readonly ResultDifferences[]): Finding[] => {
  const found = new Map<string, { difference: Difference; cases: string[]; right: (RightIn | undefined)[] }>()
  for (const { result, differences } of all)
    for (const difference of differences) {
      const key = differenceKey(difference)
      const known = found.get(key) ?? { difference, cases: [], right: [] }
      found.set(key, known)
      known.cases.push(result.case.name)
      known.right.push(result.rightIn)
    }
  return [...found.values()].map(({ difference, cases, right }) => ({
    difference,
    cases: [...new Set(cases)],
    rightIn: right.every(each => each === right[0]) ? right[0] : undefined
  }))
}

/** Number of cases by outcome. */
export const countOutcomes = (results: readonly CaseResult[]): Readonly<Record<CaseResult['outcome'], number>> => {
  const counts = { same: 0, 'mock differs': 0, 'no answer': 0, 'not sent': 0 }
  for (const { outcome } of results) counts[outcome] += 1
  return counts
}

/** `42 same, 3 differ, 1 without a response, 7 not sent`. */
export const describeCounts = (results: readonly CaseResult[]): string => {
  const counts = countOutcomes(results)
  const words = [
    `${counts.same} same`,
    `${counts['mock differs']} differ`,
    ...(counts['no answer'] > 0 ? [`${counts['no answer']} without a response`] : []),
    ...(counts['not sent'] > 0 ? [`${counts['not sent']} not sent`] : [])
  ]
  return words.join(', ')
}

/** `3 sessions were opened and ended`. */
export const describeSessions = ({ opened, left }: Run['sessions']): string => {
  const summary = `${opened} ${opened === 1 ? 'session was' : 'sessions were'} opened`
  return left === 0 ? `${summary} and ended` : `${summary}, ${left} could not be ended and will expire`
}
