import { durationPattern } from '../../src/base/duration.js'

export { timeSchema } from '../../src/journal/search.js'

export const durationSchema = {
  type: 'string',
  pattern: durationPattern,
  title: 'a duration such as 200ms, 2s or 1h30m'
} as const

/** A number as a query parameter, which is a text. */
export const numberParameter = { type: 'string', pattern: '^\\d{1,9}$', title: 'a whole number' } as const

/** An object with required and optional members. */
export const object = (required: Members, optional: Members = {}) => ({
  type: 'object' as const,
  additionalProperties: false as const,
  required: Object.keys(required),
  properties: { ...required, ...optional }
})

type Members = Readonly<Record<string, object>>

export const list = (items: object) => ({ type: 'array' as const, items })

export const text = { type: 'string' } as const
export const flag = { type: 'boolean' } as const
/** A whole number from 0. */
export const natural = { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER } as const
/** A whole number from 1. */
export const positive = { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER } as const
/** A time in a response. */
export const instant = { type: 'string', format: 'date-time' } as const
/** An object of texts: headers, or the session data of a product. */
export const texts = { type: 'object', additionalProperties: text } as const
export const shortToken = {
  ...text,
  description: 'Abbreviated, such as 1f39…1d93, unless the server shows secrets.'
} as const

/** An error in a scenario; file and place as far as they are known. */
export const mistakeSchema = object({ message: text }, { file: text, line: positive, column: positive, path: text })
