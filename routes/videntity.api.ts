import {
  type ApiDescription,
  type ApiOperation,
  type ApiSchema,
  type Fidelity,
  schemaRef
} from '../src/product/product.js'

const text = { type: 'string' }
const number = { type: 'integer' }

const object = (properties: Readonly<Record<string, ApiSchema>>, rest: object = {}): ApiSchema => ({
  type: 'object',
  required: Object.keys(properties),
  properties,
  ...rest
})

/** The elements of every response, with `properties` of this one. */
const response = (status: string, properties: Readonly<Record<string, ApiSchema>>): ApiSchema =>
  object(
    {
      api_method: { type: 'string', xml: { attribute: true } },
      status: { const: status },
      api_tx_number: number,
      ...properties,
      timestamp: { type: 'string', pattern: '^\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d$', description: 'UTC.' }
    },
    { xml: { name: 'response' } }
  )

const schemas = {
  SessionResponse: response('SUCCESS', { detail: text, response_name_value: object({ session_key: text }) }),
  ErrorResponse: response('ERROR', { error_number: number, error_name: text, error_detail: text })
}

/** Schemas derived from the documentation wiki of Videntity, which does not name any; see videntity.md. */
export const describeVidentity = (fidelity: Fidelity): ApiDescription => {
  const type = fidelity === 'observed' ? 'application/xhtml+xml' : 'application/xml'
  const operation = (id: string, description: string, ...fields: string[]): ApiOperation => ({
    id,
    tag: 'Session',
    body: {
      required: true,
      content: { 'application/x-www-form-urlencoded': object(Object.fromEntries(fields.map(name => [name, text]))) }
    },
    // The session key is a field of the body, for which OpenAPI has no security scheme.
    security: [],
    responses: { 200: { description, content: { [type]: schemaRef('SessionResponse') } } }
  })
  return {
    schemas,
    securitySchemes: {},
    refusal: { [type]: schemaRef('ErrorResponse') },
    operations: {
      login: operation('sessionLogin', 'Logged in.', 'username', 'password', 'account_number'),
      ping: operation('sessionPing', 'The session has been pinged.', 'session_key'),
      logout: operation('sessionLogout', 'Logged out.', 'session_key')
    }
  }
}
