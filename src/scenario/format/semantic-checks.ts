import { parseDuration } from '../../base/duration.js'
import { nearest } from '../../base/errors.js'
import { isFraming } from '../../http/delivery.js'
import { isRecord } from '../../product/fields.js'
import type { Product } from '../../product/product.js'
import { type AccountDocument, demo } from '../../session/accounts.js'
import { Random } from '../../session/random.js'
import { parseRange } from '../engine/call-selector.js'
import type { RuleDocument } from '../engine/rule.js'
import { describeBrokenExpression, describeValue, type Path, type ValidationIssue } from '../validation-issue.js'
import type { ScenarioDocument } from './compile.js'

type Opening = NonNullable<ScenarioDocument['sessions']>[number]
type Listed<Item> = readonly (Partial<Item> | undefined)[]

/** The valid parts of a scenario; invalid ones are left out, and are gaps in lists. */
export interface ValidParts {
  readonly clock?: string
  readonly accounts?: 'any' | Listed<AccountDocument>
  readonly sessions?: Listed<Opening>
  readonly rules?: Listed<RuleDocument>
}

/** Checks beyond the schema: unknown names, empty ranges, invalid times and tokens. */
export const semanticIssues = (
  { clock, accounts = [demo], sessions = [], rules = [] }: ValidParts,
  products: readonly Product[]
): ValidationIssue[] => [
  ...(clock === undefined || isTime(clock) ? [] : [{ path: ['clock'], message: `there is no time ${clock}` }]),
  ...twins(accounts === 'any' ? [] : accounts.map(account => account?.login), 'accounts', 'login'),
  ...twins(
    sessions.map(session => session?.token),
    'sessions',
    'token'
  ),
  ...sessions.flatMap((session, index) =>
    session ? [...unfit(session, index, products), ...unowned(session, index, accounts)] : []
  ),
  ...rules.flatMap((rule, index) => (rule ? senselessRule(rule, ['rules', index]) : []))
]

/** Rejects dates outside of the calendar, such as `2026-02-30T…`. */
const isTime = (text: string): boolean => {
  const local = text.replace(/(?:Z|[+-]\d\d:\d\d)$/i, '')
  const at = Date.parse(`${local}Z`)
  return !Number.isNaN(Date.parse(text)) && new Date(at).toISOString().startsWith(local.slice(0, 19).toUpperCase())
}

/** Repeated values of a list. */
const twins = (values: readonly (string | undefined)[], list: string, key: string): ValidationIssue[] => {
  const places = new Map<string, number>()
  return values.flatMap((value, index) => {
    if (value === undefined) return []
    const first = places.get(value)
    if (first === undefined) places.set(value, index)
    return first === undefined
      ? []
      : [
          {
            path: [list, index, key],
            message: `the ${key} ${describeValue(value)} is repeated, first at ${list}[${first}]`
          }
        ]
  })
}

const unfit = (
  { product: name = '', token }: Partial<Opening>,
  index: number,
  products: readonly Product[]
): ValidationIssue[] => {
  const product = products.find(each => each.name === name)
  if (token === undefined || !product || product.sessions.token.test(token)) return []
  const fitting = product.sessions.createToken(new Random('a token that fits', name).bytes(token))
  return [
    {
      path: ['sessions', index, 'token'],
      message: `expected a token of ${product.title} such as ${fitting}, found ${describeValue(token)}`
    }
  ]
}

/** Sessions of unknown accounts. An invalid account may be the owner, so that nothing is reported then. */
const unowned = (
  { login }: Partial<Opening>,
  index: number,
  accounts: NonNullable<ValidParts['accounts']>
): ValidationIssue[] => {
  if (login === undefined || accounts === 'any') return []
  if (accounts.some(account => account?.login === undefined || account.login === login)) return []
  const meant = nearest(
    login,
    accounts.flatMap(account => account?.login ?? [])
  )
  return [
    {
      path: ['sessions', index, 'login'],
      message: `no account has the login ${describeValue(login)}${meant === undefined ? '' : `; did you mean ${meant}?`}`
    }
  ]
}

const senselessRule = (rule: Partial<RuleDocument>, path: Path): ValidationIssue[] => [
  ...emptyRange(rule.call, [...path, 'call']),
  ...emptyRange(rule.when?.opened, [...path, 'when', 'opened']),
  ...emptyWindow(rule, path),
  ...brokenExpressions(rule.when ?? {}, [...path, 'when']),
  ...(Array.isArray(rule.then)
    ? rule.then.flatMap((item, index) => senselessItem(item, [...path, 'then', index]))
    : senselessItem(rule.then, [...path, 'then']))
]

const emptyRange = (range: number | string | undefined, path: Path): ValidationIssue[] => {
  const { first, last } = parseRange(range)
  return first > last ? [{ path, message: `the range ${range} is empty: its end comes before its start` }] : []
}

const emptyWindow = ({ from, until }: Partial<RuleDocument>, path: Path): ValidationIssue[] => {
  const [start, end] = [ms(from ?? '0s'), ms(until ?? 'never')]
  return end <= start
    ? [{ path: [...path, 'until'], message: `the time from ${from ?? '0s'} until ${until} is empty` }]
    : []
}

/** Texts in the form `/…/` that are not valid regular expressions. */
const brokenExpressions = (conditions: object, path: Path): ValidationIssue[] =>
  Object.entries(conditions).flatMap(([key, wanted]) => {
    if (isRecord(wanted)) return brokenExpressions(wanted, [...path, key])
    const message = typeof wanted === 'string' ? describeBrokenExpression(wanted) : undefined
    return message === undefined ? [] : [{ path: [...path, key], message }]
  })

const senselessItem = (item: unknown, path: Path): ValidationIssue[] => [
  ...senselessWaits(item, path),
  ...unsettableHeaders(item, path)
]

/** The longest delay of a timer. */
const longest = 2 ** 31 - 1

/** Errors of delays in an effect: empty ranges, and delays beyond the longest timer. */
const senselessWaits = (item: unknown, path: Path): ValidationIssue[] => {
  if (!isRecord(item)) return []
  const uniform = isRecord(item.delay) ? item.delay.uniform : undefined
  const [least, most] = Array.isArray(uniform) ? uniform.map(ms) : []
  return [
    ...(least !== undefined && most !== undefined && least > most
      ? [
          {
            path: [...path, 'delay', 'uniform'],
            message: `the range of delays from ${[uniform].flat().join(' to ')} is empty`
          }
        ]
      : []),
    ...tooLong({ delay: item.delay, dribble: item.dribble }, path)
  ]
}

const tooLong = (value: unknown, path: Path): ValidationIssue[] => {
  if (typeof value === 'string')
    return ms(value) > longest
      ? [{ path, message: `expected a wait of at most 24d, found ${describeValue(value)}` }]
      : []
  if (Array.isArray(value)) return value.flatMap((item, index) => tooLong(item, [...path, index]))
  return isRecord(value) ? Object.entries(value).flatMap(([key, item]) => tooLong(item, [...path, key])) : []
}

/** A duration in milliseconds; infinite if it is too long for a number. */
const ms = (text: string): number => parseDuration(text) ?? Number.POSITIVE_INFINITY

/** Errors for headers in an effect that the server itself derives from the body. */
const unsettableHeaders = (item: unknown, path: Path): ValidationIssue[] => {
  if (!isRecord(item)) return []
  const { headers, reply } = item
  return [
    ...unsettable(headers, [...path, 'headers']),
    ...(isRecord(reply) ? unsettable(reply.headers, [...path, 'reply', 'headers']) : [])
  ]
}

const unsettable = (headers: unknown, path: Path): ValidationIssue[] =>
  (isRecord(headers) ? Object.keys(headers) : []).filter(isFraming).map(name => ({
    path: [...path, name],
    atKey: true,
    message: `${name} cannot be set: the server derives it from the body; ${remedy(name)}`
  }))

const remedy = (name: string): string =>
  /^content-length$/i.test(name)
    ? 'for a truncated response, write connection: truncate'
    : 'for a body in pieces, write dribble'
