import { filterInSlices } from '../../src/base/in-slices.js'
import { endpointWithBody } from '../../src/control/endpoint.js'
import { entriesOf } from '../../src/control/entries.js'
import { waitForCount } from '../../src/control/waiting.js'
import { inputProblem } from '../../src/http/problem.js'
import { createFilter, filterKeys } from '../../src/journal/search.js'
import { checkFilters } from './filter.js'
import { findRows, limitSchema } from './request-rows.js'
import { durationSchema, natural, object, positive } from './schema-parts.js'
import { ref, schemas } from './schemas.js'
import { timeoutOf } from './timeout.js'

const { Search: filterSchema } = schemas

export const findRequests = endpointWithBody({
  method: 'POST',
  path: '/requests/find',
  summary: 'Find requests by a search',
  body: { ...filterSchema, properties: { ...filterKeys, limit: limitSchema } },
  answers: { 200: { description: 'The total number, and the newest requests.', schema: ref('Rows') } },
  run: request => {
    checkFilters(request, 'body', [request.body])
    return findRows(request, request.body)
  }
})

export const countRequests = endpointWithBody({
  method: 'POST',
  path: '/requests/count',
  summary: 'Count the requests of a search',
  body: filterSchema,
  answers: { 200: { description: 'The count.', schema: object({ count: natural }) } },
  run: async request => {
    checkFilters(request, 'body', [request.body])
    return {
      count: (await filterInSlices(entriesOf(request), createFilter(request.body), request.context.slices)).length
    }
  }
})

export const waitForRequests = endpointWithBody({
  method: 'POST',
  path: '/requests/wait',
  summary: 'Wait until a number of requests match a search',
  createsSpace: true,
  body: {
    ...filterSchema,
    properties: {
      ...filterKeys,
      count: { ...positive, description: 'The number of requests; 1 by default.' },
      within: {
        ...durationSchema,
        description: 'Time limit in real time; 5s by default, 10m at most.'
      }
    }
  },
  answers: {
    200: {
      description: 'Whether the number was reached, the number of matches, and the newest of them.',
      schema: ref('Waited')
    },
    503: { description: 'Too many waiting clients.' }
  },
  run: async request => {
    const { count = 1, within = '5s', ...filter } = request.body
    checkFilters(request, 'body', [filter])
    const room = request.context.journal * request.spaces.length
    if (count > room)
      throw inputProblem({
        in: 'body',
        at: 'count',
        message: `expected at most ${room}, the size of the journal (--journal); found ${count}`
      })
    const enough = await waitForCount(request, createFilter(filter), count, timeoutOf(within))
    return findRows(request, filter, { enough })
  }
})
