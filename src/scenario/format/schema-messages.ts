import { choice, nearest } from '../../base/user-error.js'
import { isRecord } from '../../kit/fields.js'
import { describeBrokenExpression, describeValue, type Path, type ValidationIssue } from '../validation-issue.js'
import { expectationOf } from './expectations.js'
import { meantByKey } from './meant-keys.js'
import { meantByValue } from './meant-values.js'
import { formsOf, keysOf, type SchemaError } from './schema-forms.js'
import { adviceFor } from './value-advice.js'

/** The issue of an error: what is expected, what was found, and a suggestion. */
export const describeError = (error: SchemaError): ValidationIssue => {
  const { path, found, keyword, data } = error
  const meant = keyErrors.has(keyword) ? undefined : meantByValue(placeOf(path), data, choicesOf(error))
  if (meant)
    return { path, message: `expected ${meant.expected ?? expectationOf(error)}, found ${found}; ${meant.remedy}` }
  const describe = messages[keyword]
  if (describe) return describe(error)
  return { path: error.path, message: `expected ${expectationOf(error)}, found ${error.found}${adviceFor(error)}` }
}

const choicesOf = ({ params }: SchemaError): readonly string[] | undefined =>
  Array.isArray(params.allowedValues) ? params.allowedValues.map(String) : undefined

/** Errors of a key within the value, not of the value itself. */
const keyErrors = new Set(['additionalProperties', 'required'])

/** A path without the indexes of lists: `rules.then`. */
const placeOf = (path: Path): string => path.filter(step => typeof step === 'string').join('.')

const messages: Readonly<Record<string, (error: SchemaError) => ValidationIssue>> = {
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
    const named = formsOf(form?.parentSchema).flatMap(keysOf)
    if (named.some(name => name === data)) return { path, message: `${found} needs a value: write { ${data}: … }` }
    const words = [...new Set([...params.allowedValues.map(String), ...named])]
    const wanted = oneOf(words, form?.parentSchema?.title ?? parentSchema?.title)
    return { path, message: `expected ${wanted}, found ${found}${hint(String(data), words)}` }
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

/** Two to twelve words are listed; other numbers are described by their title, if there is one. */
const oneOf = (words: readonly string[], title: unknown): string =>
  typeof title === 'string' && (words.length < 2 || words.length > 12) ? title : choice(words)

/** The nearest word, or the words with the same beginning before a dot. */
const hint = (word: string, words: readonly string[]): string => {
  const meant = nearest(word, words)
  if (meant !== undefined) return `; did you mean ${meant}?`
  const [group] = word.split('.', 1)
  const beside = word.includes('.') ? words.filter(each => each.startsWith(`${group}.`)) : []
  return beside.length === 0 ? '' : `; there are ${choice(beside, 'and')}`
}
