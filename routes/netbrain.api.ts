import { type ApiDescription, type ApiOperation, type ApiSchema, schemaRef } from '../src/product/product.js'

const text = { type: 'string' }
const status = { statusCode: { type: 'integer' }, statusDescription: text }

const object = (properties: Readonly<Record<string, ApiSchema>>, required = Object.keys(properties)): ApiSchema => ({
  type: 'object',
  required,
  properties
})

const list = (name: string): ApiSchema => ({ type: 'array', items: schemaRef(name) })
const json = (name: string) => ({ 'application/json': schemaRef(name) })

const schemas = {
  LoginRequest: object(
    { username: text, password: text, authentication_id: { type: 'string', description: 'For external users.' } },
    ['username', 'password']
  ),
  LogoutRequest: object({ token: { type: 'string', description: 'If neither a header nor the query has it.' } }, []),
  CurrentDomainRequest: object({ tenantId: text, domainId: text }, ['tenantId']),
  LoginResponse: object({ token: text, ...status }),
  StatusResponse: object(status),
  Tenant: object({ tenantId: text, tenantName: text }),
  TenantsResponse: object({ tenants: list('Tenant'), ...status }),
  Domain: object({ domainId: text, domainName: text }),
  DomainsResponse: object({ domains: list('Domain'), ...status }),
  ProductVersionResponse: object({
    productVersion: text,
    softwareVersion: text,
    date: text,
    gitVersion: text,
    ...status
  }),
  OAuthTokenRequest: object({
    grant_type: { type: 'string', const: 'client_credentials' },
    client_id: text,
    client_secret: text
  }),
  OAuthTokenResponse: object({
    access_token: { type: 'string', description: 'A JWT, signed by HS512.' },
    token_type: { type: 'string', const: 'bearer' },
    expires_in: { type: 'integer', description: 'Seconds.' }
  }),
  OAuthErrorResponse: object({ error: { type: 'string', enum: ['invalid grant type', 'invalid_client'] } })
}

const operation = (id: string, tag: string, response: string, rest: Partial<ApiOperation> = {}): ApiOperation => ({
  id,
  tag,
  security: ['token', 'token-query'],
  responses: { 200: { description: 'Success.', content: json(response) } },
  ...rest
})

const oauthError = json('OAuthErrorResponse')

/** Schemas derived from the published documents of NetBrain, which do not name any; see netbrain.md. */
export const describeNetbrain = (): ApiDescription => ({
  schemas,
  securitySchemes: {
    token: { type: 'apiKey', in: 'header', name: 'token' },
    'token-query': { type: 'apiKey', in: 'query', name: 'token' },
    basic: { type: 'http', scheme: 'basic', description: 'At a login without a body, in place of its fields.' }
  },
  refusal: json('StatusResponse'),
  operations: {
    login: operation('login', 'Session', 'LoginResponse', {
      body: { required: false, content: json('LoginRequest') },
      security: ['', 'basic']
    }),
    logout: operation('logout', 'Session', 'StatusResponse', {
      body: { required: false, content: json('LogoutRequest') },
      security: ['token', 'token-query', '']
    }),
    'working-domain': operation('specifyWorkingDomain', 'Session', 'StatusResponse', {
      body: { required: true, content: json('CurrentDomainRequest') },
      examples: {
        400: {
          'unknown-tenant': { statusCode: 791004, statusDescription: 'Invalid tenant id.' },
          'unknown-domain': { statusCode: 791005, statusDescription: 'Invalid domain id.' }
        }
      }
    }),
    tenants: operation('getTenants', 'CMDB', 'TenantsResponse'),
    domains: operation('getDomains', 'CMDB', 'DomainsResponse', {
      query: { tenantId: { type: 'string', description: 'Without it, there are no domains.' } },
      examples: {
        400: { 'unknown-tenant': { statusCode: 791006, statusDescription: 'tenant with id west does not exist.' } }
      }
    }),
    'product-version': operation('getProductVersion', 'System', 'ProductVersionResponse'),
    'oauth-token': operation('getOAuthToken', 'Session', 'OAuthTokenResponse', {
      body: { required: true, content: { 'application/x-www-form-urlencoded': schemaRef('OAuthTokenRequest') } },
      security: [],
      refusals: { 'bad-request': oauthError, 'bad-credentials': oauthError, 'missing-field': oauthError }
    })
  }
})
