import { nearest, UserError } from '../../src/base/user-error.js'
import type { ControlContext, ControlRequest, Endpoint } from '../../src/control/endpoint.js'
import { Problem } from '../../src/http/problem.js'
import { describeRuleWithCount } from '../../src/scenario/format/explain.js'
import { textOf } from '../../src/scenario/format/scenario-text.js'
import { scenarioSchema } from '../../src/scenario/format/schema.js'
import type { ParsedScenario } from '../../src/scenario/scenario.js'
import { ScenarioError } from '../../src/scenario/validation-issue.js'
import { endOfTime } from '../../src/state/clock.js'
import { flag, list, mistakeSchema, natural, object, ref, text } from './schemas.js'

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

/** The scenario that the body says. Throws a Problem with all its mistakes. */
const readScenario = async (body: unknown, context: ControlContext): Promise<ParsedScenario> => {
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

const replace: Endpoint = {
  method: 'PUT',
  path: '/scenario',
  changes: 'each',
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
  read: readScenario,
  run: async ask => {
    const { context, space, scoped, query } = ask
    const { scenario, warnings } = ask.body as ParsedScenario
    const doubts = warnings.length === 0 ? {} : { warnings }
    if (query.keep) {
      if (scoped) space.continueWith(scenario)
      else context.spaces.adopt(scenario)
      return { ...told(ask), ...doubts }
    }
    await (scoped ? space.reset(scenario) : context.spaces.begin(scenario))
    return { ...told(ask), ...doubts }
  }
}

const validate: Endpoint = {
  method: 'POST',
  path: '/scenario/validate',
  stateless: true,
  summary: 'Validate the text of a scenario: mistakes with their lines, rules as sentences; nothing changes',
  text: true,
  answers: {
    200: {
      description: 'What is wrong in it, or what it says.',
      schema: object(
        { valid: flag, mistakes: list(mistakeSchema), warnings: list(ref('Mistake')) },
        { title: text, rules: list(object({ number: natural, rule: text, sentence: text })) }
      )
    }
  },
  run: async ({ body, context }) => {
    try {
      const { scenario, warnings } = await readScenario(body, context)
      const rules = scenario.rules.map(({ number, title, sentence }) => ({ number, rule: title, sentence }))
      return { valid: true, mistakes: [], warnings, title: scenario.title, rules }
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      const { errors = [{ message: error.detail }] } = error.members as { readonly errors?: readonly object[] }
      return { valid: false, mistakes: errors, warnings: [] }
    }
  }
}

const readText: Endpoint = {
  method: 'GET',
  path: '/scenario/text',
  summary: 'Get the text of the scenario, as it was written',
  answers: {
    200: { description: 'The text, in YAML or JSON.', type: 'application/yaml', schema: { type: 'string' } },
    404: { description: 'It came by no text.' }
  },
  run: async ({ context, space }) => {
    const found = textOf(space.scenario)
    if (!found) throw new Problem(404, 'There is no text', 'The scenario of this space came by no text.')
    return yaml('text' in found ? found.text : await context.catalog.text(found.shipped))
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
    const { title, detail } = unknownName(name, names)
    throw new Problem(404, title, detail, { scenarios: names })
  }
}

const yaml = (body: string) => ({ status: 200, headers: { 'Content-Type': 'application/yaml' }, body })

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
  changes: 'each',
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
  stateless: true,
  summary: 'Get the JSON Schema of scenarios',
  answers: { 200: { description: 'The schema.', schema: { type: 'object' } } },
  run: ({ context }) => scenarioSchema(context.products)
}

const shipped: Endpoint = {
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

export const scenarioEndpoints = [read, replace, restore, validate, readText, schema, shipped, readShipped]
