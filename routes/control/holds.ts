import { type ControlRequest, type Endpoint, endpointWithBody } from '../../src/control/endpoint.js'
import { waitUntil } from '../../src/control/input.js'
import { Problem } from '../../src/http/problem.js'
import { durationSchema, list as listOf, natural, object, positive, ref, text } from './schemas.js'
import { timeoutOf } from './timeout.js'

const list: Endpoint = {
  method: 'GET',
  path: '/holds',
  summary: 'List held requests by the name of their hold',
  answers: { 200: { description: 'The holds.', schema: object({ holds: listOf(ref('Hold')) }) } },
  run: ({ spaces }) => ({
    holds: spaces.flatMap(({ name, holds }) => holds.list().map(hold => ({ space: name, ...hold })))
  })
}

const wait = endpointWithBody({
  method: 'POST',
  path: '/holds/{name}/wait',
  summary: 'Wait until a number of requests are held under this name',
  createsSpace: true,
  body: {
    type: 'object',
    title: 'how many requests, and how long',
    additionalProperties: false,
    properties: {
      count: { ...positive, description: 'The number of held requests; 1 by default.' },
      within: {
        ...durationSchema,
        description: 'Time limit in real time; 5s by default, 10m at most.'
      }
    }
  },
  answers: {
    200: {
      description: 'Whether the number was reached, and the number of held requests.',
      schema: ref('WaitedHold')
    },
    503: { description: 'Too many waiting clients.' }
  },
  run: async request => {
    const { name = '' } = request.params
    const { count = 1, within = '5s' } = request.body
    const enough = await waitUntil(request, () => heldBy(request, name) >= count, timeoutOf(within))
    return { name, enough, waiting: heldBy(request, name) }
  }
})

const heldBy = ({ spaces }: ControlRequest, name: string): number =>
  spaces
    .flatMap(({ holds }) => holds.list())
    .filter(hold => hold.name === name)
    .reduce((sum, { waiting }) => sum + waiting, 0)

const release: Endpoint = {
  method: 'POST',
  path: '/holds/{name}/release',
  changes: 'each',
  logged: true,
  summary: 'Release the requests held under this name',
  answers: {
    200: { description: 'The number of released requests.', schema: object({ name: text, released: natural }) },
    404: { description: 'No request is held under this name.' }
  },
  check: request => {
    const { name = '' } = request.params
    if (heldBy(request, name) > 0) return
    const held = [...new Set(request.spaces.flatMap(({ holds }) => holds.list().map(hold => hold.name)))]
    throw new Problem(
      404,
      'No held request',
      `No request is held by "${name}"; ${held.length === 0 ? 'there are no held requests' : `held are ${held.join(', ')}`}.`,
      { held }
    )
  },
  run: ({ spaces, params: { name = '' } }) => ({
    name,
    released: spaces.reduce((sum, { holds }) => sum + holds.release(name), 0)
  })
}

export const holdEndpoints = [list, wait, release]
