import { nearest, UserError } from '../../src/base/errors.js'
import type { ControlContext, ControlRequest, Endpoint } from '../../src/control/endpoint.js'
import { Problem } from '../../src/http/problem.js'
import type { Answer } from '../../src/http/response.js'
import { secretsOf } from '../../src/journal/redactor.js'
import { describeRuleWithCount } from '../../src/scenario/format/explain.js'
import { scenarioSchema } from '../../src/scenario/format/schema.js'
import { textOf } from '../../src/scenario/format/source.js'
import type { ParsedScenario } from '../../src/scenario/scenario.js'
import { ScenarioError } from '../../src/scenario/validation-issue.js'
import { endOfTime } from '../../src/session/clock.js'
import type { Space } from '../../src/space/space.js'
import { flag, list, mistakeSchema, natural, object, ref, text } from './schemas.js'

const readScenarioText: Endpoint = {
  method: 'GET',
  path: '/scenario/text',
  summary: 'Get the source text of the scenario',
  answers: {
    200: { description: 'The text, in YAML or JSON.', type: 'application/yaml', schema: { type: 'string' } },
    404: { description: 'It has no source text.' }
  },
  run: async ({ context, space }) => {
    const found = textOf(space.scenario)
    if (!found) throw new Problem(404, 'There is no text', 'The scenario of this space has no source text.')
    return yaml('text' in found ? found.text : await context.catalog.text(found.shipped))
  }
}

const readScenarioSchema: Endpoint = {
  method: 'GET',
  path: '/schema',
  stateless: true,
  summary: 'Get the JSON Schema of scenarios',
  answers: { 200: { description: 'The schema.', schema: { type: 'object' } } },
  run: ({ context }) => scenarioSchema(context.products)
}

const listShipped: Endpoint = {
  method: 'GET',
  path: '/scenarios',
  stateless: true,
  summary: 'List the shipped scenarios',
  answers: {
    200: { description: 'The scenarios.', schema: object({ scenarios: list(object({ name: text, title: text })) }) }
  },
  run: async ({ context }) => {
    const names = await context.catalog.names()
    return {
      scenarios: await Promise.all(
        names.map(async name => ({ name, title: (await context.catalog.find(name)).scenario.title }))
      )
    }
  }
}

const readShipped: Endpoint = {
  method: 'GET',
  path: '/scenarios/{name}',
  stateless: true,
  summary: 'Get the text of a shipped scenario',
  answers: {
    200: { description: 'The text, in YAML.', type: 'application/yaml', schema: { type: 'string' } },
    404: { description: 'No scenario is shipped by this name.' }
  },
  run: async ({ context, params: { name = '' } }) => {
    const names = await context.catalog.names()
    if (names.includes(name)) return yaml(await context.catalog.text(name))
    const { title, detail } = unknownScenario(name, names)
    throw new Problem(404, title, detail, { scenarios: names })
  }
}

const yaml = (body: string): Answer => ({ status: 200, headers: { 'Content-Type': 'application/yaml' }, body })

const validateScenario: Endpoint = {
  method: 'POST',
  path: '/scenario/validate',
  stateless: true,
  summary: 'Validate the text of a scenario: errors with their lines, rules as sentences; nothing changes',
  text: true,
  answers: {
    200: {
      description: 'Its errors, or its rules as sentences.',
      schema: object(
        { valid: flag, errors: list(mistakeSchema), warnings: list(ref('Mistake')) },
        { title: text, rules: list(object({ number: natural, rule: text, sentence: text })) }
      )
    }
  },
  run: async ({ body, context }) => {
    try {
      const { scenario, warnings } = await parseScenario(body, context)
      const rules = scenario.rules.map(({ number, title, sentence }) => ({ number, rule: title, sentence }))
      return { valid: true, errors: [], warnings, title: scenario.title, rules }
    } catch (error) {
      return { valid: false, errors: errorsOf(error), warnings: [] }
    }
  }
}

const errorsOf = (error: unknown): readonly object[] => {
  if (error instanceof ScenarioError) return error.issues
  if (error instanceof UserError || error instanceof Problem) return [{ message: error.message }]
  throw error
}

/** The scenario in a body: a text, or the name of a shipped one. Throws a Problem with all its errors. */
const readScenario = async (body: unknown, context: ControlContext): Promise<ParsedScenario> => {
  try {
    return await parseScenario(body, context)
  } catch (error) {
    if (error instanceof ScenarioError)
      throw new Problem(400, 'The scenario has errors', error.message, { errors: error.issues })
    if (error instanceof UserError) throw new Problem(400, 'The scenario has errors', error.message)
    throw error
  }
}

/** The same, but throws a ScenarioError or UserError for an invalid text. */
const parseScenario = async (body: unknown, { catalog }: ControlContext): Promise<ParsedScenario> => {
  const text = String(body).trim()
  if (text === '')
    throw new Problem(400, 'No scenario', 'The body is empty: send YAML, JSON, or the name of a shipped scenario.')
  const names = await catalog.names()
  if (names.includes(text)) return catalog.find(text)
  if (/^[\w-]+$/.test(text)) throw unknownScenario(text, names)
  return catalog.read({ name: 'body', text: String(body) })
}

const unknownScenario = (name: string, names: readonly string[]): Problem => {
  const meant = nearest(name, names)
  return new Problem(
    400,
    'No such scenario',
    `No scenario called "${name}" is shipped${meant ? `; did you mean ${meant}?` : '; the text of a scenario has more than one word.'}`,
    { scenarios: names }
  )
}

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
