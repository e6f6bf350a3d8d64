import type { Endpoint } from '../../src/control/endpoint.js'
import type { Answer } from '../../src/http/answer.js'
import { Problem } from '../../src/http/problem.js'
import { scenarioSchema } from '../../src/scenario/format/schema.js'
import { textOf } from '../../src/scenario/format/source.js'
import { unknownScenario } from './scenario-input.js'
import { list, object, text } from './schema-parts.js'

export const readScenarioText: Endpoint = {
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

export const readScenarioSchema: Endpoint = {
  method: 'GET',
  path: '/schema',
  stateless: true,
  summary: 'Get the JSON Schema of scenarios',
  answers: { 200: { description: 'The schema.', schema: { type: 'object' } } },
  run: ({ context }) => scenarioSchema(context.products)
}

export const listShipped: Endpoint = {
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

export const readShipped: Endpoint = {
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
