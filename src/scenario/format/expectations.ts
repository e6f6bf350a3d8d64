import { choice } from '../../base/user-error.js'
import { keysOf, type SchemaError } from './schema-forms.js'

const types: Readonly<Record<string, string>> = {
  string: 'a text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  object: 'keys and values',
  array: 'a list'
}

/** The expected value: the title of the schema, that of its choice of forms, or a description by keyword. */
export const expectationOf = ({ keyword, params, parentSchema, form }: SchemaError): string => {
  const title = parentSchema?.title ?? form?.parentSchema?.title
  if (keyword === 'minProperties' || (keyword === 'type' && params.type === 'object'))
    return describeObject(title, parentSchema)
  if (typeof title === 'string') return title
  if (keyword === 'maximum') return describeNumber(parentSchema)
  if (keyword === 'minimum') return describeNumber(withoutExactLimit(parentSchema))
  if (keyword === 'type') return choice([params.type].flat().map(type => describeType(type, parentSchema)))
  if (keyword === 'minLength') return 'a text that is not empty'
  if (keyword === 'minItems') return params.limit === 1 ? 'a list that is not empty' : `a list of ${params.limit}`
  if (keyword === 'maxItems') return `a list of ${params.limit}`
  if (keyword === 'maxProperties') return `one of the keys ${choice(keysOf(parentSchema))} alone`
  return `a value valid by ${keyword}`
}

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
