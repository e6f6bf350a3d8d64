import { type ControlContext, type Endpoint, endpointWithBody } from '../../src/control/endpoint.js'
import { json, unknownSpace } from '../../src/control/input.js'
import { inputProblem, Problem } from '../../src/http/problem.js'
import { secretsOf } from '../../src/journal/redactor.js'
import type { Product } from '../../src/product/product.js'
import { spaceName } from '../../src/session/space-values.js'
import type { Space } from '../../src/space/space.js'
import { flag, list as listOf, object, ref, text } from './schemas.js'

const list: Endpoint = {
  method: 'GET',
  path: '/spaces',
  summary: 'List spaces',
  answers: { 200: { description: 'The spaces.', schema: object({ spaces: listOf(ref('Space')) }) } },
  run: async request => {
    const { slices } = request.context
    const described: object[] = []
    for (const space of request.spaces) {
      if (slices.isOver) await slices.next()
      described.push(await describeSpace(space, request.context.products))
    }
    return { spaces: described }
  }
}

export const describeSpace = async (space: Space, products: readonly Product[]) => {
  const { name, scenario, state, journal, clock } = space
  const open = await Promise.all(products.map(product => space.countSessions(product.name)))
  return {
    name,
    scenario: secretsOf(scenario).title,
    state,
    requests: journal.size + journal.dropped,
    sessions: open.reduce((sum, count) => sum + count, 0),
    now: new Date(clock.now()).toISOString(),
    frozen: clock.frozen
  }
}

const nameSchema = {
  type: 'string',
  pattern: spaceName.source,
  title: 'the name of a space: 1 to 64 letters, digits, ".", "_" or "-"'
} as const

const create = endpointWithBody({
  method: 'POST',
  path: '/spaces',
  logged: true,
  summary: 'Create a space',
  body: {
    type: 'object',
    title: 'a space',
    additionalProperties: false,
    required: ['name'],
    properties: {
      name: nameSchema
    }
  },
  answers: {
    200: { description: 'The existing space, unchanged.', schema: ref('Space') },
    201: { description: 'The new space.', schema: ref('Space') }
  },
  run: async ({ context: { spaces, products, events, replication }, body: { name } }) => {
    if (replication) {
      const { space, isNew } = await replication.make(name)
      return json(isNew ? 201 : 200, await describeSpace(space, products))
    }
    const known = spaces.find(name)
    const space = spaces.get(name)
    if (!known) events.publish(name, { kind: 'space', change: 'made' })
    return json(known ? 200 : 201, await describeSpace(space, products))
  }
})

const fork = endpointWithBody({
  method: 'POST',
  path: '/spaces/{name}/fork',
  logged: true,
  summary: 'Fork a space: a new space with a copy of its state',
  body: {
    type: 'object',
    title: 'a fork',
    additionalProperties: false,
    required: ['to'],
    properties: {
      to: { ...nameSchema, description: 'Name of the new space.' },
      rows: { ...flag, description: 'With the journal; by default it is empty.' }
    }
  },
  answers: {
    201: { description: 'The new space.', schema: ref('Space') },
    404: { description: 'There is no such space.' },
    409: { description: 'The new name is in use, or the server would have too many sessions.' }
  },
  run: async ({ context, params: { name = '' }, body }) => {
    const { spaces, products } = context
    const { to, rows = false } = body
    const source = spaces.find(name)
    if (!source) throw unknownSpace(name, context)
    checkTarget(source, to, context)
    const { replication } = context
    const created = replication ? await replication.fork(source, to, rows) : await spaces.fork(source, to, { rows })
    if (!created) throw nameTaken(to)
    return json(201, await describeSpace(created, products))
  }
})

const checkTarget = (source: Space, to: string, { spaces }: ControlContext): void => {
  if (to === source.name) throw inputProblem({ in: 'body', at: 'to', message: `${to} is the space itself` })
  if (to === spaces.default.name)
    throw new Problem(
      409,
      'The name is in use',
      `The space "${to}" always exists; GET and PUT /__admin/snapshot copy the state of one space into another.`
    )
  if (spaces.find(to)) throw nameTaken(to)
}

const nameTaken = (name: string): Problem =>
  new Problem(409, 'The name is in use', `There is a space "${name}"; DELETE /__admin/spaces?space=${name} deletes it.`)

const drop: Endpoint = {
  method: 'DELETE',
  path: '/spaces',
  changes: 'each',
  logged: true,
  summary: 'Delete the space; without ?space=, delete all spaces and reset the default one',
  answers: {
    200: { description: 'The names of the deleted spaces.', schema: object({ dropped: listOf(text) }) }
  },
  run: async ({ context, spaces, space, scoped }) => {
    await (scoped ? context.spaces.drop(space) : context.spaces.dropAll())
    return { dropped: spaces.filter(space => space !== context.spaces.default).map(({ name }) => name) }
  }
}

export const spaceEndpoints = [list, create, fork, drop]
