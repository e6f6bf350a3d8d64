import { METHODS } from 'node:http'
import type { JSONSchema } from 'json-schema-to-ts'
import { durationPattern, parseDuration } from '../base/duration.js'
import { choice, nearest } from '../base/errors.js'
import { isExpression } from '../base/expression.js'
import { keysOf } from '../base/own-keys.js'
import { clipped } from '../base/truncate.js'
import { faultNames } from '../http/fault-names.js'
import { headerLines, pathOf } from '../http/response.js'
import { failureNames } from '../product/failure.js'
import type { Product } from '../product/product.js'
import { createMatcher } from '../scenario/engine/call-selector.js'
import { shortToken } from '../session/accounts.js'
import type { Entry } from './entry.js'
import { describedReasons, describeReason, outcomeOf, outcomes } from './rendering.js'

const match = { type: 'string', minLength: 1, format: 'match', title: 'a text, or a /regular expression/' } as const

/** With an offset from UTC, so that it means the same on every machine. */
export const timeSchema = {
  type: 'string',
  format: 'date-time',
  pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}(?::\\d{2}(?:\\.\\d+)?)?(?:Z|[+-]\\d{2}:\\d{2})$',
  title: 'a time such as 2026-01-01T00:00:00Z'
} as const

/** Whether a request has been answered. */
const states = ['finished', 'underway', 'any'] as const

/** The criteria of a search; all given keys must match. */
export const filterKeys = {
  number: {
    type: 'integer',
    minimum: 1,
    maximum: Number.MAX_SAFE_INTEGER,
    description: 'Number of the request in its space.'
  },
  after: {
    type: 'integer',
    minimum: 0,
    maximum: Number.MAX_SAFE_INTEGER,
    description: 'Requests with a higher number.'
  },
  since: { ...timeSchema, description: "Arrival at or after this time of the space's clock." },
  until: { ...timeSchema, description: "Arrival before this time of the space's clock." },
  product: { ...match, description: 'Name of the product, such as hcx.' },
  operation: { ...match, description: 'Name of the operation, such as login.' },
  login: { ...match, description: 'Login of the request, if known.' },
  token: { type: 'string', minLength: 1, description: 'Token sent or issued, whole or abbreviated.' },
  session: { type: 'string', minLength: 1, description: 'Token of the session, whole or abbreviated.' },
  method: { ...match, description: 'HTTP method, such as POST.' },
  path: { ...match, description: 'Path, without query and space prefix.' },
  url: { ...match, description: 'Path and query.' },
  state: {
    enum: states,
    description: 'finished: with a response (default). underway: held or delayed by a rule. any: both.'
  },
  outcome: { enum: outcomes, description: `Outcome: ${outcomes.join(', ')}.` },
  status: { type: 'integer', minimum: 100, maximum: 599, description: 'HTTP status of the response.' },
  failure: { ...match, description: 'Product-neutral name of the failure, such as no-session.' },
  reason: { ...match, description: 'Code of the reason, such as expired.' },
  why: { ...match, description: 'Text or /regular expression/ in the reason.' },
  rule: { ...match, description: 'Text or /regular expression/ in the name or sentence of an applied rule.' },
  fault: { ...match, description: 'Connection fault of a rule, such as reset.' },
  nearest: { ...match, description: 'Nearest route of an unmatched request, such as POST /session.' },
  slower: {
    type: 'string',
    pattern: durationPattern,
    title: 'a duration such as 200ms, 2s or 1h30m',
    description: 'Minimum time from arrival to response.'
  },
  header: {
    type: 'object',
    additionalProperties: match,
    description: 'Request headers by name.'
  },
  body: { ...match, description: 'Text or /regular expression/ in the request body.' },
  answer: { ...match, description: 'Text or /regular expression/ in the response body.' },
  answerHeader: {
    type: 'object',
    additionalProperties: match,
    description: 'Response headers by name.'
  }
} as const satisfies Readonly<Record<string, JSONSchema>>

type HeaderKey = 'header' | 'answerHeader'

export type Filter = { readonly [Key in Exclude<keyof typeof filterKeys, HeaderKey>]?: string | number } & {
  readonly [Key in HeaderKey]?: Readonly<Record<string, string>>
}

type Test = (entry: Entry) => boolean

/** A test that an entry matches all keys of the search. */
export const createFilter = (filter: Filter): Test => {
  const tests = keyTests({ ...filter, state: filter.state ?? 'finished' })
  return entry => tests.every(({ passes }) => passes(entry))
}

/** A test for each key of the search. */
export const keyTests = (filter: Filter): { readonly key: string; readonly passes: Test }[] =>
  Object.entries(filter).flatMap(([key, wanted]) => {
    const create = testFactories[key]
    return create && wanted !== undefined ? [{ key, passes: create(wanted) }] : []
  })

/** The value of a key. */
type Wanted = string | number | Readonly<Record<string, string>>

const equal =
  (read: (entry: Entry) => string | undefined) =>
  (wanted: Wanted): Test => {
    const matches = createMatcher(String(wanted))
    return entry => matches(read(entry))
  }

const containing =
  (read: (entry: Entry) => readonly (string | undefined)[]) =>
  (wanted: Wanted): Test => {
    const text = String(wanted)
    const matches = isExpression(text)
      ? createMatcher(text)
      : (found: string | undefined) => found?.includes(text) ?? false
    return entry => read(entry).some(matches)
  }

/** Names and values alternate in the list that `read` returns. */
const headers =
  (read: (entry: Entry) => readonly string[]) =>
  (wanted: Wanted): Test => {
    const tests = Object.entries(typeof wanted === 'object' ? wanted : {}).map(([name, text]) => ({
      name: name.toLowerCase(),
      matches: createMatcher(text)
    }))
    return entry => tests.every(({ name, matches }) => valuesOf(read(entry), name).some(matches))
  }

/** An entry keeps a long token truncated: the search value is truncated too. */
const tokenTest = (wanted: Wanted): ((token: string | undefined) => boolean) => {
  const whole = String(wanted)
  const kept = clipped(whole)
  return token => token !== undefined && (token === whole || token === kept || shortToken(token) === whole)
}

const testFactories: Readonly<Record<string, (wanted: Wanted) => Test>> = {
  state: wanted => entry => wanted === 'any' || (entry.isUnderway === true) === (wanted === 'underway'),
  number: wanted => entry => entry.number === wanted,
  after: wanted => entry => entry.number > Number(wanted),
  product: equal(({ product }) => product),
  operation: equal(({ operation }) => operation),
  login: equal(({ login }) => login),
  since: wanted => entry => entry.at >= Date.parse(String(wanted)),
  until: wanted => entry => entry.at < Date.parse(String(wanted)),
  token: wanted => {
    const matches = tokenTest(wanted)
    return entry => matches(entry.token) || matches(entry.session?.token)
  },
  session: wanted => {
    const matches = tokenTest(wanted)
    return entry => matches(entry.session?.token)
  },
  method: equal(({ method }) => method),
  path: equal(({ url }) => pathOf(url)),
  url: equal(({ url }) => url),
  outcome: wanted => entry => outcomeOf(entry) === wanted,
  status: wanted => entry => entry.answer.status === Number(wanted),
  failure: equal(({ failure }) => failure),
  reason: equal(({ why }) => why?.reason),
  why: containing(({ why }) => [why && describeReason(why)]),
  rule: containing(({ rules }) => rules.flatMap(({ title, sentence }) => [title, sentence])),
  fault: equal(({ fault }) => fault),
  nearest: equal(({ nearest }) => nearest),
  slower: wanted => entry => entry.took >= (parseDuration(String(wanted)) ?? 0),
  header: headers(({ headers }) => headers),
  body: containing(({ body }) => [body]),
  answer: containing(({ answer }) => [answer.body]),
  answerHeader: headers(({ answer }) => headerLines(answer).flat())
}

const valuesOf = (headers: readonly string[], name: string): string[] =>
  headers.filter((_text, index) => index % 2 === 1 && headers[index - 1]?.toLowerCase() === name)

/** A search key with a closed set of values. */
type ClosedKey = 'product' | 'operation' | 'failure' | 'reason' | 'fault' | 'method'

/** The possible values of each key with these products. */
export const closedSets = (products: readonly Product[]): Readonly<Record<ClosedKey, readonly string[]>> => ({
  product: products.map(({ name }) => name),
  operation: unique(products.flatMap(({ operations }) => operations.map(({ name }) => name))),
  failure: failureNames,
  reason: reasonNames(products),
  fault: faultNames,
  method: METHODS
})

export const reasonNames = (products: readonly Product[]): string[] =>
  unique([...describedReasons, ...products.flatMap(({ reasons = [] }) => reasons)])

/** Values of a search that no request can have, each with the nearest possible value. Regular expressions are skipped. */
export const unknownValues = (
  filter: Filter,
  products: readonly Product[]
): { readonly key: ClosedKey; readonly message: string }[] => unknownIn(filter, closedSets(products))

const unknownIn = (filter: Filter, sets: Readonly<Record<ClosedKey, readonly string[]>>) =>
  keysOf(sets).flatMap(key => {
    const wanted = filter[key]
    const values = sets[key]
    if (typeof wanted !== 'string' || isExpression(wanted) || values.includes(wanted)) return []
    const suggestion = nearest(wanted, values)
    const found = `found ${JSON.stringify(wanted)}${suggestion === undefined ? '' : `; did you mean ${suggestion}?`}`
    return [{ key, message: `expected ${values.length > 12 ? `the name of a ${key}` : choice(values)}, ${found}` }]
  })

const unique = (words: readonly string[]): string[] => [...new Set(words)]
