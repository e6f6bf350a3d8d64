import { nearest, UserError } from '../../src/base/user-error.js'
import type { ControlRequest, Endpoint } from '../../src/control/endpoint.js'
import { Problem } from '../../src/http/problem.js'
import { describeRuleWithCount } from '../../src/scenario/format/explain.js'
import { scenarioSchema } from '../../src/scenario/format/schema.js'
import type { ParsedScenario } from '../../src/scenario/scenario.js'
import { ScenarioError } from '../../src/scenario/validation-issue.js'
import { endOfTime } from '../../src/state/clock.js'
import { list, object, ref, text } from './schemas.js'

const told = ({ space }: Pick<ControlRequest, 'space'>) => ({
  space: space.name,
  title: space.scenario.title,
  state: space.state,
  ...(space.stateEndsAt === undefined ? {} : { stateUntil: timeOf(space.stateEndsAt) }),
  ...(space.scenario.seed === undefined ? {} : { seed: space.scenario.seed }),
  rules: space.ruleEngine.rules.map(rule => {
    const tally = space.ruleEngine.counts(rule)
    return {
      number: rule.number,
      rule: rule.title,
      sentence: describeRuleWithCount(rule, tally, space.clock.now()),
      matched: tally.matched,
      played: tally.played,
      ...(tally.until === undefined ? {} : { until: timeOf(tally.until) })
    }
  })
})

/** The text of a time, if a date can hold it. */
const timeOf = (at: number): string => new Date(Math.min(at, endOfTime)).toISOString()

const read: Endpoint = {
  method: 'GET',
  path: '/scenario',
  summary: 'Get the scenario: rules as sentences, with their counts',
  answers: { 200: { description: 'The scenario.', schema: ref('Scenario') } },
  run: told
}

const replace: Endpoint = {
  method: 'PUT',
  path: '/scenario',
  steers: true,
  summary: 'Replace the scenario by a text in YAML or JSON, or by the name of a shipped scenario',
  query: {
    keep: {
      enum: ['sessions'],
      description: 'sessions: keep sessions, clock, state and journal; replace accounts, settings and rules only.'
    }
  },
  makes: true,
  text: true,
  answers: {
    200: { description: 'The new scenario.', schema: ref('Scenario') },
    400: { description: 'All errors of the scenario; nothing is changed.' }
  },
  run: async ask => {
    const { context, space, scoped, query } = ask
    const { scenario, warnings } = await storyOf(ask)
    const doubts = warnings.length === 0 ? {} : { warnings }
    if (query.keep) {
      if (scoped) space.adopt(scenario)
      else context.spaces.adopt(scenario)
      return { ...told(ask), ...doubts }
    }
    await (scoped ? space.reset(scenario) : context.spaces.begin(scenario))
    return { ...told(ask), ...doubts }
  }
}

/** The scenario that the body says. Throws a Problem with all its mistakes. */
const storyOf = async ({ context, body }: ControlRequest): Promise<ParsedScenario> => {
  const text = String(body).trim()
  if (text === '')
    throw new Problem(
      400,
      'There is no scenario',
      'The body is empty: send YAML, JSON, or the name of a shipped scenario.'
    )
  const names = await context.catalog.names()
  if (/^[\w-]+$/.test(text) && !names.includes(text)) throw unknownName(text, names)
  try {
    const shipped = names.includes(text)
    return await (shipped ? context.catalog.find(text) : context.catalog.read({ name: 'body', text: String(body) }))
  } catch (error) {
    if (error instanceof ScenarioError)
      throw new Problem(400, 'The scenario has mistakes', error.message, { errors: error.issues })
    if (error instanceof UserError) throw new Problem(400, 'The scenario has mistakes', error.message)
    throw error
  }
}

const unknownName = (name: string, names: readonly string[]): Problem => {
  const meant = nearest(name, names)
  return new Problem(
    400,
    'There is no such scenario',
    `No scenario called "${name}" is shipped${meant ? `; did you mean ${meant}?` : ', and a scenario itself has more than one word.'}`,
    { scenarios: names }
  )
}

const restore: Endpoint = {
  method: 'DELETE',
  path: '/scenario',
  steers: true,
  summary: 'Restore the scenario of the server start',
  answers: { 200: { description: 'The new scenario.', schema: ref('Scenario') } },
  run: async ask => {
    const { context, space, scoped } = ask
    await (scoped ? space.reset(context.scenario) : context.spaces.begin(context.scenario))
    return told(ask)
  }
}

const schema: Endpoint = {
  method: 'GET',
  path: '/schema',
  summary: 'Get the JSON Schema of scenarios',
  answers: { 200: { description: 'The schema.', schema: { type: 'object' } } },
  run: ({ context }) => scenarioSchema(context.products)
}

const shipped: Endpoint = {
  method: 'GET',
  path: '/scenarios',
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

export const scenarioEndpoints = [read, replace, restore, schema, shipped]
