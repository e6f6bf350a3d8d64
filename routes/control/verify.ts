import { type Endpoint, endpointWithBody, JsonList } from '../../src/control/endpoint.js'
import { entriesOf, waitUntil } from '../../src/control/input.js'
import { inputProblem, Problem } from '../../src/http/problem.js'
import type { Entry } from '../../src/journal/entry.js'
import { createFilter, filterKeys } from '../../src/journal/search.js'
import { differences, type Expected, verdictsInSlices } from '../../src/journal/verdicts.js'
import { checkFilters } from './requests.js'
import { durationSchema, flag, list, natural, object, ref, text } from './schemas.js'
import { timeoutOf } from './timeout.js'

const count = {
  title: 'a whole number, or { least, most }',
  anyOf: [
    natural,
    {
      type: 'object',
      additionalProperties: false,
      minProperties: 1,
      properties: { least: natural, most: natural }
    }
  ]
} as const

const verify = endpointWithBody({
  method: 'POST',
  path: '/verify',
  summary: 'Verify expected requests: 200, or 406 with the differences',
  body: {
    type: 'object',
    title: 'a verification',
    additionalProperties: false,
    required: ['requests'],
    properties: {
      requests: {
        type: 'array',
        minItems: 1,
        items: {
          type: 'object',
          title: 'a search, with a count',
          additionalProperties: false,
          properties: {
            ...filterKeys,
            count: { ...count, description: 'The number of requests; at least one by default.' }
          }
        }
      },
      order: { enum: ['any', 'strict'], description: 'strict: in the order of the list.' },
      within: { ...durationSchema, description: 'Time limit in real time, 10m at most; by default no wait.' }
    }
  },
  answers: {
    200: { description: 'All expectations are met.', schema: object({ verified: flag }) },
    406: {
      description: 'The differences, as text.',
      type: 'application/problem+json',
      schema: {
        ...object(
          { title: text, status: { const: 406 }, detail: text, verified: flag, differences: list(text) },
          { type: text }
        )
      }
    },
    503: { description: 'Too many waiting clients.' }
  },
  run: async request => {
    const { requests, order = 'any', within = '0s' } = request.body
    checkFilters(request, 'body', requests, index => `requests[${index}].`)
    checkCounts(requests)
    const check = () => differences(requests, entriesOf(request), order === 'strict')
    await waitUntil(request, concerns(requests, check), timeoutOf(within))
    const wrong = check()
    if (wrong.length === 0) return { verified: true }
    throw new Problem(406, 'Not as expected', wrong.join('\n'), { verified: false, differences: wrong })
  }
})

const checkCounts = (requests: readonly Expected[]): void => {
  for (const [index, { count }] of requests.entries()) {
    if (typeof count !== 'object' || (count.least ?? 0) <= (count.most ?? Number.POSITIVE_INFINITY)) continue
    const message = `at least ${count.least} and at most ${count.most} is impossible`
    throw inputProblem({ in: 'body', at: `requests[${index}].count`, message })
  }
}

/** Compares again only after an event of a request that one of the expectations matches. */
const concerns = (requests: readonly Expected[], check: () => readonly string[]): Parameters<typeof waitUntil>[1] => {
  const filters: readonly ((entry: Entry) => boolean)[] = requests.map(({ count: _count, ...filter }) =>
    createFilter(filter)
  )
  return event => {
    const what = event?.payload
    if (
      what &&
      ((what.kind !== 'request' && what.kind !== 'underway') || !filters.some(matches => matches(what.entry)))
    )
      return false
    return check().length === 0
  }
}

const verdicts: Endpoint = {
  method: 'GET',
  path: '/verdicts',
  summary: "Judge the clients' use of their sessions",
  answers: {
    200: {
      description: 'All verdicts, with their findings.',
      schema: ref('Verdicts')
    }
  },
  run: async request => {
    const { slices } = request.context
    const all = await verdictsInSlices(request.spaces, slices)
    const verdicts = all.map(verdict => ({ ...verdict, findings: JsonList.of(verdict.findings, finding => finding) }))
    return { passed: all.every(({ passed }) => passed), verdicts }
  }
}

export const verifyEndpoints = [verify, verdicts]
