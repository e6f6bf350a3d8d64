import { isRecord } from '../../kit/fields.js'
import { formsOf, type SchemaError } from './schema-forms.js'

/** Advice for values of another YAML type: quotes for a text that looks like a number, a unit for a duration, no quotes for a number. */
export const adviceFor = ({ keyword, params, data, parentSchema, found, form }: SchemaError): string => {
  if (keyword === 'type' && params.type === 'boolean') return describeBoolean(data)
  const types = [parentSchema, ...formsOf(form?.parentSchema)].map(schema => isRecord(schema) && schema.type)
  if (typeof data === 'string' && /^\d+$/.test(data) && types.includes('integer'))
    return `; write it without quotes: ${data}`
  if (typeof data !== 'number' && typeof data !== 'boolean') return ''
  const text = [parentSchema, ...formsOf(form?.parentSchema), ...formsOf(parentSchema)].find(
    schema => isRecord(schema) && [schema.type].flat().includes('string') && schema.enum === undefined
  )
  if (!isRecord(text)) return ''
  const fits = new RegExp(typeof text.pattern === 'string' ? text.pattern : '')
  if (fits.test(found)) return `; write it in quotes: "${found}"`
  return fits.test(`${found}s`) ? `; add its unit: ${found}s or ${found}ms` : ''
}

const describeBoolean = (data: unknown): string => {
  const word = { yes: true, on: true, no: false, off: false, true: true, false: false }[String(data).toLowerCase()]
  return typeof data === 'string' && word !== undefined ? `; write it without quotes: ${word}` : ''
}
