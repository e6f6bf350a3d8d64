import t from 'tap'
import type { Endpoint } from '../../../src/control/endpoint.js'
import { describeControl, operationId } from '../../../src/control/openapi.js'

const endpoints: readonly Endpoint[] = [
  {
    method: 'POST',
    path: '/doors/{name}/open',
    summary: 'Opens a door',
    createsSpace: true,
    query: { wide: { type: 'string' } },
    body: { type: 'object', required: ['key'], properties: { key: { type: 'string' } } },
    answers: { 200: { description: 'It is open.' }, 404: { description: 'There is no such door.' } },
    run: () => ({})
  },
  {
    method: 'GET',
    path: '/doors',
    summary: 'Tells the doors',
    open: true,
    answers: { 200: { description: 'All.' } },
    run: () => []
  },
  {
    method: 'PUT',
    path: '/doors',
    summary: 'Other doors',
    text: true,
    answers: { 200: { description: 'So be it.' } },
    run: () => []
  }
]

const problem = { content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } } }

t.test('an endpoint is described with its parameters, body and responses', async t => {
  t.match(describeControl(endpoints, { Door: { type: 'object' } }, '1.2.3'), {
    openapi: '3.1.0',
    info: { version: '1.2.3' },
    servers: [{ url: '/__admin' }],
    security: [{}, { token: [] }],
    paths: {
      '/doors/{name}/open': {
        post: {
          operationId: 'postDoorsNameOpen',
          tags: ['doors'],
          summary: 'Opens a door',
          parameters: [
            { name: 'name', in: 'path', required: true },
            { name: 'space', in: 'query', description: /created if it does not exist/ },
            { name: 'wide', in: 'query', schema: { type: 'string' } }
          ],
          requestBody: { required: true, content: { 'application/json': { schema: { required: ['key'] } } } },
          responses: {
            200: { description: 'It is open.' },
            404: { description: 'There is no such door.', ...problem },
            default: problem
          }
        }
      },
      '/doors': {
        get: { operationId: 'getDoors', security: [{}], parameters: [{ name: 'space' }] },
        put: { requestBody: { required: true, content: { 'application/yaml': {}, 'application/json': {} } } }
      }
    },
    components: { schemas: { Door: {}, Problem: {} }, securitySchemes: { token: { type: 'http', scheme: 'bearer' } } }
  })
})

t.test('an operation is named after its method and path', async t => {
  t.equal(operationId('GET', '/'), 'get')
  t.equal(operationId('DELETE', '/a-b/c.json/{d}'), 'deleteABCJsonD')
})
