import { durationPattern, formatDuration } from '../../base/duration.js'
import { compileExpression } from '../../base/expression.js'
import type { Product } from '../../product/product.js'

/** Selects matching calls of a rule. Times in milliseconds after the start of the scenario. */
export interface CallSelector {
  readonly first: number
  readonly last: number
  readonly every: number
  readonly times: number
  readonly chance: number
  readonly from: number
  readonly until: number
  /** Duration from the first application: the rule applies to all matching calls in it, and to none after it. */
  readonly lasts?: number | undefined
  readonly per: 'rule' | 'session' | 'login'
}

/** A whole number from 1, a range `2-4`, or one without an end, `3-`. */
export const rangeSchema = {
  title: 'a whole number from 1, or a range such as "2-4" or "3-"',
  anyOf: [
    { type: 'integer', minimum: 1 },
    { type: 'string', pattern: '^[1-9]\\d*-(?:[1-9]\\d*)?$' }
  ]
} as const

/** The first and last number of `3`, `2-4` or `3-`. */
export const parseRange = (range: number | string | undefined): { first: number; last: number } => {
  if (range === undefined) return { first: 1, last: Number.POSITIVE_INFINITY }
  if (typeof range === 'number') return { first: range, last: range }
  const [first, last] = range.split('-')
  return { first: Number(first), last: last ? Number(last) : Number.POSITIVE_INFINITY }
}

/** Whether the rule applies at this count; `times` and `chance` are checked separately. */
export const isDue = ({ first, last, every }: CallSelector, count: number): boolean =>
  count >= first && count <= last && (count - (every > 1 ? 0 : first)) % every === 0

export const describeCalls = ({
  first,
  last,
  every,
  times,
  chance,
  from,
  until,
  lasts,
  per
}: CallSelector): string[] => {
  const of = per === 'rule' ? '' : ` of each ${per}`
  const each = per === 'rule' ? '' : ` for each ${per}`
  return [
    ...(first === 1 && last === Number.POSITIVE_INFINITY ? [] : [describeRange(first, last, every > 1 ? '' : of)]),
    ...(every > 1 ? [`on every ${ordinal(every)} call${of}`] : []),
    ...(times === Number.POSITIVE_INFINITY ? [] : [`${times === 1 ? 'once' : `at most ${times} times`}${each}`]),
    ...(chance === 1 ? [] : [`with a chance of ${percent(chance)}`]),
    ...(from === 0 && until === Number.POSITIVE_INFINITY ? [] : [describeWindow(from, until)]),
    ...(lasts === undefined ? [] : [`then on every call${of} for ${formatDuration(lasts)}`])
  ]
}

const describeRange = (first: number, last: number, of: string): string => {
  if (first === last) return `on the ${ordinal(first)} call${of}`
  return last === Number.POSITIVE_INFINITY
    ? `from the ${ordinal(first)} call${of} on`
    : `on calls ${first} to ${last}${of}`
}

/** `the first`, `the second to fourth`, `the third or later`. */
export const describePlaces = (range: number | string): string => {
  const { first, last } = parseRange(range)
  if (first === last) return `the ${ordinal(first)}`
  return `the ${ordinal(first)} ${last === Number.POSITIVE_INFINITY ? 'or later' : `to ${ordinal(last)}`}`
}

const percent = (chance: number): string => `${Number((chance * 100).toFixed(6))}%`

const describeWindow = (from: number, until: number): string => {
  if (until === Number.POSITIVE_INFINITY) return `from ${formatDuration(from)} after the start`
  return from === 0
    ? `until ${formatDuration(until)} after the start`
    : `from ${formatDuration(from)} to ${formatDuration(until)} after the start`
}

const ordinals = 'zeroth first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth'.split(' ')
const endings: Readonly<Record<number, string>> = { 1: 'st', 2: 'nd', 3: 'rd' }

/** `first`, `22nd`, `111th`. The plural rules of Intl take longer to load than the whole scenario. */
const ordinal = (number: number): string => {
  const isTeen = Math.floor(number / 10) % 10 === 1
  return ordinals[number] ?? `${number}${isTeen ? 'th' : (endings[number % 10] ?? 'th')}`
}

/** All words that `on` accepts for these products. */
export const targetWords = (products: readonly Product[]): string[] => [
  '*',
  ...products.map(({ name }) => name),
  ...new Set(products.flatMap(({ operations }) => operations.map(({ name }) => name))),
  ...products.flatMap(({ name, operations }) => operations.map(operation => `${name}.${operation.name}`))
]

/** The operations of a word of `on`, as `product.operation`. */
export const targetOperations = (word: string, products: readonly Product[]): string[] =>
  products.flatMap(product =>
    product.operations
      .filter(({ name }) => ['*', product.name, name, `${product.name}.${name}`].includes(word))
      .map(({ name }) => `${product.name}.${name}`)
  )

/** Schemas of several keys of a scenario. A `title` is the expectation in error messages. */
export const durationSchema = {
  type: 'string',
  pattern: durationPattern,
  title: 'a duration such as 200ms, 2s or 1h30m'
} as const

export const textMatchSchema = {
  type: 'string',
  minLength: 1,
  title: 'a text, or a /regular expression/'
} as const

const headerText = {
  type: ['string', 'number'],
  pattern: '^[\\t\\u0020-\\u007e\\u0080-\\u00ff]*$',
  title: 'a header value: one line of text, or a number'
} as const

const headerValueSchema = {
  title: 'a header value: one line of text, or a number; or a list of these, for several headers of one name',
  anyOf: [headerText, { type: 'array', minItems: 1, items: headerText }]
} as const

export const headersSchema = {
  type: 'object',
  propertyNames: { pattern: "^[!#$%&'*+.^_`|~0-9A-Za-z-]+$", title: 'the name of a header' },
  additionalProperties: headerValueSchema
} as const

/** A test of texts: equal to `wanted`, or matched by it if it has the form `/…/` or `/…/i`. */
export const createMatcher = (wanted: string, caseInsensitive = false): ((text: string | undefined) => boolean) => {
  const expression = compileExpression(wanted, caseInsensitive)
  if (expression) return text => text !== undefined && expression.test(text)
  if (caseInsensitive) return text => text?.toLowerCase() === wanted.toLowerCase()
  return text => text === wanted
}
