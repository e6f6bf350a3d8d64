import type { IncomingHttpHeaders } from 'node:http'
import type { FromSchema } from 'json-schema-to-ts'
import { formatDuration, parseDuration } from '../../base/duration.js'
import { isExpression } from '../../base/expression.js'
import { lastText } from '../../kit/fields.js'
import type { Call } from '../../product/product.js'
import type { TokenStatus } from '../../session/sessions.js'
import { createMatcher, textMatchSchema } from './schema-parts.js'

const tokenStatuses = ['open', 'expired', 'ended', 'none'] as const

const named = (title: string) =>
  ({
    type: 'object',
    minProperties: 1,
    title,
    additionalProperties: {
      title: 'a text, a /regular expression/, true or false',
      anyOf: [textMatchSchema, { type: 'boolean', title: 'true if present, false if absent' }]
    }
  }) as const

export const whenSchema = {
  type: 'object',
  additionalProperties: false,
  minProperties: 1,
  properties: {
    login: { ...textMatchSchema, description: 'Name on the login form, or owner of the session.' },
    token: { ...textMatchSchema, description: 'Token of the request.' },
    session: {
      enum: tokenStatuses,
      description: 'Status of the token: ended is logged out, revoked or evicted; none is missing or never issued.'
    },
    age: {
      type: 'string',
      pattern: '^[<>]=?\\s*(?:\\d+(?:\\.\\d+)?(?:ms|s|m|h|d))+$',
      title: 'a comparison with a duration, such as ">10m"',
      description: 'Time since the session was opened.'
    },
    state: { type: 'string', minLength: 1, description: 'State of the space.' },
    header: {
      ...named('names of headers, each with a text, a /regular expression/, true or false'),
      description: 'Headers of the request: true if present, false if absent.'
    },
    query: {
      ...named('names of query parameters, each with a text, a /regular expression/, true or false'),
      description: 'Query parameters: true if present, false if absent.'
    },
    body: { ...textMatchSchema, description: 'Text or /regular expression/ in the body.' }
  }
} as const

export type When = FromSchema<typeof whenSchema>

/** The input of the conditions of rules for a call. */
export interface MatchInput {
  readonly call: Call
  readonly tokenStatus: TokenStatus
}

export type Condition = (input: MatchInput) => boolean

/** One condition per key; all must hold. */
export const compileConditions = (when: When): Condition[] => [
  ...(when.login === undefined ? [] : [login(when.login)]),
  ...(when.token === undefined ? [] : [token(when.token)]),
  ...(when.session === undefined ? [] : [tokenStatus(when.session)]),
  ...(when.age === undefined ? [] : [age(when.age)]),
  ...(when.state === undefined ? [] : [state(when.state)]),
  ...fields(when.header).map(([name, wanted]) => field(wanted, ({ headers }) => header(headers, name.toLowerCase()))),
  ...fields(when.query).map(([name, wanted]) => field(wanted, ({ query }) => lastText(query, name))),
  ...(when.body === undefined ? [] : [body(when.body)])
]

export const describeConditions = (when: When): string[] => [
  ...(when.login === undefined ? [] : [`login ${describeMatch(when.login)}`]),
  ...(when.token === undefined ? [] : [`token ${describeMatch(when.token)}`]),
  ...(when.session === undefined ? [] : [`session is ${when.session}`]),
  ...(when.age === undefined ? [] : [`the session's age is ${describeAge(when.age)}`]),
  ...(when.state === undefined ? [] : [`state is ${when.state}`]),
  ...fields(when.header).map(([name, wanted]) => describeField('header', name, wanted)),
  ...fields(when.query).map(([name, wanted]) => describeField('query', name, wanted)),
  ...(when.body === undefined ? [] : [`body ${isExpression(when.body) ? 'matches' : 'contains'} ${when.body}`])
]

const describeMatch = (wanted: string): string => `${isExpression(wanted) ? 'matches' : 'is'} ${wanted}`

type Wanted = string | boolean

const fields = (map: Readonly<Record<string, Wanted>> | undefined): [string, Wanted][] => Object.entries(map ?? {})

const login = (wanted: string): Condition => {
  const exact = createMatcher(wanted)
  const caseInsensitive = createMatcher(wanted, true)
  return input => (input.call.product.accounts.caseInsensitive ? caseInsensitive : exact)(loginOf(input))
}

/** The login of the request, or else the owner of its session. */
export const loginOf = ({ call, tokenStatus }: MatchInput): string | undefined =>
  call.login ?? (tokenStatus.is === 'unknown' ? undefined : tokenStatus.session.login)

/** The same; for a product that ignores case, the name of the account in its own case. */
export const accountOf = (input: MatchInput): string | undefined => {
  const login = loginOf(input)
  const { product, space } = input.call
  if (login === undefined || !product.accounts.caseInsensitive) return login
  return space.accounts.find(login, true)?.login ?? login.toLowerCase()
}

const token = (wanted: string): Condition => {
  const matches = createMatcher(wanted)
  return ({ call }) => matches(call.token)
}

const tokenStatus =
  (wanted: (typeof tokenStatuses)[number]): Condition =>
  input =>
    statusWord(input.tokenStatus) === wanted

const statusWord = (tokenStatus: TokenStatus): (typeof tokenStatuses)[number] => {
  if (tokenStatus.is === 'unknown') return 'none'
  if (tokenStatus.is === 'open') return 'open'
  return tokenStatus.end.cause === 'expired' ? 'expired' : 'ended'
}

const age = (wanted: string): Condition => {
  const { compare, ms } = readAge(wanted)
  return ({ call, tokenStatus }) => tokenStatus.is !== 'unknown' && compare(call.at - tokenStatus.session.openedAt, ms)
}

const comparisons: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b
}

const comparisonWords: Readonly<Record<string, string>> = {
  '<': 'under',
  '<=': 'at most',
  '>': 'over',
  '>=': 'at least'
}

const readAge = (text: string) => {
  const [, sign = '', span = ''] = /^([<>]=?)\s*(.+)$/.exec(text) ?? []
  return { sign, ms: parseDuration(span) ?? 0, compare: comparisons[sign] ?? (() => false) }
}

const describeAge = (text: string): string => {
  const { sign, ms } = readAge(text)
  return `${comparisonWords[sign]} ${formatDuration(ms)}`
}

const state =
  (wanted: string): Condition =>
  ({ call }) =>
    call.space.state === wanted

const field = (wanted: Wanted, read: (request: Call['request']) => string | undefined): Condition => {
  if (typeof wanted === 'boolean') return ({ call }) => (read(call.request) !== undefined) === wanted
  const matches = createMatcher(wanted)
  return ({ call }) => matches(read(call.request))
}

const describeField = (kind: string, name: string, wanted: Wanted): string => {
  if (typeof wanted === 'string') return `${kind} ${name} ${describeMatch(wanted)}`
  return `${kind} ${name} is ${wanted ? 'present' : 'absent'}`
}

const header = (headers: IncomingHttpHeaders, name: string): string | undefined => {
  const value = Object.hasOwn(headers, name) ? headers[name] : undefined
  return Array.isArray(value) ? value.join(', ') : value
}

const body = (wanted: string): Condition => {
  const matches = isExpression(wanted)
    ? createMatcher(wanted)
    : (text: string | undefined) => text?.includes(wanted) ?? false
  return ({ call }) => matches(call.body)
}
