import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'
import { expressionIssue } from '../../base/expression.js'
import { choice, nearest } from '../../base/user-error.js'
import { isRecord } from '../../kit/fields.js'
import type { Product } from '../../product/product.js'
import { describeBrokenExpression, describeValue, type Path, type ValidationIssue } from '../validation-issue.js'
import { meantByKey } from './meant-keys.js'
import { meantByValue } from './meant-values.js'
import { scenarioSchema } from './schema.js'

/** `written` says how the value of a path stands in its text, where a text made it. */
export type Check = (value: unknown, written?: (path: Path) => string | undefined) => ValidationIssue[]

/** Checks values against the schema of scenarios; all mistakes at once, each where it is, in words. */
export const createCheck = (products: readonly Product[]): Check => createChecks()(scenarioSchema(products))

/** Makes a check of any schema, that says mistakes in the same words; all of them, or with `allErrors: false` the first. */
export const createChecks = ({ allErrors = true } = {}): ((schema: object) => Check) => {
  const ajv = new Ajv({ ...options, allErrors })
  ajv.addFormat('date-time', text => /^\d{4}-\d{2}-\d{2}T/.test(text) && !Number.isNaN(Date.parse(text)))
  ajv.addFormat('match', text => expressionIssue(text) === undefined)
  return schema => {
    const validate: ValidateFunction = ajv.compile(schema)
    return (value, written = () => undefined) => {
      validate(value)
      return byPart(validate.errors ?? []).flatMap(errors =>
        relevant(errors).map(({ error, form }) => {
          const path = pathOf(error.instancePath, value)
          const found =
            typeof error.data === 'number' ? (written(path) ?? describeValue(error.data)) : describeValue(error.data)
          return mistakeOf({ ...error, path, found, form })
        })
      )
    }
  }
}

/** The schemas are ours, and tests check them: compiling the schema of schemas would take 20 ms. */
const options = { verbose: true, strict: true, allowUnionTypes: true, strictTypes: false, validateSchema: false }

/** An error with where it is, what was found there, and the choice of forms whose one form it is about. */
interface Found extends ErrorObject {
  readonly path: Path
  readonly found: string
  readonly form: ErrorObject | undefined
}

/** The errors of each single session, product and rule; one has nothing to do with another, unless a choice stands above them. */
const byPart = (errors: readonly ErrorObject[]): ErrorObject[][] => {
  const parts = new Map<string, ErrorObject[]>()
  const choices = new Set(errors.filter(({ keyword }) => keyword === 'anyOf').map(({ instancePath }) => instancePath))
  for (const error of errors) {
    const [, key, index] = error.instancePath.split('/', 3)
    const part = ['', `/${key}`].find(path => choices.has(path)) ?? `/${key}/${index}`
    const known = parts.get(part)
    if (known) known.push(error)
    else parts.set(part, [error])
  }
  return [...parts.values()]
}

/**
 * Where a value may take several forms, only what is wrong with the form that was meant: the one whose type it has. Where it
 * has the type of none, that alone is said.
 */
const relevant = (errors: readonly ErrorObject[]): { error: ErrorObject; form: ErrorObject | undefined }[] => {
  const forms = errors.filter(({ keyword }) => keyword === 'anyOf')
  const unmeant = forms.flatMap(form => {
    const branches = [...new Set(errors.map(error => branchOf(form, error)).filter(branch => branch !== undefined))]
    const missed = branches.filter(branch =>
      errors.some(error => branchOf(form, error) === branch && isAnotherType(form, error))
    )
    const meant = branches.length > missed.length
    return [...(meant ? [form] : []), ...errors.filter(error => isIn(missed, branchOf(form, error)))]
  })
  const said = new Set(unmeant)
  return errors
    .filter(error => !said.has(error) && error.keyword !== 'propertyNames' && error.keyword !== 'if')
    .map(error => ({
      error,
      form: forms.find(form => form.instancePath === error.instancePath && branchOf(form, error) !== undefined)
    }))
}

const isIn = (branches: readonly string[], branch: string | undefined): boolean =>
  branch !== undefined && branches.includes(branch)

/** Which of the forms an error is about, by its place in the schema. */
const branchOf = (form: ErrorObject, { schemaPath, instancePath }: ErrorObject): string | undefined => {
  if (!schemaPath.startsWith(`${form.schemaPath}/`) || !instancePath.startsWith(form.instancePath)) return undefined
  return schemaPath.slice(form.schemaPath.length + 1).split('/', 1)[0]
}

const isAnotherType = (form: ErrorObject, { keyword, instancePath }: ErrorObject): boolean =>
  keyword === 'type' && instancePath === form.instancePath

const mistakeOf = (error: Found): ValidationIssue => {
  const { path, found, keyword, data } = error
  const meant = aboutOther.has(keyword) ? undefined : meantByValue(placeOf(path), data, choicesOf(error))
  if (meant) return { path, message: `expected ${meant.expected ?? expected(error)}, found ${found}; ${meant.remedy}` }
  const say = sayings[keyword]
  if (say) return say(error)
  return { path: error.path, message: `expected ${expected(error)}, found ${error.found}${advice(error)}` }
}

const choicesOf = ({ params }: Found): readonly string[] | undefined =>
  Array.isArray(params.allowedValues) ? params.allowedValues.map(String) : undefined

/** Mistakes of a key within a value, not of the value. */
const aboutOther = new Set(['additionalProperties', 'required'])

/** Where in a scenario a path leads, whatever the steps into lists: `rules.then`. */
const placeOf = (path: Path): string => path.filter(step => typeof step === 'string').join('.')

const sayings: Readonly<Record<string, (error: Found) => ValidationIssue>> = {
  additionalProperties: ({ params, parentSchema, path, data }) => {
    const key = String(params.additionalProperty)
    const keys = keysOf(parentSchema)
    const meant = meantByKey(placeOf(path), key, isRecord(data) ? data[key] : undefined)
    if (meant !== undefined)
      return { path: [...path, key], atKey: true, message: `unknown key ${describeValue(key)}; ${meant}` }
    return {
      path: [...path, key],
      atKey: true,
      message: `unknown key ${describeValue(key)}; expected ${choice(keys)}${hint(key, keys)}`
    }
  },
  required: ({ params, parentSchema, path }) => ({
    path,
    message: `the key "${params.missingProperty}" is missing${parentSchema?.title ? `: ${parentSchema.title} requires it` : ''}`
  }),
  enum: ({ params, data, parentSchema, path, found, form }) => {
    const named = formsOf(form).flatMap(keysOf)
    if (named.some(name => name === data)) return { path, message: `${found} needs a value: write { ${data}: … }` }
    const words = [...new Set([...params.allowedValues.map(String), ...named])]
    const wanted = oneOf(words, form?.parentSchema?.title ?? parentSchema?.title)
    return { path, message: `expected ${wanted}, found ${found}${hint(String(data), words)}` }
  },
  format: error => {
    const { path, params, data } = error
    const broken = params.format === 'match' ? describeBrokenExpression(String(data)) : undefined
    return { path, message: broken ?? `expected ${expected(error)}, found ${error.found}` }
  },
  pattern: error => {
    const { propertyName: name, path, found } = error
    if (name === undefined) return { path, message: `expected ${expected(error)}, found ${found}${advice(error)}` }
    return { path: [...path, name], atKey: true, message: `expected ${expected(error)}, found ${describeValue(name)}` }
  }
}

const formsOf = (form: ErrorObject | undefined): unknown[] => {
  const forms: unknown = form?.parentSchema?.anyOf
  return Array.isArray(forms) ? forms : []
}

/** The keys of a schema, without those for programs, such as `$schema`. */
const keysOf = (schema: unknown): string[] =>
  isRecord(schema) && isRecord(schema.properties)
    ? Object.keys(schema.properties).filter(key => !key.startsWith('$'))
    : []

/** A few words are listed; one alone and a crowd have a title, if anybody gave them one. */
const oneOf = (words: readonly string[], title: unknown): string =>
  typeof title === 'string' && (words.length < 2 || words.length > 12) ? title : choice(words)

/** The word that was meant, or else those that begin as it does before its dot. */
const hint = (word: string, words: readonly string[]): string => {
  const meant = nearest(word, words)
  if (meant !== undefined) return `; did you mean ${meant}?`
  const [group] = word.split('.', 1)
  const beside = word.includes('.') ? words.filter(each => each.startsWith(`${group}.`)) : []
  return beside.length === 0 ? '' : `; there are ${choice(beside, 'and')}`
}

const types: Readonly<Record<string, string>> = {
  string: 'a text',
  integer: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
  object: 'keys and values',
  array: 'a list'
}

/** What the schema wants, by its own title, by that of the choice of forms that it is one of, or else by its keyword. */
const expected = ({ keyword, params, parentSchema, form }: Found): string => {
  const title = parentSchema?.title ?? form?.parentSchema?.title
  if (keyword === 'minProperties' || (keyword === 'type' && params.type === 'object'))
    return sayObject(title, parentSchema)
  if (typeof title === 'string') return title
  if (keyword === 'minimum' || keyword === 'maximum') return sayNumber(parentSchema)
  if (keyword === 'type') return choice([params.type].flat().map(type => numberOr(type, parentSchema)))
  if (keyword === 'minLength') return 'a text that is not empty'
  if (keyword === 'minItems') return params.limit === 1 ? 'a list that is not empty' : `a list of ${params.limit}`
  if (keyword === 'maxItems') return `a list of ${params.limit}`
  if (keyword === 'maxProperties') return `one of the keys ${choice(keysOf(parentSchema))} alone`
  return `a value valid by ${keyword}`
}

/** `a rule, with keys such as on and then`. */
const sayObject = (title: unknown = 'keys and values', schema: Found['parentSchema']): string => {
  const keys: readonly string[] = Array.isArray(schema?.required) ? schema.required : keysOf(schema).slice(0, 3)
  return keys.length === 0 ? String(title) : `${title}, with keys such as ${choice(keys, 'and')}`
}

const numberOr = (type: string, schema: Found['parentSchema']): string =>
  type === 'integer' || type === 'number' ? sayNumber({ ...schema, type }) : (types[type] ?? type)

/** `a whole number from 1`, `a number from 0 to 1`. */
const sayNumber = ({ type, minimum, maximum }: Readonly<Record<string, unknown>> = {}): string =>
  [
    types[String(type)] ?? 'a number',
    ...(minimum === undefined ? [] : [`from ${minimum}`]),
    ...(maximum === undefined ? [] : [`${minimum === undefined ? 'up ' : ''}to ${maximum}`])
  ].join(' ')

/** YAML reads what looks like a number as one: a text is put in quotes, and a duration has a unit. */
const advice = ({ keyword, params, data, parentSchema, found, form }: Found): string => {
  if (keyword === 'type' && params.type === 'boolean') return yesNo(data)
  const wanted = [parentSchema, ...formsOf(form)].map(schema => isRecord(schema) && schema.type)
  if (typeof data === 'string' && /^\d+$/.test(data) && wanted.includes('integer'))
    return `; write it without quotes: ${data}`
  if (typeof data !== 'number' && typeof data !== 'boolean') return ''
  const text = [parentSchema, ...formsOf(form), ...formsOf({ parentSchema } as ErrorObject)].find(
    schema => isRecord(schema) && [schema.type].flat().includes('string') && schema.enum === undefined
  )
  if (!isRecord(text)) return ''
  const fits = new RegExp(typeof text.pattern === 'string' ? text.pattern : '')
  if (fits.test(found)) return `; write it in quotes: "${found}"`
  return fits.test(`${found}s`) ? `; add its unit: ${found}s or ${found}ms` : ''
}

const yesNo = (data: unknown): string => {
  const said = { yes: true, on: true, no: false, off: false, true: true, false: false }[String(data).toLowerCase()]
  return typeof data === 'string' && said !== undefined ? `; write it without quotes: ${said}` : ''
}

/** The steps of a JSON pointer; digits are an index where they point into a list. */
const pathOf = (pointer: string, whole: unknown): Path => {
  let at = whole
  return pointer
    .split('/')
    .slice(1)
    .map(escaped => {
      const key = escaped.replaceAll('~1', '/').replaceAll('~0', '~')
      const step = Array.isArray(at) ? Number(key) : key
      at = Array.isArray(at) ? at[Number(key)] : isRecord(at) ? at[key] : undefined
      return step
    })
}
