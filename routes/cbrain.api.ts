import { type ApiContent, type ApiDescription, type ApiResponse, schemaRef } from '../src/product/api-description.js'
import type { Fidelity } from '../src/product/product.js'

const sessionInfo = { 'application/json': schemaRef('SessionInfo'), 'application/xml': schemaRef('SessionInfo') }
const format = { format: { enum: ['json', 'xml'], description: 'Beats `Accept`.' } }
const credentials = {
  type: 'object',
  required: ['login', 'password'],
  properties: { login: { type: 'string' }, password: { type: 'string' } }
}
const redirected: ApiResponse = {
  description: 'A client that did not ask for JSON or XML is sent to a page.',
  headers: { Location: 'The path of the page.' }
}

const session = (content: ApiContent): ApiResponse => ({
  description: 'An object with the API token and the CBRAIN user ID',
  content,
  headers: { ETag: 'A weak tag, of the SHA-256 of the body.' }
})

/** Names and schemas as CBRAIN's published description has them; see cbrain.md. */
export const describeCbrain = (fidelity: Fidelity): ApiDescription => {
  const observed = fidelity === 'observed'
  return {
    schemas: {
      SessionInfo: {
        type: 'object',
        properties: { user_id: { type: 'integer', format: 'int64' }, cbrain_api_token: { type: 'string' } }
      },
      ErrorResponse: {
        type: 'object',
        required: ['status', 'error'],
        properties: { status: { type: 'integer' }, error: { type: 'string' } },
        xml: { name: 'hash' }
      }
    },
    securitySchemes: {
      BrainPortalSession: { type: 'apiKey', in: 'query', name: 'cbrain_api_token' },
      bearer: { type: 'http', scheme: 'bearer' }
    },
    refusal: { 'application/json': schemaRef('ErrorResponse'), 'application/xml': schemaRef('ErrorResponse') },
    accept: ['application/json', 'application/xml', '*/*'],
    operations: {
      login: {
        id: 'session_post',
        tag: 'Sessions',
        query: format,
        body: {
          required: true,
          content: {
            'application/x-www-form-urlencoded': credentials,
            'application/json': credentials,
            'multipart/form-data': credentials
          }
        },
        security: [],
        responses: { 200: session(sessionInfo), ...(observed && { 302: redirected }) }
      },
      session: {
        id: 'session_get',
        tag: 'Sessions',
        query: format,
        security: ['BrainPortalSession', 'bearer'],
        responses: {
          200: session(observed ? { ...sessionInfo, 'text/html': { type: 'string', maxLength: 0 } } : sessionInfo),
          304: {
            description: 'The session is the one whose tag `If-None-Match` named.',
            headers: { ETag: 'The same tag.' }
          }
        }
      },
      logout: {
        id: 'session_delete',
        tag: 'Sessions',
        query: format,
        security: ['BrainPortalSession', 'bearer'],
        responses: { 200: { description: 'Session terminated' }, ...(observed && { 302: redirected }) }
      }
    }
  }
}
