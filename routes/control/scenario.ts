import type { ControlRequest, Endpoint } from '../../src/control/endpoint.js'
import { secretsOf } from '../../src/journal/scenario-secrets.js'
import { describeRuleWithCount } from '../../src/scenario/format/explain.js'
import type { ParsedScenario } from '../../src/scenario/scenario.js'
import type { Space } from '../../src/space/space.js'
import { endOfTime } from '../../src/state/clock.js'
import { listShipped, readScenarioSchema, readScenarioText, readShipped } from './scenario-catalog.js'
import { readScenario } from './scenario-input.js'
import { validateScenario } from './scenario-validate.js'
import { ref } from './schemas.js'

const read: Endpoint = {
  method: 'GET',
  path: '/scenario',
  summary: 'Get the scenario: rules as sentences, with their counts',
  answers: { 200: { description: 'The scenario.', schema: ref('Scenario') } },
  run: ({ space }) => renderScenario(space)
}

const replace: Endpoint<ParsedScenario> = {
  method: 'PUT',
  path: '/scenario',
  changes: 'each',
  logged: true,
  summary: 'Replace the scenario by a text in YAML or JSON, or by the name of a shipped scenario',
  query: {
    keep: {
      enum: ['sessions'],
      description: 'sessions: keep sessions, clock, state and journal; replace accounts, settings and rules only.'
    }
  },
  createsSpace: true,
  text: true,
  answers: {
    200: { description: 'The new scenario.', schema: ref('Scenario') },
    400: { description: 'All errors of the scenario; nothing is changed.' }
  },
  read: readScenario,
  run: async request => {
    const { context, space, scoped, query, body } = request
    const { scenario, warnings } = body
    if (!query.keep) await restart(request, scenario)
    else if (scoped) space.continueWith(scenario)
    else await context.spaces.adopt(scenario)
    return { ...renderScenario(space), ...(warnings.length > 0 && { warnings }) }
  }
}

const restore: Endpoint = {
  method: 'DELETE',
  path: '/scenario',
  changes: 'each',
  logged: true,
  summary: 'Restore the scenario of the server start',
  answers: { 200: { description: 'The new scenario.', schema: ref('Scenario') } },
  run: async request => {
    await restart(request, request.context.scenario)
    return renderScenario(request.space)
  }
}

const restart = ({ context, space, scoped }: ControlRequest, scenario: ParsedScenario['scenario']): Promise<void> =>
  scoped ? space.reset(scenario) : context.spaces.begin(scenario)

const renderScenario = (space: Space) => ({
  space: space.name,
  title: secretsOf(space.scenario).title,
  state: space.state,
  ...(space.stateEndsAt === undefined ? {} : { stateUntil: timeOf(space.stateEndsAt) }),
  ...(space.scenario.seed === undefined ? {} : { seed: space.scenario.seed }),
  rules: space.ruleEngine.rules.map(rule => {
    const counts = space.ruleEngine.counts(rule)
    return {
      number: rule.number,
      rule: rule.title,
      sentence: describeRuleWithCount(rule, counts, space.clock.now()),
      matched: counts.matched,
      played: counts.played,
      ...(counts.until === undefined ? {} : { until: timeOf(counts.until) })
    }
  })
})

/** The text of a time in Unix milliseconds, at most the latest that a date can hold. */
const timeOf = (at: number): string => new Date(Math.min(at, endOfTime)).toISOString()

export const scenarioEndpoints = [
  read,
  replace,
  restore,
  validateScenario,
  readScenarioText,
  readScenarioSchema,
  listShipped,
  readShipped
]
