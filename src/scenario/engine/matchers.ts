import type { IncomingHttpHeaders } from 'node:http'
import { formatDuration, parseDuration } from '../../base/duration.js'
import { isExpression } from '../../base/expression.js'
import type { Call } from '../../product/product.js'
import type { TokenStatus } from '../../session/session-store.js'
import { createMatcher, parseRange } from './call-selector.js'

/** The input of the conditions of rules for a call. */
export interface MatchInput {
  readonly call: Call
  readonly tokenStatus: TokenStatus
}

export type Condition = (input: MatchInput) => boolean

export const tokenStatuses = ['open', 'expired', 'ended', 'none'] as const

export type TokenStatusName = (typeof tokenStatuses)[number]

/** Texts, regular expressions, or whether there is one, by name. */
export type Fields = Readonly<Record<string, string | boolean>>

export const describeMatch = (wanted: string): string =>
  wanted === '' ? 'is empty' : `${isExpression(wanted) ? 'matches' : 'is'} ${wanted}`

export const login = (wanted: string): Condition => {
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

export const token = (wanted: string): Condition => {
  const matches = createMatcher(wanted)
  return ({ call }) => matches(call.token)
}

export const tokenStatus =
  (wanted: TokenStatusName): Condition =>
  input =>
    statusWord(input.tokenStatus) === wanted

const statusWord = (tokenStatus: TokenStatus): TokenStatusName => {
  if (tokenStatus.is === 'unknown') return 'none'
  if (tokenStatus.is === 'open') return 'open'
  return tokenStatus.end.cause === 'expired' ? 'expired' : 'ended'
}

export const age = (wanted: string): Condition => {
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
  const [, sign = '', span = ''] = /^([<>]=?)\s*(.*)$/s.exec(text) ?? []
  return { sign, ms: parseDuration(span) ?? 0, compare: comparisons[sign] ?? (() => false) }
}

export const describeAge = (text: string): string => {
  const { sign, ms } = readAge(text)
  return `${comparisonWords[sign]} ${formatDuration(ms)}`
}

export const opened = (wanted: number | string): Condition => {
  const { first, last } = parseRange(wanted)
  return ({ tokenStatus }) =>
    tokenStatus.is !== 'unknown' && tokenStatus.session.ordinal >= first && tokenStatus.session.ordinal <= last
}

export const state =
  (wanted: string): Condition =>
  ({ call }) =>
    call.space.state === wanted

type Request = Call['request']

/** All fields must match. */
export const fields = (wanted: Fields, read: (request: Request, name: string) => string | undefined): Condition => {
  const each = Object.entries(wanted).map(([name, value]) => field(value, request => read(request, name)))
  return input => each.every(holds => holds(input))
}

const field = (wanted: string | boolean, read: (request: Request) => string | undefined): Condition => {
  if (typeof wanted === 'boolean') return ({ call }) => (read(call.request) !== undefined) === wanted
  const matches = createMatcher(wanted)
  return ({ call }) => matches(read(call.request))
}

export const describeFields = (kind: string, wanted: Fields): string =>
  Object.entries(wanted)
    .map(([name, value]) => describeField(`${kind} ${name}`, value))
    .join(' and ')

const describeField = (place: string, wanted: string | boolean): string => {
  if (typeof wanted === 'string') return `${place} ${describeMatch(wanted)}`
  return `${place} is ${wanted ? 'present' : 'absent'}`
}

export const header = (headers: IncomingHttpHeaders, name: string): string | undefined => {
  const value = Object.hasOwn(headers, name) ? headers[name] : undefined
  return Array.isArray(value) ? value.join(', ') : value
}

export const body = (wanted: string): Condition => {
  const matches = isExpression(wanted)
    ? createMatcher(wanted)
    : (text: string | undefined) => text?.includes(wanted) ?? false
  return ({ call }) => matches(call.body)
}
