import { type JUnitCase, renderJUnit } from '../report/junit.js'
import { describeDifference } from './difference.js'
import type { VerifyResult } from './result.js'
import { describeOutcome } from './text-report.js'
import type { CaseResult } from './verdict.js'

/** One test case per case, failed if the mock differs from the server. */
export const createVerifyJUnit = ({ product, startedAt, milliseconds, results }: VerifyResult): string =>
  renderJUnit({
    name: `session-mock verify-real ${product.name}`,
    startedAt,
    time: milliseconds / 1000,
    cases: results.map(result => junitCase(product.name, result))
  })

const junitCase = (product: string, result: CaseResult): JUnitCase => ({
  className: `session-mock.verify-real.${product}.${result.case.step.replaceAll(' ', '-')}`,
  name: result.case.name,
  ...(result.outcome === 'not sent' && { skipped: result.why ?? '' }),
  ...(result.outcome === 'no answer' && { failure: { type: 'no answer', message: result.why ?? '', text: '' } }),
  ...(result.outcome === 'mock differs' && {
    failure: {
      type: result.differences[0]?.kind ?? '',
      message: describeOutcome(result),
      text: result.differences.map(describeDifference).join('\n')
    }
  })
})
