import { type Endpoint, endpointWithBody } from '../../src/control/endpoint.js'
import { JsonList } from '../../src/control/json-list.js'
import { list, natural, numberParameter, object } from './schema-parts.js'
import { ref } from './schemas.js'
import { expireSessions, revokeSessions } from './session-end.js'
import { openSession } from './session-open.js'
import { renderEnded, renderSession } from './session-rendering.js'
import {
  countOf,
  eachSession,
  findProduct,
  isSelected,
  type SpaceSessions,
  selectionKeys,
  selectOpen
} from './session-selection.js'

const listOpen: Endpoint = {
  method: 'GET',
  path: '/sessions',
  changes: 'expiry',
  summary: 'List open sessions, with age and remaining lifetime',
  query: {
    ...selectionKeys,
    limit: { ...numberParameter, description: 'Maximum number of results, the newest; 1000 by default.' }
  },
  answers: {
    200: {
      description: 'The total number, and the newest sessions in the order of login.',
      schema: object({ count: natural, sessions: list(ref('Session')) })
    }
  },
  run: async request => {
    const { limit = '1000', ...selection } = request.query
    const { slices } = request.context
    const selected = await selectOpen(request, selection, 'query', slices)
    const count = countOf(selected)
    const newest = eachSession(selected, count - Number(limit))
    const sessions = JsonList.of(newest, each => renderSession(each, request.context.showSecrets))
    return { count, sessions }
  }
}

const listEnded: Endpoint = {
  method: 'GET',
  path: '/sessions/ended',
  changes: 'expiry',
  summary: 'List recently ended sessions, with time and cause of the end',
  query: {
    ...selectionKeys,
    limit: { ...numberParameter, description: 'Maximum number of results, the newest; 1000 by default.' }
  },
  answers: {
    200: {
      description: 'The total number, and the newest in the order of their end.',
      schema: object({ count: natural, sessions: list(ref('PastSession')) })
    }
  },
  run: async request => {
    const { limit = '1000', ...selection } = request.query
    if (selection.product !== undefined) findProduct(request, selection.product, 'query')
    const { slices } = request.context
    const selected: SpaceSessions[] = []
    for (const space of request.spaces) {
      if (slices.isOver) await slices.next()
      const all = await space.sessions.listEnded(space.clock.now(), slices)
      selected.push({ space, sessions: all.filter(session => isSelected(session, selection)) })
    }
    const count = countOf(selected)
    const newest = eachSession(selected, count - Number(limit))
    const sessions = JsonList.of(newest, each => renderEnded(each, request))
    return { count, sessions }
  }
}

const reveal = endpointWithBody({
  method: 'POST',
  path: '/sessions/reveal',
  changes: 'expiry',
  summary: 'Get the whole tokens of open sessions',
  body: {
    type: 'object',
    title: 'which sessions',
    additionalProperties: false,
    required: ['token'],
    properties: selectionKeys
  },
  answers: {
    200: {
      description: 'The sessions, with their whole tokens.',
      schema: object({ sessions: list(ref('Session')) })
    }
  },
  run: async request => {
    const { slices } = request.context
    const selected = await selectOpen(request, request.body, 'body', slices)
    const sessions = JsonList.of(eachSession(selected), each => renderSession(each, true))
    return { sessions }
  }
})

export const sessionEndpoints = [listOpen, listEnded, openSession, expireSessions, revokeSessions, reveal]
