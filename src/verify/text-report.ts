import { describeDifference } from './difference.js'
import {
  describeCounts,
  describeSessions,
  documentFindings,
  type Finding,
  findingsOf,
  type VerifyResult
} from './result.js'
import type { CaseResult, RightIn } from './verdict.js'

/** The result as text: one line per case, then each difference once. */
export const renderText = (result: VerifyResult): string => {
  const { product, server, fidelity, results, sessions, stopped } = result
  return [
    `${product.title} at ${server} and the mock, ${fidelity}`,
    '',
    ...caseLines(results),
    '',
    ...findingLines('Differences of the server from the mock:', findingsOf(results)),
    ...findingLines('The document differs, the mock is right:', documentFindings(results)),
    ...advice(result),
    `${describeCounts(results)}.${sessions === undefined ? '' : ` ${describeSessions(sessions)}.`}`,
    ...(stopped === undefined ? [] : [`The run ended early: ${stopped}.`]),
    ''
  ].join('\n')
}

const caseLines = (results: readonly CaseResult[]): string[] => {
  const widths = { step: longest(results.map(({ case: { step } }) => step)), name: longest(results.map(nameOf)) }
  return results.map(result => {
    const { step } = result.case
    return `  ${step.padEnd(widths.step)}  ${nameOf(result).padEnd(widths.name)}  ${describeOutcome(result)}`
  })
}

const nameOf = (result: CaseResult): string => result.case.name

const longest = (texts: readonly string[]): number => Math.max(0, ...texts.map(({ length }) => length))

/** `mock differs; observed is right`. */
export const describeOutcome = ({ outcome, rightIn, why, document }: CaseResult): string => {
  if (why !== undefined) return `${outcome}: ${why}`
  if (outcome === 'same') return document === undefined || document.length === 0 ? 'same' : 'same; the document differs'
  if (rightIn === 'no overlay') return 'mock differs; without the overlay it is right'
  if (rightIn !== undefined) return `mock differs; ${rightIn} is right`
  if (document === undefined) return 'mock differs'
  return document.length === 0 ? 'mock differs; the document is right' : 'mock differs; so does the document'
}

const findingLines = (title: string, findings: readonly Finding[]): string[] => {
  if (findings.length === 0) return []
  return [
    title,
    ...findings.flatMap(finding => [`  ${describeFinding(finding)}`, `    ${finding.cases.join('; ')}`]),
    ''
  ]
}

/** `status: 403 instead of 401 (the mock is right with --fidelity observed)`. */
export const describeFinding = ({ difference, rightIn }: Finding): string =>
  `${describeDifference(difference)}${rightIn === undefined ? '' : ` (the mock is right ${describeRight(rightIn)})`}`

const describeRight = (rightIn: RightIn): string =>
  rightIn === 'no overlay' ? 'without the overlay' : `with --fidelity ${rightIn}`

const advice = ({ results, product }: VerifyResult): string[] => {
  const right = new Set(results.flatMap(({ rightIn }) => rightIn ?? []))
  return [...right].map(rightIn =>
    rightIn === 'no overlay'
      ? 'The overlay contradicts the server: write it again with --save.'
      : `Run the mock with --fidelity ${product.name}=${rightIn} for the cases that are right there.`
  )
}
