import { filterInSlices } from '../../src/base/in-slices.js'
import type { Endpoint } from '../../src/control/endpoint.js'
import { entriesOf } from '../../src/control/entries.js'
import { filterKeys } from '../../src/journal/search.js'
import { checkFilters } from './filter.js'
import { findRows, limitSchema, rowsOf } from './request-rows.js'
import { countRequests, findRequests, waitForRequests } from './request-search.js'
import { list as listOf, natural, numberParameter, object } from './schema-parts.js'
import { ref } from './schemas.js'

const {
  number: _number,
  after: _after,
  status: _status,
  header: _header,
  answerHeader: _answerHeader,
  ...texts
} = filterKeys

const list: Endpoint = {
  method: 'GET',
  path: '/requests',
  summary: 'List the journal of requests to products, newest last',
  query: {
    ...texts,
    number: numberParameter,
    after: numberParameter,
    status: numberParameter,
    limit: { ...numberParameter, description: limitSchema.description }
  },
  answers: { 200: { description: 'The total number, and the newest requests.', schema: ref('Rows') } },
  run: request => {
    const { space: _space, number, after, status, limit, ...filter } = request.query
    checkFilters(request, 'query', [filter])
    return findRows(request, { ...filter, ...numbers({ number, after, status, limit }) })
  }
}

const numbers = (texts: Readonly<Record<string, string | undefined>>): Record<string, number> =>
  Object.fromEntries(Object.entries(texts).flatMap(([key, text]) => (text === undefined ? [] : [[key, Number(text)]])))

const clear: Endpoint = {
  method: 'DELETE',
  path: '/requests',
  changes: 'each',
  logged: true,
  summary: 'Clear the journal',
  answers: { 200: { description: 'The number of cleared requests.', schema: object({ cleared: natural }) } },
  run: ({ spaces }) => {
    const cleared = spaces.reduce((sum, { journal }) => sum + journal.size, 0)
    for (const space of spaces) space.clearJournal()
    return { cleared }
  }
}

const unmatched: Endpoint = {
  method: 'GET',
  path: '/requests/unmatched',
  summary: 'List unmatched requests, each with the nearest route',
  answers: {
    200: { description: 'The requests.', schema: object({ count: natural, requests: listOf(ref('Row')) }) }
  },
  run: async request => {
    const { slices } = request.context
    const all = await filterInSlices(entriesOf(request), ({ nearest }) => nearest !== undefined, slices)
    return { count: all.length, requests: rowsOf(request, all) }
  }
}

export const requestEndpoints = [list, clear, findRequests, countRequests, waitForRequests, unmatched]
