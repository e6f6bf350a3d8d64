import { Ajv } from 'ajv'
import t from 'tap'
import { overlaySchema } from '../../../../src/overlay/overlay-document.js'
import { scenarioSchema } from '../../../../src/scenario/format/schema.js'
import { snapshotSchema } from '../../../../src/space/snapshot-schema.js'
import { casesSchema } from '../../../../src/verify/cases.js'
import { recordSchema } from '../../../../src/verify/record.js'
import { controlEndpoints } from '../../../support/control-endpoints.js'
import { products } from '../../../support/known-products.js'

const endpoints = await controlEndpoints()

const schemas: Readonly<Record<string, unknown>> = {
  scenario: scenarioSchema(products),
  overlay: overlaySchema(products),
  snapshot: snapshotSchema,
  cases: casesSchema,
  record: recordSchema,
  ...Object.fromEntries(endpoints.map(({ method, path, body = {} }) => [`body of ${method} ${path}`, body])),
  ...Object.fromEntries(
    endpoints.map(({ method, path, query = {} }) => [`query of ${method} ${path}`, { properties: query }])
  )
}

// The server compiles its schemas without this check, which would take 20 ms at its start.
t.test('every schema that checks input is a valid JSON Schema', async t => {
  const ajv = new Ajv()
  t.notOk(ajv.validateSchema({ type: 'txt' }))
  const isInvalid = (schema: unknown) => typeof schema === 'object' && !ajv.validateSchema(schema ?? {})
  t.strictSame(
    Object.keys(schemas).filter(name => isInvalid(schemas[name])),
    []
  )
})
