import type { Fidelity } from '../src/product/product.js'
import { type ApiContent, type ApiDescription, type ApiSchema, schemaRef } from '../src/product/product.js'

const text = { type: 'string' }
const texts = { type: 'array', items: text }
const boolean = { type: 'boolean' }
const envelope = {
  success: boolean,
  completed: boolean,
  time: { type: 'integer', format: 'int64', description: 'Unix timestamp in milliseconds' },
  version: { type: 'string', description: 'API version' }
}

const object = (properties: Readonly<Record<string, ApiSchema>>, required = Object.keys(properties)): ApiSchema => ({
  type: 'object',
  required,
  properties
})

const uuid = object({ uuid: text })

const schemas = {
  SessionCreateRequest: object(
    {
      username: text,
      password: { type: 'string', format: 'password' },
      authType: { type: 'string', const: 'password' }
    },
    ['username', 'password']
  ),
  SessionCreateResponse: object({
    ...envelope,
    data: object({
      certificate: { type: 'string', description: 'A certificate in DER and base64.' },
      cloud: object({ cloudType: text, isVCDGVRDepricated: boolean, delegateAuthToVCD: boolean }),
      user: object({
        enterprise: text,
        organization: texts,
        currentOrganization: text,
        roles: texts,
        username: text,
        transactionId: { type: 'string', format: 'uuid' }
      }),
      organizations: { type: 'array', items: uuid },
      endpointInfo: uuid
    })
  }),
  About: object({ name: text, version: text, build: text }),
  EndpointInfo: object({ ...envelope, data: object({ endpointInfo: uuid }) }),
  Completed: object(envelope),
  Refusal: object({ ...envelope, errorCode: text, error: text }),
  Entries: {
    ...object({ entry: { type: 'array', items: object({ string: { ...texts, minItems: 2, maxItems: 2 } }) } }),
    description: 'Keys and values, of which one key is `message`.',
    xml: { name: 'entries' }
  }
}

const json = (name: string): ApiContent => ({ 'application/json': schemaRef(name) })
const jsonOrXml = (name: string): ApiContent => ({ ...json(name), 'application/xml': schemaRef(name) })

const security = ['x-hm-authorization']

/** The documents publish no schemas; see hcx-workload.md. */
export const describeHcxWorkload = (fidelity: Fidelity): ApiDescription => ({
  schemas,
  securitySchemes: {
    'x-hm-authorization': { type: 'apiKey', in: 'header', name: 'x-hm-authorization' },
    basic: { type: 'http', scheme: 'basic' }
  },
  refusal: { ...json('Refusal'), 'application/xml': schemaRef('Entries') },
  accept: ['application/json', '*/*'],
  headers: { 'strict-transport-security': 'Over TLS.' },
  operations: {
    login: {
      id: 'createSession',
      tag: 'Sessions',
      description: 'Without a body, the credentials are those of HTTP Basic.',
      body: { required: false, content: json('SessionCreateRequest') },
      security: ['', 'basic'],
      responses: {
        200: {
          description: 'The session was created.',
          ...(fidelity === 'observed' && { content: json('SessionCreateResponse') }),
          headers: {
            'x-hm-authorization': 'The token.',
            auth_token_name: 'The name of the header with the token.',
            'x-transaction-id': 'The id of the login.'
          },
          hasHeaders: true
        }
      }
    },
    about: {
      id: 'getAbout',
      tag: 'Appliance',
      security,
      responses: { 200: { description: 'The version.', content: jsonOrXml('About') } }
    },
    'endpoint-info': {
      id: 'getEndpointInfo',
      tag: 'Appliance',
      security: [],
      responses: { 200: { description: 'The appliance is up.', content: jsonOrXml('EndpointInfo') } }
    },
    logout: {
      id: 'deleteSession',
      tag: 'Sessions',
      security,
      responses: { 200: { description: 'The session was deleted.', content: jsonOrXml('Completed') } }
    }
  }
})
