import type { ErrorObject } from 'ajv'
import { choice, nearest } from '../../base/errors.js'
import { failureOf } from '../../product/failure.js'
import { isRecord } from '../../product/fields.js'
import type { Path } from '../validation-issue.js'

/** The end of a message about an invalid value, and an expectation in place of the schema's. */
interface Suggestion {
  readonly remedy: string
  readonly expected?: string
}

const write = (text: string): Suggestion => ({ remedy: `write ${text}` })

/** A word or number as YAML, or dots for another value. */
const short = (value: unknown): string => (typeof value === 'object' ? '…' : String(value))

/** What should be written for an unknown key: of another tool, misspelt, of another place of the schema, or a header. */
export const suggestKey = (
  root: unknown,
  place: string,
  key: string,
  data: unknown,
  keys: readonly string[]
): string => {
  const value = isRecord(data) ? data[key] : undefined
  const isRule = place === '' || place.startsWith('rules')
  const meant = isRule && Object.hasOwn(otherTools, key) ? otherTools[key]?.(short(value), place) : undefined
  if (meant !== undefined) return meant
  const misspelt = nearest(key, keys, 1)
  const elsewhere = misspelt === undefined ? suggestPlace(root, place, key, value) : undefined
  if (elsewhere !== undefined) return elsewhere
  if (place === 'rules.then' && /^[a-z]+(?:-[a-z]+)+$/i.test(key))
    return `for a header of the response, write headers: { ${key}: ${short(value)} }`
  return `expected ${choice(keys)}${hint(key, keys)}`
}

/** The nearest word; of a word with a dot, among those with the same beginning, or else all of these. */
export const hint = (word: string, words: readonly string[]): string => {
  const [group = '', rest = ''] = word.split(/\.(.*)/s)
  const beside = word.includes('.') ? words.filter(each => each.startsWith(`${group}.`)) : []
  const names = beside.map(each => each.slice(group.length + 1))
  const meant = beside.length === 0 ? nearest(word, words) : nearest(rest, names)
  if (meant !== undefined) return `; did you mean ${beside.length === 0 ? meant : `${group}.${meant}`}?`
  return beside.length === 0 ? '' : `; there are ${choice(beside, 'and')}`
}

const response = (_value: string, place: string): string =>
  place === 'rules.then'
    ? 'write reply, or fail for a refusal of the product'
    : 'write then: { reply: … }, or then: { fail: … } for a refusal of the product'

const operation = (): string => 'write on, with an operation such as login: session-mock products lists their paths'

/** Keys that users of WireMock and MockServer write, and a time that a rule does not have. */
const otherTools: Readonly<Record<string, (value: string, place: string) => string>> = {
  mappings: () => 'write rules',
  request: operation,
  httpRequest: operation,
  method: operation,
  url: operation,
  path: operation,
  response,
  httpResponse: response,
  statusCode: value => `write reply: { status: ${value} }${failureAdvice(value)}`,
  jsonBody: () => 'write body',
  fault: value => `write connection: ${value}`,
  fixedDelayMilliseconds: value => `write delay: ${value}ms`,
  requiredScenarioState: value => `write when: { state: ${value} }`,
  newScenarioState: value => `write then: { state: ${value} }`,
  after: value =>
    `from: ${value} counts from the start of the scenario; then: { expire: ${value} } ends the session that long after the call`
}

const failureAdvice = (status: unknown): string => {
  const failure = failureOf(Number(status))
  return failure === undefined ? '' : `, or { fail: ${failure} } for the response of the product`
}

/** Keys by their place in a schema, without indexes of lists. */
interface Places {
  readonly keys: ReadonlyMap<string, ReadonlySet<string>>
  /** Places that are lists alone. */
  readonly lists: ReadonlySet<string>
}

const placesOf = (root: unknown): Places => {
  const keys = new Map<string, Set<string>>()
  const lists = new Set<string>()
  const single = new Set<string>()
  const visit = (schema: unknown, place: string, isItem: boolean): void => {
    if (!isRecord(schema)) return
    for (const form of formsOf(schema)) visit(form, place, isItem)
    visit(schema.items, place, true)
    if (!isRecord(schema.properties)) return
    keys.set(place, new Set([...(keys.get(place) ?? []), ...keysOf(schema)]))
    if (isItem && !single.has(place)) lists.add(place)
    if (!isItem) single.add(place)
    for (const [key, own] of Object.entries(schema.properties)) visit(own, below(place, key), false)
  }
  visit(root, '', false)
  return { keys, lists }
}

const below = (place: string, key: string): string => (place === '' ? key : `${place}.${key}`)

/** A key of another place: in a part of this one, around it, or beside it. */
const suggestPlace = (root: unknown, place: string, key: string, value: unknown): string | undefined => {
  const { keys, lists } = placesOf(root)
  const others = [...keys].filter(([other, own]) => other !== place && own.has(key)).map(([other]) => other)
  const within = others.filter(other => other === below(place, lastOf(other)))
  const listed = within.filter(other => lists.has(other)).map(lastOf)
  const parts = within.filter(other => !lists.has(other)).map(lastOf)
  const around = others.filter(other => other === '' || place.startsWith(`${other}.`))
  if (listed.length > 0)
    return `it belongs in an item of the list under ${choice(listed)}: write - before the first key of each item`
  const next = around.map(other => `next to ${stepBelow(other, place)}`).slice(-1)
  if (next.length > 0) return `it belongs ${choice([...next, ...parts.map(part => `in ${part}`)])}`
  const [part] = parts
  if (part !== undefined)
    return `write ${part}: { ${key}: ${short(value)} }${key === 'status' ? failureAdvice(value) : ''}`
  return others.length === 0 ? undefined : `it belongs in ${choice(others)}`
}

const lastOf = (place: string): string => place.slice(place.lastIndexOf('.') + 1)

/** The step of a place directly below one around it. */
const stepBelow = (around: string, place: string): string =>
  place.slice(around === '' ? 0 : around.length + 1).split('.', 1)[0] ?? ''

/** Longest text with a suggestion: the time of the searches below is bounded by it. */
const longest = 200

/** Suggestion for a value that the schema rejects; undefined if none is likely. */
export const suggestValue = (place: string, error: SchemaError): Suggestion | undefined => {
  const { data, parentSchema, form } = error
  if ([data].flat().some(each => typeof each === 'string' && each.length > longest)) return undefined
  return (
    suggestList(data, parentSchema) ??
    suggestions[place]?.(data, error) ??
    (schemasOf(parentSchema, form?.parentSchema).some(isDuration) ? suggestDuration(data, error) : undefined)
  )
}

const schemasOf = (...schemas: readonly SchemaError['parentSchema'][]): unknown[] =>
  schemas.flatMap(schema => [schema, ...formsOf(schema)])

const isDuration = (schema: unknown): boolean =>
  isRecord(schema) && String(schema.pattern).includes('(?:ms|s|m|h|d))+$')

/** Keys and values where a list of such items is expected. */
const suggestList = (value: unknown, schema: SchemaError['parentSchema']): Suggestion | undefined => {
  const list = [schema, ...formsOf(schema)].find(form => isRecord(form) && isRecord(form.items))
  if (!isRecord(value) || !isRecord(list) || !isRecord(list.items) || list.items.type !== 'object') return undefined
  if ([schema, ...formsOf(schema)].some(form => isRecord(form) && form.type === 'object')) return undefined
  const [first] = Object.keys(value)
  return first === undefined ? undefined : { remedy: `this is a list: put - before ${first} (in JSON, [ ] around it)` }
}

type Suggest = (value: unknown, error: SchemaError) => Suggestion | undefined

/** A chance in percent, as a fraction, or in quotes. */
const suggestChance: Suggest = value => {
  const text = String(value)
  const [, percent] = /^(\d+(?:\.\d+)?)\s*%$/.exec(text) ?? []
  if (percent !== undefined) return write(String(Number(percent) / 100))
  const [, part, whole] = /^(\d+)\s*\/\s*([1-9]\d*)$/.exec(text) ?? []
  if (part !== undefined) return write(String(Number((Number(part) / Number(whole)).toFixed(4))))
  if (typeof value === 'number') return value > 1 && value <= 100 ? write(`${value / 100} for ${value}%`) : undefined
  return /^(?:0?\.\d+|[01])$/.test(text) ? { remedy: `write it without quotes: ${text}` } : undefined
}

/** `2..4` is `2-4`; a list of numbers is a rule for each. */
const suggestRange: Suggest = value => {
  if (Array.isArray(value) && value.length > 1 && value.every(each => Number.isInteger(each) && each > 0)) {
    const [first, last] = [Math.min(...value), Math.max(...value)]
    if (last - first + 1 === new Set(value).size) return write(`${first}-${last}`)
    return { remedy: `a rule has one number or range: write a rule for each of ${choice(value.map(String), 'and')}` }
  }
  const [, first, last = ''] = /^(\d+)\s*(?:\.\.+|to|–|-|:)\s*(\d*)$/.exec(String(value)) ?? []
  if (first !== undefined && `${first}-${last}` !== value) return write(`${first}-${last}`)
  return /^\d+\+$/.test(String(value)) ? write(`${String(value).slice(0, -1)}-`) : undefined
}

const span = String.raw`(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)?`
const spans = new RegExp(`^(?:${span})+$`)
const range = new RegExp(`^${span}\\s*(?:-|–|\\.\\.+|to)\\s*${span}$`)

/** `40 sec` is `40s`, `2 m` is `2m`. */
const suggestDuration: Suggest = value => {
  const text = String(value).trim().replace(/\s+/g, '')
  const short = text.replace(/(?<=\d)(mil|ms|s|m|h|d)[a-z]*$/i, (_unit, begin: string) =>
    begin.toLowerCase() === 'mil' ? 'ms' : begin.toLowerCase()
  )
  return short !== value && spans.test(short) && /[a-z]$/.test(short) ? write(short) : undefined
}

const suggestDelay: Suggest = (value, error) => {
  if (Array.isArray(value) && value.length === 2) return write(`{ uniform: [${value.join(', ')}] }`)
  if (isRecord(value))
    return 'min' in value && 'max' in value ? write(`{ uniform: [${value.min}, ${value.max}] }`) : undefined
  const [, least, leastUnit, most, mostUnit] = range.exec(String(value)) ?? []
  const unit = mostUnit ?? leastUnit
  if (least === undefined || unit === undefined) return suggestDuration(value, error)
  return write(`{ uniform: [${least}${leastUnit ?? unit}, ${most}${unit}] }`)
}

/** `cbrain login` is `cbrain.login`. */
const suggestTarget: Suggest = (value, { params }) => {
  const words: readonly unknown[] = Array.isArray(params.allowedValues) ? params.allowedValues : []
  const parts = String(value)
    .toLowerCase()
    .split(/[\s./:]+/)
  const meant = words.find(word => word === parts.join('.') || word === parts.toReversed().join('.'))
  if (meant !== undefined && meant !== value) return write(String(meant))
  return /[/\s]/.test(String(value))
    ? { remedy: 'a rule names operations, not paths: session-mock products lists both' }
    : undefined
}

/** The name of a failure, by its HTTP status. */
const suggestFailure: Suggest = value => {
  if (value === 'locked') return write('forbidden')
  if (!/^[1-5]\d\d$/.test(String(value))) return undefined
  const named = failureOf(Number(value))
  const also = String(value) === '401' ? ', or bad-credentials at a login' : ''
  return {
    expected: 'the name of a failure',
    remedy: named ? `${value} is ${named}${also}` : `write reply: { status: ${value} } in place of fail`
  }
}

/** A word that is the value of an effect, or what a user may call one. */
const suggestEffect: Suggest = (value, { form, parentSchema }) => {
  if (value === 'logout' || value === 'end') return write('revoke, which ends the session as a logout elsewhere does')
  if (value === 'lock' || value === 'locked')
    return write('{ fail: forbidden }, which refuses as for a locked account; revoke ends its session')
  const effects = schemasOf(form?.parentSchema, parentSchema).flatMap(schema =>
    isRecord(schema) && isRecord(schema.properties) ? Object.entries(schema.properties) : []
  )
  const meant = effects.find(([, own]) => isRecord(own) && Array.isArray(own.enum) && own.enum.includes(value))
  return typeof value === 'string' && meant ? write(`{ ${meant[0]}: ${value} }`) : undefined
}

const suggestReply: Suggest = value => {
  if (typeof value === 'number' || /^[2-5]\d\d$/.test(String(value))) return write(`{ status: ${value} }`)
  return typeof value === 'string' ? write(`{ body: ${JSON.stringify(value)} }`) : undefined
}

const suggestHeaders: Suggest = value => {
  const [, name, text] = /^([\w-]+):\s*(.*)$/.exec(String([value].flat()[0])) ?? []
  return name === undefined ? undefined : write(`{ ${name}: ${text} }`)
}

/** A day, or a time without a zone. */
const suggestClock: Suggest = value => {
  const [, day, time, seconds = ':00'] = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d)(:\d\d)?)?$/.exec(String(value)) ?? []
  return day === undefined ? undefined : write(`${day}T${time === undefined ? '00:00:00' : `${time}${seconds}`}Z`)
}

const suggestAge: Suggest = value =>
  /^\d[\w.]*[a-z]$/.test(String(value)) ? write(`">${value}", for older than that`) : undefined

/** By the place of the value, without indexes of lists. */
const suggestions: Readonly<Record<string, Suggest>> = {
  clock: suggestClock,
  'rules.on': suggestTarget,
  'rules.call': suggestRange,
  'rules.chance': suggestChance,
  'rules.when.opened': suggestRange,
  'rules.when.age': suggestAge,
  'rules.then': suggestEffect,
  'rules.then.delay': suggestDelay,
  'rules.then.fail': suggestFailure,
  'rules.then.reply': suggestReply,
  'rules.then.headers': suggestHeaders,
  'rules.then.reply.headers': suggestHeaders
}

/** An error with its path, the found value in words, and the choice of forms that it belongs to. */
export interface SchemaError extends ErrorObject {
  readonly path: Path
  readonly found: string
  readonly form: ErrorObject | undefined
}

/** The forms of a schema with a choice. */
export const formsOf = (schema: ErrorObject['parentSchema']): unknown[] => {
  const forms: unknown = schema?.anyOf
  return Array.isArray(forms) ? forms : []
}

/** The keys of an object schema, without keys for editors such as `$schema`. */
export const keysOf = (schema: unknown): string[] =>
  isRecord(schema) && isRecord(schema.properties)
    ? Object.keys(schema.properties).filter(key => !key.startsWith('$'))
    : []
