import type { Verdict } from '../journal/verdicts.js'
import type { FlightRecord } from './flight-record.js'
import { type JUnitCase, renderJUnit } from './junit.js'

/** The verdicts as a JUnit file: one test case each, failed if the verdict has findings. */
export const renderVerdicts = ({ startedAt, endedAt, verdicts }: FlightRecord): string =>
  renderJUnit({
    name: 'session-mock verdicts',
    startedAt,
    time: (Date.parse(endedAt) - Date.parse(startedAt)) / 1000,
    cases: verdicts.map(caseOf)
  })

const caseOf = ({ verdict, description, findings }: Verdict): JUnitCase => ({
  className: 'session-mock.verdicts',
  name: verdict,
  ...(findings.length > 0 && {
    failure: {
      type: verdict,
      message: `${description} (${findings.length})`,
      text: findings.map(({ space, words }) => `${space}: ${words}`).join('\n')
    }
  })
})
