import t from 'tap'
import { endpoints } from '../../routes/control/index.js'
import { schemas } from '../../routes/control/schemas.js'
import { describeControl } from '../../src/control/openapi.js'
import names from '../../src/dashboard/short-names.json' with { type: 'json' }

/** The names of all members in the JSON of the control API. */
const membersOf = (schema: unknown): string[] => {
  if (typeof schema !== 'object' || schema === null) return []
  const own = 'properties' in schema ? Object.keys(schema.properties as object) : []
  return [...own, ...Object.values(schema).flatMap(membersOf)]
}

t.test('the build of the dashboard shortens no member name of the control API', async t => {
  const members = new Set(membersOf(describeControl(endpoints, schemas, '0.0.0')))
  t.ok(members.has('requests'))
  t.strictSame(
    names.filter(name => members.has(name)),
    []
  )
})
