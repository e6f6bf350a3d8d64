import { type ApiDescription, type ApiSchema, schemaRef } from '../src/product/product.js'

const text = { type: 'string' }
const texts = { type: 'array', items: text }
const success = { type: 'boolean', description: 'Indicates if the operation was successful' }
const completed = { type: 'boolean', description: 'Indicates if the operation completed' }
const time = { type: 'integer', format: 'int64', description: 'Unix timestamp in milliseconds' }
const version = { type: 'string', description: 'API version' }
const envelope = { success, completed, time, version }
const security = ['x-hm-authorization', 'Authorization', 'bearer']

const object = (properties: Readonly<Record<string, ApiSchema>>, required = Object.keys(properties)): ApiSchema => ({
  type: 'object',
  required,
  properties
})

const json = (name: string) => ({ 'application/json': schemaRef(name) })

const schemas = {
  SessionCreateRequest: object(
    {
      username: text,
      password: { type: 'string', format: 'password' },
      authType: { type: 'string', enum: ['local', 'vsphere'], default: 'local' }
    },
    ['username', 'password']
  ),
  SessionUser: object({
    enterprise: text,
    organization: texts,
    currentOrganization: text,
    roles: texts,
    username: text,
    transactionId: { type: 'string', format: 'uuid' }
  }),
  SessionCreateResponse: object({
    ...envelope,
    data: object({
      user: schemaRef('SessionUser'),
      cloud: object({ name: text, type: text }),
      organizations: { type: 'array', items: object({ name: text, id: text }) }
    })
  }),
  SessionGetResponse: object({ ...envelope, data: object({ user: schemaRef('SessionUser') }) }),
  SessionDeleteResponse: object(envelope, []),
  SessionErrorResponse: object(
    {
      ...envelope,
      errorCode: {
        type: 'string',
        enum: [
          'BAD_REQUEST',
          'INVALID_CREDENTIALS',
          'NOT_ENOUGH_PRIVILEGES',
          'INVALID_SESSION_TOKEN',
          'INTERNAL_SERVER_ERROR'
        ],
        description: 'Enum error code for specific errors'
      },
      error: { type: 'string', description: 'Human-readable error message' }
    },
    ['success', 'completed', 'time', 'version']
  )
}

/** Names and schemas of the published Appliance Management APIs of HCX Manager; see hcx.md. */
export const describeHcx = (): ApiDescription => ({
  schemas,
  securitySchemes: {
    'x-hm-authorization': { type: 'apiKey', in: 'header', name: 'x-hm-authorization' },
    Authorization: { type: 'apiKey', in: 'header', name: 'Authorization' },
    bearer: { type: 'http', scheme: 'bearer' }
  },
  refusal: json('SessionErrorResponse'),
  headers: { 'strict-transport-security': 'Over TLS.' },
  operations: {
    login: {
      id: 'createSession',
      tag: 'Sessions',
      body: { required: true, content: json('SessionCreateRequest') },
      security: [],
      responses: {
        200: {
          description: 'Successfully created session (logged in)',
          content: json('SessionCreateResponse'),
          headers: {
            'x-hm-authorization': 'The token.',
            AUTH_TOKEN_NAME: 'The name of the header with the token.',
            'x-transaction-id': 'The same as `data.user.transactionId`.'
          },
          hasHeaders: true
        }
      }
    },
    session: {
      id: 'getSession',
      tag: 'Sessions',
      security,
      responses: { 200: { description: 'The current session', content: json('SessionGetResponse') } }
    },
    logout: {
      id: 'deleteSession',
      tag: 'Sessions',
      security,
      responses: {
        200: { description: 'Successfully deleted session (logged out)', content: json('SessionDeleteResponse') }
      }
    }
  }
})
