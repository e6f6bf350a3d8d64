import { documentFindings, findingsOf, type VerifyResult } from './result.js'
import type { CaseResult } from './verdict.js'

/** The result as JSON. */
export const createJson = (result: VerifyResult) => {
  const { product, server, fidelity, startedAt, milliseconds, results, sessions, stopped } = result
  return {
    product: product.name,
    server,
    fidelity,
    startedAt,
    milliseconds,
    stopped,
    sessions,
    findings: findingsOf(results),
    document: documentFindings(results),
    cases: results.map(jsonCase)
  }
}

const jsonCase = ({ case: each, outcome, why, differences, rightIn, document, answer, mock }: CaseResult) => ({
  name: each.name,
  step: each.step,
  request: `${each.request.method} ${each.request.target}`,
  source: each.source,
  place: each.place,
  outcome,
  why,
  rightIn,
  differences,
  document,
  answer,
  mock
})
