import {
  type ApiContent,
  type ApiDescription,
  type ApiOperation,
  type ApiResponse,
  type ApiSchema,
  type Fidelity,
  schemaRef
} from '../src/product/product.js'

const text = { type: 'string' }

const schemas = {
  SessionInfo: {
    type: 'object',
    properties: { user_id: { type: 'integer', format: 'int64' }, cbrain_api_token: text }
  },
  ErrorResponse: {
    type: 'object',
    required: ['status', 'error'],
    properties: { status: { type: 'integer' }, error: text },
    xml: { name: 'hash' }
  }
}

const credentials = {
  type: 'object',
  required: ['login', 'password'],
  properties: {
    login: { ...text, description: 'The username of the user trying to connect.' },
    password: { ...text, format: 'password', description: 'The password of the user' }
  }
}

const security = ['BrainPortalSession', 'bearer']
const token = { cbrain_api_token: { ...text, description: 'The token, if neither a header nor the query has it.' } }

const jsonOrXml = (name: string): ApiContent => ({
  'application/json': schemaRef(name),
  'application/xml': schemaRef(name)
})

/** The body in each supported media type. */
const bodies = (schema: ApiSchema): ApiContent => ({
  'application/x-www-form-urlencoded': schema,
  'application/json': schema,
  'multipart/form-data': schema
})

/** Names, texts and schemas of the published OpenAPI description of CBRAIN; see cbrain.md. */
export const describeCbrain = (fidelity: Fidelity): ApiDescription => ({
  schemas,
  securitySchemes: {
    BrainPortalSession: { type: 'apiKey', in: 'query', name: 'cbrain_api_token' },
    bearer: { type: 'http', scheme: 'bearer' }
  },
  refusal: jsonOrXml('ErrorResponse'),
  accept: ['application/json', 'application/xml', '*/*'],
  operations: operations(fidelity === 'observed'),
  asServed: (operation, method, path) => withFormatOf(path, withTokenInBody(operation, method, path))
})

const shared = { tag: 'Sessions', query: { format: { enum: ['json', 'xml'], description: 'Beats `Accept`.' } } }

/** `observed`: a client that accepts neither JSON nor XML gets the HTML pages for browsers. */
const operations = (observed: boolean): ApiDescription['operations'] => {
  const pages = observed ? { 302: redirected } : {}
  return {
    login: {
      ...shared,
      id: 'session_post',
      summary: 'Create a new session',
      description:
        'If a user is currently logged in, a new session will not be created, and the current session will be re-used.',
      body: { required: true, content: bodies(credentials) },
      security: [],
      responses: { 200: sessionInfo(), ...pages }
    },
    session: {
      ...shared,
      id: 'session_get',
      summary: 'Get session information',
      headers: { 'If-None-Match': { ...text, description: 'The `ETag` of the known session.' } },
      security,
      responses: { 200: sessionInfo(), 304: unchanged }
    },
    logout: {
      ...shared,
      id: 'session_delete',
      summary: 'Destroy the current session',
      security,
      responses: { 200: { description: 'Session terminated' }, ...pages }
    }
  }
}

const sessionInfo = (): ApiResponse => ({
  description: 'An object with the API token and the CBRAIN user ID',
  content: jsonOrXml('SessionInfo'),
  headers: { ETag: 'A weak tag, of the SHA-256 of the body.' }
})

const unchanged: ApiResponse = {
  description: 'The session has the tag of `If-None-Match`.',
  headers: { ETag: 'The same tag.' }
}

const redirected: ApiResponse = {
  description: 'A client that accepts neither JSON nor XML is redirected to a page.',
  headers: { Location: 'The path of the page.' }
}

/** Login and logout also read the token from the body; a login with a valid token needs no credentials. */
const withTokenInBody = (operation: ApiOperation, method: string, path: string): ApiOperation => {
  if (method === 'HEAD' && loginPage.test(path)) return loginPageCheck(operation)
  if (method === 'DELETE')
    return { ...operation, body: { required: false, content: bodies({ type: 'object', properties: token }) } }
  if (method !== 'POST') return operation
  const schema = { ...credentials, properties: { ...credentials.properties, ...token } }
  return { ...operation, security: ['', ...security], body: { required: true, content: bodies(schema) } }
}

const loginPage = /^\/(?:login|session\/new)(?:\.|$)/

/** `HEAD` of a login page needs no session. */
const loginPageCheck = (operation: ApiOperation): ApiOperation => ({
  ...operation,
  headers: {},
  security: ['', ...security],
  responses: { 200: { description: 'The page, with or without a session.' } }
})

/** A path with a format suffix has this format only, regardless of `Accept`. */
const withFormatOf = (path: string, operation: ApiOperation): ApiOperation => {
  const [, format] = /\.(json|xml)$/.exec(path) ?? []
  if (!format) return operation
  const { 302: _page, ...responses } = operation.responses
  return { ...operation, query: {}, types: [`application/${format}`], responses }
}
