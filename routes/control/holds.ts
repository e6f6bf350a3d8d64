import type { ControlRequest, Endpoint } from '../../src/control/endpoint.js'
import { waitUntil } from '../../src/control/waiting.js'
import { Problem } from '../../src/http/problem.js'
import { durationSchema, flag, list as listOf, natural, object, ref, text } from './schemas.js'
import { timeoutOf } from './timeout.js'

const list: Endpoint = {
  method: 'GET',
  path: '/holds',
  summary: 'The requests that are held, by the name that they wait for',
  answers: { 200: { description: 'The holds.', schema: object({ holds: listOf(ref('Hold')) }) } },
  run: ({ spaces }) => ({
    holds: spaces.flatMap(({ name, holds }) => holds.list().map(hold => ({ space: name, ...hold })))
  })
}

const wait: Endpoint = {
  method: 'POST',
  path: '/holds/{name}/wait',
  summary: 'Answers as soon as so many requests wait for this name, or when the time is over',
  makes: true,
  body: {
    type: 'object',
    title: 'how many requests, and how long',
    additionalProperties: false,
    properties: {
      count: { type: 'integer', minimum: 1, description: 'How many are to wait for it; 1 where it is left out.' },
      within: {
        ...durationSchema,
        description: 'At most so long, by the real time; 5s where it is left out, 10m at most.'
      }
    }
  },
  answers: {
    200: {
      description: 'Whether enough wait for it, and how many do.',
      schema: object({ name: text, enough: flag, waiting: natural })
    },
    503: { description: 'Too many are waiting already.' }
  },
  run: async ask => {
    const { name = '' } = ask.params
    const { count = 1, within = '5s' } = ask.body as { readonly count?: number; readonly within?: string }
    const enough = await waitUntil(ask, () => heldBy(ask, name) >= count, timeoutOf(within))
    return { name, enough, waiting: heldBy(ask, name) }
  }
}

const heldBy = ({ spaces }: ControlRequest, name: string): number =>
  spaces
    .flatMap(({ holds }) => holds.list())
    .filter(hold => hold.name === name)
    .reduce((sum, { waiting }) => sum + waiting, 0)

const release: Endpoint = {
  method: 'POST',
  path: '/holds/{name}/release',
  steers: true,
  summary: 'Lets go of the requests that wait for this name',
  answers: {
    200: { description: 'How many went on.', schema: object({ name: text, released: natural }) },
    404: { description: 'Nobody waits for it.' }
  },
  run: ({ spaces, params: { name = '' } }) => {
    const released = spaces.reduce((sum, { holds }) => sum + holds.release(name), 0)
    if (released > 0) return { name, released }
    const held = spaces.flatMap(space => space.holds.list().map(hold => hold.name))
    throw new Problem(
      404,
      'Nobody waits for it',
      `No request waits for "${name}"; ${held.length === 0 ? 'none waits at all' : `held are ${held.join(', ')}`}.`,
      { held }
    )
  }
}

export const holdEndpoints = [list, wait, release]
