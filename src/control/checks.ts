import type { Check } from '../scenario/format/schema-check.js'
import { spaceName } from '../state/space-name.js'
import type { Endpoint } from './endpoint.js'

/** The checks of an endpoint's input. */
export interface Checks {
  readonly query: Check
  readonly body: Check
}

/** The checks of an endpoint, compiled at the first call of the result: few endpoints are used by one client. */
export const checksOf = ({ body, read, query = {} }: Endpoint, compile: (schema: object) => Check): (() => Checks) => {
  let checks: Checks | undefined
  const parameters = {
    type: 'object',
    title: 'query parameters',
    additionalProperties: false,
    properties: { space: { type: 'string', pattern: spaceName.source, title: 'the name of a space' }, ...query }
  }
  return () => {
    checks ??= { query: compile(parameters), body: compile(typeof body === 'object' && !read ? body : {}) }
    return checks
  }
}
