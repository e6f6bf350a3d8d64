import { endOfTime } from '../../src/clock.js'
import { Complaint, nearest } from '../../src/complaint.js'
import type { Ask, Endpoint } from '../../src/control/control.js'
import { Problem } from '../../src/problem.js'
import { sayPlayed } from '../../src/scenario/explain.js'
import { ScenarioMistakes } from '../../src/scenario/mistakes.js'
import type { Parsed } from '../../src/scenario/parse.js'
import { scenarioSchema } from '../../src/scenario/schema.js'
import { list, object, ref, text } from './schemas.js'

const told = ({ space }: Pick<Ask, 'space'>) => ({
  space: space.name,
  title: space.story.title,
  state: space.state,
  ...(space.stateEndsAt === undefined ? {} : { stateUntil: timeOf(space.stateEndsAt) }),
  ...(space.story.seed === undefined ? {} : { seed: space.story.seed }),
  rules: space.play.rules.map(rule => {
    const tally = space.play.tally(rule)
    return {
      number: rule.number,
      rule: rule.title,
      sentence: sayPlayed(rule, tally, space.clock.now()),
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
  summary: 'The story that the space lives: its rules as sentences, with how often they matched and played',
  answers: { 200: { description: 'The story.', schema: ref('Scenario') } },
  run: told
}

const replace: Endpoint = {
  method: 'PUT',
  path: '/scenario',
  steers: true,
  summary: 'Begins another story: its text, in YAML or JSON, or the name of a shipped one',
  query: {
    keep: {
      enum: ['sessions'],
      description: 'Sessions, clock, state and journal go on; only accounts, settings and rules are replaced.'
    }
  },
  makes: true,
  text: true,
  answers: {
    200: { description: 'The story from now on.', schema: ref('Scenario') },
    400: { description: 'Every mistake in it; nothing has changed.' }
  },
  run: async ask => {
    const { house, space, scoped, query } = ask
    const { story, warnings } = await storyOf(ask)
    const doubts = warnings.length === 0 ? {} : { warnings }
    if (query.keep) {
      if (scoped) space.adopt(story)
      else house.spaces.adopt(story)
      return { ...told(ask), ...doubts }
    }
    await (scoped ? space.reset(story) : house.spaces.begin(story))
    return { ...told(ask), ...doubts }
  }
}

/** The story that the body says. Throws a Problem with all its mistakes. */
const storyOf = async ({ house, body }: Ask): Promise<Parsed> => {
  const text = String(body).trim()
  if (text === '')
    throw new Problem(
      400,
      'There is no scenario',
      'The body is empty: send YAML, JSON, or the name of a shipped scenario.'
    )
  const names = await house.library.names()
  if (/^[\w-]+$/.test(text) && !names.includes(text)) throw unknownName(text, names)
  try {
    const shipped = names.includes(text)
    return await (shipped ? house.library.find(text) : house.library.read({ name: 'body', text: String(body) }))
  } catch (error) {
    if (error instanceof ScenarioMistakes)
      throw new Problem(400, 'The scenario has mistakes', error.message, { errors: error.mistakes })
    if (error instanceof Complaint) throw new Problem(400, 'The scenario has mistakes', error.message)
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
  summary: 'Begins the story again that the server was started with',
  answers: { 200: { description: 'The story from now on.', schema: ref('Scenario') } },
  run: async ask => {
    const { house, space, scoped } = ask
    await (scoped ? space.reset(house.story) : house.spaces.begin(house.story))
    return told(ask)
  }
}

const schema: Endpoint = {
  method: 'GET',
  path: '/schema',
  summary: 'The JSON Schema of scenarios',
  answers: { 200: { description: 'The schema.', schema: { type: 'object' } } },
  run: ({ house }) => scenarioSchema(house.products)
}

const shipped: Endpoint = {
  method: 'GET',
  path: '/scenarios',
  summary: 'The names and titles of the scenarios that are shipped',
  answers: {
    200: { description: 'The scenarios.', schema: object({ scenarios: list(object({ name: text, title: text })) }) }
  },
  run: async ({ house }) => {
    const names = await house.library.names()
    return {
      scenarios: await Promise.all(
        names.map(async name => ({ name, title: (await house.library.find(name)).story.title }))
      )
    }
  }
}

export const scenarioEndpoints = [read, replace, restore, schema, shipped]
