import type { Endpoint } from '../../src/control/endpoint.js'
import { json } from '../../src/control/server.js'
import type { Product } from '../../src/product/product.js'
import type { Space } from '../../src/space/space.js'
import { spaceName } from '../../src/state/space-name.js'
import { list as listOf, object, ref, text } from './schemas.js'

const list: Endpoint = {
  method: 'GET',
  path: '/spaces',
  summary: 'List spaces',
  answers: { 200: { description: 'The spaces.', schema: object({ spaces: listOf(ref('Space')) }) } },
  run: async ({ context, spaces }) => ({
    spaces: await Promise.all(spaces.map(space => told(space, context.products)))
  })
}

const told = async (space: Space, products: readonly Product[]) => {
  const { name, scenario, state, journal, sessions, clock } = space
  const open = await Promise.all(products.map(product => sessions.count(product.name, clock.now())))
  return {
    name,
    scenario: scenario.title,
    state,
    requests: journal.size + journal.dropped,
    sessions: open.reduce((sum, count) => sum + count, 0)
  }
}

const make: Endpoint = {
  method: 'POST',
  path: '/spaces',
  steers: true,
  summary: 'Create a space',
  body: {
    type: 'object',
    title: 'a space',
    additionalProperties: false,
    required: ['name'],
    properties: {
      name: {
        type: 'string',
        pattern: spaceName.source,
        title: 'the name of a space: 1 to 64 letters, digits, ".", "_" or "-"'
      }
    }
  },
  answers: {
    200: { description: 'The existing space, unchanged.', schema: ref('Space') },
    201: { description: 'The new space.', schema: ref('Space') }
  },
  run: async ({ context: { spaces, products, events }, body }) => {
    const { name } = body as { name: string }
    const known = spaces.find(name)
    const space = spaces.get(name)
    if (!known) events.publish(name, { kind: 'space', change: 'made' })
    return json(known ? 200 : 201, await told(space, products))
  }
}

const drop: Endpoint = {
  method: 'DELETE',
  path: '/spaces',
  steers: true,
  summary: 'Delete the space; without ?space=, delete all spaces and reset the default one',
  answers: {
    200: { description: 'The names of the deleted spaces.', schema: object({ dropped: listOf(text) }) }
  },
  run: async ({ context, spaces }) => {
    await Promise.all(spaces.map(space => context.spaces.drop(space)))
    return { dropped: spaces.filter(space => space !== context.spaces.default).map(({ name }) => name) }
  }
}

export const spaceEndpoints = [list, make, drop]
