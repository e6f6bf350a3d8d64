import { createRequire } from 'node:module'
import { Ajv, type AnySchema } from 'ajv'
import addFormats from 'ajv-formats'

const require = createRequire(import.meta.url)
const schemas: Readonly<Record<string, AnySchema>> = require('har-schema')

/** The violations of the schema of HAR 1.2. */
export const harProblems = (har: unknown): string[] => {
  const ajv = new Ajv({ strict: false, allErrors: true })
  addFormats.default(ajv)
  ajv.addMetaSchema(require('ajv/dist/refs/json-schema-draft-06.json'))
  for (const schema of Object.values(schemas)) ajv.addSchema(schema)
  const validate = ajv.getSchema('har.json#')
  if (!validate) return ['there is no schema']
  return validate(har) ? [] : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
}
