import { filterInSlices } from '../../src/base/slices.js'
import { type ControlRequest, type Endpoint, endpointWithBody, JsonList } from '../../src/control/endpoint.js'
import { entriesOf, waitForCount } from '../../src/control/input.js'
import { type InputError, inputProblem } from '../../src/http/problem.js'
import type { Entry } from '../../src/journal/entry.js'
import { Redaction } from '../../src/journal/redactor.js'
import { renderEntry } from '../../src/journal/rendering.js'
import { createFilter, type Filter, filterKeys, unknownValues } from '../../src/journal/search.js'
import { durationSchema, list as listOf, natural, numberParameter, object, positive, ref, schemas } from './schemas.js'
import { timeoutOf } from './timeout.js'

const limitSchema = {
  ...natural,
  description: 'Maximum number of results, newest last; 100 by default.'
} as const

interface Search extends Filter {
  readonly limit?: number
}

/** The current rows of the journal that match, after the members of `facts`. */
const findRows = async (request: ControlRequest, { limit = 100, ...filter }: Search, facts: object = {}) => {
  const { slices } = request.context
  const dropped = request.spaces.reduce((sum, { journal }) => sum + journal.dropped, 0)
  const all = await filterInSlices(entriesOf(request), createFilter(filter), slices)
  const requests = rowsOf(request, limit === 0 ? [] : all.slice(-limit))
  return { ...facts, count: all.length, dropped, requests }
}

const rowsOf = ({ context }: ControlRequest, entries: readonly Entry[]) => {
  const redaction = new Redaction()
  return JsonList.of(entries, entry => renderEntry(entry, context.showSecrets, redaction))
}

const { Search: filterSchema } = schemas

const findRequests = endpointWithBody({
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

const countRequests = endpointWithBody({
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

const waitForRequests = endpointWithBody({
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

/** Throws a Problem if a search has a value that no request can have. `at`: the path to the search of that index. */
export const checkFilters = (
  { context }: ControlRequest,
  part: InputError['in'],
  filters: readonly Filter[],
  at: (index: number) => string = () => ''
): void => {
  const errors = filters.flatMap((filter, index) =>
    unknownValues(filter, context.products).map(({ key, message }) => ({ in: part, at: `${at(index)}${key}`, message }))
  )
  if (errors.length > 0) throw inputProblem(...errors)
}
