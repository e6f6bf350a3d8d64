import { parseDuration } from '../../base/duration.js'
import { Failure, failureNames, failureOf } from '../../product/failure.js'
import { type Call, isLogin } from '../../product/product.js'
import { type Effect, faultOf, type Step, step } from './effects.js'
import type { Rule } from './rule.js'

/** Maximum delay of a preference in milliseconds: an hour. */
const longestDelay = 3_600_000

/**
 * The preferences of a request, by RFC 7240: `Prefer: fail=server-error, delay=200ms, status=503, connection=reset`. An
 * unknown or invalid preference is ignored, as the RFC requires, and so is a repeated one. The title of the rule names the applied
 * preferences, as the response header `Preference-Applied` does.
 */
export const preferredRule = ({ request }: Call): Rule | undefined => {
  const header = request.headers.prefer
  if (header === undefined) return undefined
  const preferences = preferencesOf([header].flat().join(','))
  const applicable = [...readers].flatMap(([name, read]) => {
    const value = preferences.get(name)
    const step = value === undefined ? undefined : read(value)
    return step ? [{ text: `${name}=${value}`, step }] : []
  })
  if (applicable.length === 0) return undefined
  const applied = applicable.map(({ text }) => text).join(', ')
  const steps = applicable.map(({ step }) => step)
  return {
    number: 0,
    title: `Prefer: ${applied}`,
    sentence: `by the request: ${steps.map(({ effect, value }) => effect.describe(value)).join(', then ')}`,
    on: new Set(),
    document: undefined,
    login: undefined,
    conditions: [],
    selector: { first: 1, last: 1, every: 1, times: 1, chance: 1, from: 0, until: 0, per: 'rule' },
    steps: [...steps, { effect: acknowledge, value: applied }],
    decides: steps.some(({ effect }) => effect.decides)
  }
}

/** A list element: a comma in quotes separates nothing. Quotes without an end reach to the end of the header. */
const element = /(?:"(?:[^"\\]|\\[\s\S]?)*"?|[^,"])+/g

/** A name, a value in quotes or without, and parameters. No white space can belong to two of these, so that it takes linear time. */
const preference = /^([!#$%&'*+.^_`|~\w-]+)(?:\s*=\s*(?!\s)(?:"([^"]*)"|([^\s;"]*)))?\s*(?:;.*)?$/s

/** Values by the names of preferences; of a repeated one, the first. Parameters, after a semicolon, are ignored. */
const preferencesOf = (header: string): ReadonlyMap<string, string> => {
  const values = new Map<string, string>()
  for (const [text] of header.matchAll(element)) {
    const [, name, quoted, bare] = preference.exec(text.trim()) ?? []
    if (name !== undefined && !values.has(name.toLowerCase())) values.set(name.toLowerCase(), quoted ?? bare ?? '')
  }
  return values
}

/** In the order of their application. */
const readers = new Map<string, (value: string) => Step | undefined>([
  [
    'delay',
    value => {
      const ms = parseDuration(value)
      return ms !== undefined && ms <= longestDelay ? step('delay', value) : undefined
    }
  ],
  ['fail', value => (failureNames.some(name => name === value) ? step('fail', value) : undefined)],
  [
    'status',
    value => {
      const status = /^[2-5]\d\d$/.test(value) ? Number(value) : undefined
      return status === undefined ? undefined : { effect: setStatus, value: status }
    }
  ],
  ['connection', value => (faultOf(value) ? step('connection', value) : undefined)]
])

/** Below 400 the product executes the request, and the response has that status; from 400 on it refuses with the nearest failure. */
const setStatus: Effect<number> = {
  schema: {},
  decides: true,
  describe: status => `respond with status ${status}`,
  apply: (status, context, { rule }) => {
    context.status = status
    if (status < 400) return
    const kind = isLogin(context.call.operation) && status === 401 ? 'bad-credentials' : failureOf(status)
    context.refuse(
      new Failure(kind ?? (status < 500 ? 'bad-request' : 'server-error'), {
        status,
        why: { reason: 'rule', by: rule.title }
      })
    )
  }
}

const acknowledge: Effect<unknown> = {
  schema: {},
  describe: () => '',
  apply: (applied, context) => {
    context.setHeaders({ 'Preference-Applied': String(applied) })
  }
}
