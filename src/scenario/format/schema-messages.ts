import { choice } from '../../base/errors.js'
import { isRecord } from '../../product/fields.js'
import { describeBrokenExpression, describeValue, type Path, type ValidationIssue } from '../validation-issue.js'
import { formsOf, hint, keysOf, type SchemaError, suggestKey, suggestValue } from './suggestions.js'

/** The issue of an error under this schema: what is expected, what was found, and a suggestion. */
export const describeError = (error: SchemaError, root: object): ValidationIssue => {
  const { path, found, keyword } = error
  const describe = messages[keyword]
  const suggestion = keyErrors.has(keyword) ? undefined : suggestValue(placeOf(path), error)
  if (suggestion)
    return {
      path,
      message: `expected ${suggestion.expected ?? expectationOf(error)}, found ${found}; ${suggestion.remedy}`
    }
  if (describe) return describe(error, root)
  return { path, message: `expected ${expectationOf(error)}, found ${found}${adviceFor(error)}` }
}

/** Errors of a key within the value, not of the value itself. */
const keyErrors = new Set(['additionalProperties', 'required'])

/** A path without the indexes of lists: `rules.then`. */
const placeOf = (path: Path): string => path.filter(step => typeof step === 'string').join('.')

const messages: Readonly<Record<string, (error: SchemaError, root: object) => ValidationIssue>> = {
  additionalProperties: ({ params, parentSchema, path, data }, root) => {
    const key = String(params.additionalProperty)
    const message = suggestKey(root, placeOf(path), key, data, keysOf(parentSchema))
    return { path: [...path, key], atKey: true, message: `unknown key ${describeValue(key)}; ${message}` }
  },
  required: ({ params, parentSchema, path }) => ({
    path,
    message: `the key "${params.missingProperty}" is missing${parentSchema?.title ? `: ${parentSchema.title} requires it` : ''}`
  }),
  enum: error => {
    const { data, path, found, form } = error
    const named = formsOf(form?.parentSchema).flatMap(keysOf)
    if (named.some(name => name === data)) return { path, message: `${found} needs a value: write { ${data}: … }` }
    return { path, message: `expected ${expectationOf(error)}, found ${found}${hint(String(data), wordsOf(error))}` }
  },
  format: error => {
    const { path, params, data } = error
    const broken = params.format === 'match' ? describeBrokenExpression(String(data)) : undefined
    return { path, message: broken ?? `expected ${expectationOf(error)}, found ${error.found}` }
  },
  pattern: error => {
    const { propertyName: name, path, found } = error
    if (name === undefined)
      return { path, message: `expected ${expectationOf(error)}, found ${found}${adviceFor(error)}` }
    return {
      path: [...path, name],
      atKey: true,
      message: `expected ${expectationOf(error)}, found ${describeValue(name)}`
    }
  }
}

const types: Readonly<Record<string, string>> = {
  string: 'a text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  object: 'keys and values',
  array: 'a list'
}

/** The expected value: the words of a closed set, the title of the schema or of its choice of forms, or a description by keyword. */
const expectationOf = (error: SchemaError): string => {
  const { keyword, params, parentSchema, form } = error
  const title = parentSchema?.title ?? form?.parentSchema?.title
  if (keyword === 'enum') return oneOf(wordsOf(error), form?.parentSchema?.title ?? parentSchema?.title)
  if (keyword === 'minProperties' || (keyword === 'type' && params.type === 'object'))
    return describeObject(title, parentSchema)
  if (typeof title === 'string') return title
  if (keyword === 'type') return choice([params.type].flat().map(type => describeType(type, parentSchema)))
  return descriptions[keyword]?.(error) ?? 'another value'
}

const descriptions: Readonly<Record<string, (error: SchemaError) => string>> = {
  const: ({ params }) => describeValue(params.allowedValue),
  minimum: ({ parentSchema }) => describeNumber(withoutExactLimit(parentSchema)),
  maximum: ({ parentSchema }) => describeNumber(parentSchema),
  minLength: () => 'a text that is not empty',
  maxLength: ({ params }) => `a text of at most ${params.limit} characters`,
  minItems: ({ params }) => (params.limit === 1 ? 'a list that is not empty' : `a list of ${params.limit}`),
  maxItems: ({ params }) => `a list of ${params.limit}`,
  maxProperties: ({ parentSchema }) => `one of the keys ${choice(keysOf(parentSchema))} alone`,
  pattern: ({ params }) => `a text that matches ${params.pattern}`,
  uniqueItems: () => 'a list without repetitions',
  anyOf: ({ parentSchema }) =>
    choice(
      formsOf(parentSchema).flatMap(form => (isRecord(form) ? String(form.title ?? types[String(form.type)]) : []))
    )
}

/** The words of a closed set, and of other forms of the value. */
const wordsOf = ({ params, form }: SchemaError): string[] => {
  const allowed: readonly unknown[] = Array.isArray(params.allowedValues) ? params.allowedValues : []
  return [...new Set([...allowed.map(String), ...formsOf(form?.parentSchema).flatMap(keysOf)])]
}

/** Two to twelve words are listed; other numbers are described by their title, if there is one. */
const oneOf = (words: readonly string[], title: unknown): string =>
  typeof title === 'string' && (words.length < 2 || words.length > 12) ? title : choice(words)

/** `a rule, with keys such as on and then`. */
const describeObject = (title: unknown = 'keys and values', schema: SchemaError['parentSchema']): string => {
  const keys: readonly string[] = Array.isArray(schema?.required) ? schema.required : keysOf(schema).slice(0, 3)
  return keys.length === 0 ? String(title) : `${title}, with keys such as ${choice(keys, 'and')}`
}

const describeType = (type: string, schema: SchemaError['parentSchema']): string =>
  type === 'integer' || type === 'number'
    ? describeNumber({ ...withoutExactLimit(schema), type })
    : (types[type] ?? type)

/** `a whole number from 1`, `a number from 0 to 1`. */
const describeNumber = ({ type, minimum, maximum }: Readonly<Record<string, unknown>> = {}): string =>
  [
    types[String(type)] ?? 'a number',
    ...(minimum === undefined ? [] : [`from ${minimum}`]),
    ...(maximum === undefined ? [] : [`${minimum === undefined ? 'up ' : ''}to ${maximum}`])
  ].join(' ')

/** The largest exact integer is a limit of JavaScript, and stands only in the error of a larger one. */
const withoutExactLimit = (schema: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> => ({
  ...schema,
  ...(schema.maximum === Number.MAX_SAFE_INTEGER && { maximum: undefined })
})

/** Advice for values of another YAML type: quotes for a text that looks like a number, a unit for a duration, no quotes for a number. */
const adviceFor = ({ keyword, params, data, parentSchema, found, form }: SchemaError): string => {
  if (keyword === 'type' && params.type === 'boolean') return describeBoolean(data)
  const schemas = [parentSchema, ...formsOf(form?.parentSchema), ...formsOf(parentSchema)].filter(isRecord)
  if (typeof data === 'string' && /^\d+$/.test(data) && schemas.some(({ type }) => type === 'integer'))
    return `; write it without quotes: ${data}`
  if (typeof data !== 'number' && typeof data !== 'boolean') return ''
  const text = schemas.find(schema => [schema.type].flat().includes('string') && schema.enum === undefined)
  if (!text) return ''
  const fits = new RegExp(typeof text.pattern === 'string' ? text.pattern : '')
  if (fits.test(found)) return `; write it in quotes: "${found}"`
  return fits.test(`${found}s`) ? `; add its unit: ${found}s or ${found}ms` : ''
}

const describeBoolean = (data: unknown): string => {
  const word = { yes: true, on: true, no: false, off: false, true: true, false: false }[String(data).toLowerCase()]
  return typeof data === 'string' && word !== undefined ? `; write it without quotes: ${word}` : ''
}
