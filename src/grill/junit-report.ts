import { type JUnitCase, renderJUnit } from '../report/junit.js'
import type { CaseResult } from './grill.js'
import type { Misbehaviour } from './misbehaviour.js'
import { baselineId, type GrillFinding, type GrillSummary } from './summary.js'

/** One test case for the baseline and one for each case. A test case fails on an unknown misbehaviour. */
export const createGrillJUnit = ({ startedAt, milliseconds, baseline, results, findings }: GrillSummary): string =>
  renderJUnit({
    name: 'session-mock grill',
    startedAt,
    time: milliseconds / 1000,
    cases: [
      {
        className: 'session-mock.grill',
        name: 'without a fault',
        time: baseline.milliseconds / 1000,
        ...failureOf(openFindings(baselineId, findings), baseline.requests)
      },
      ...results.map(result => caseOf(result, openFindings(result.case.id, findings)))
    ]
  })

const openFindings = (id: string, findings: readonly GrillFinding[]): Misbehaviour[] =>
  findings.filter(each => each.id === id && !each.known).map(({ misbehaviour }) => misbehaviour)

const caseOf = (
  { case: each, outcome, milliseconds, requests }: CaseResult,
  open: readonly Misbehaviour[]
): JUnitCase => ({
  className: `session-mock.grill.${each.product}`,
  name: `${each.id} (${each.title})`,
  time: milliseconds / 1000,
  ...failureOf(open, requests),
  ...(outcome === 'not reached' && { skipped: 'the command did not reach this call' })
})

const failureOf = (open: readonly Misbehaviour[], lines: ReadonlyMap<number, string>): Pick<JUnitCase, 'failure'> => {
  if (open.length === 0) return {}
  return {
    failure: {
      type: open[0]?.name ?? '',
      message: open.map(({ name }) => name).join(', '),
      text: open
        .map(({ name, words, requests }) =>
          [`${name}: ${words}`, ...requests.map(each => `  ${lines.get(each)}`)].join('\n')
        )
        .join('\n')
    }
  }
}
