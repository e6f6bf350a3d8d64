import type { ErrorObject } from 'ajv'
import { isRecord } from '../../kit/fields.js'
import type { Path } from '../validation-issue.js'

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
