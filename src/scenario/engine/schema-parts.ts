import { durationPattern } from '../../base/duration.js'
import { compileExpression } from '../../base/expression.js'

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

export const headerValueSchema = {
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
