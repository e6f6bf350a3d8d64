import { controlPath } from '../product/routes.js'
import { spaceName } from '../session/space-values.js'
import type { Endpoint } from './endpoint.js'

const problem = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail'],
  properties: {
    type: { type: 'string' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string', description: 'The error, its place and a valid value.' },
    errors: {
      type: 'array',
      description: 'All errors, one entry each.',
      items: { type: 'object', required: ['message'], properties: { message: { type: 'string' } } }
    }
  }
}

const refused = (description: string): object => ({
  description,
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } }
})

/** The control API in OpenAPI 3.1, from the table of its endpoints. `schemas`: the named schemas of the endpoints. */
export const describeControl = (
  endpoints: readonly Endpoint[],
  schemas: Readonly<Record<string, object>>,
  version: string
): object => ({
  openapi: '3.1.0',
  info: {
    title: 'session-mock control API',
    version,
    description: 'Controls a running session-mock and reports its requests.',
    license: { name: 'MIT', identifier: 'MIT' }
  },
  servers: [{ url: controlPath }],
  security: [{}, { token: [] }],
  tags: [...new Set(endpoints.map(tagOf))].map(name => ({ name })),
  paths: grouped(
    endpoints.map(
      (endpoint): OpenapiRow => [
        endpoint.path,
        endpoint.method,
        { tags: [tagOf(endpoint)], ...operation(endpoint), ...(endpoint.open ? { security: [{}] } : {}) }
      ]
    )
  ),
  components: {
    securitySchemes: {
      token: { type: 'http', scheme: 'bearer', description: 'The token of --admin-token, if set.' }
    },
    schemas: { ...schemas, Problem: problem }
  }
})

/** The tag of `/sessions/expire` is `sessions`. */
const tagOf = ({ path }: Endpoint): string => /^\/(\w+)/.exec(path)?.[1] ?? 'dashboard'

const operation = (endpoint: Endpoint): object => ({
  operationId: operationId(endpoint.method, endpoint.path),
  summary: endpoint.summary,
  parameters: [
    ...[...endpoint.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
      name,
      in: 'path',
      required: true,
      schema: { type: 'string' }
    })),
    spaceParameter(endpoint),
    ...Object.entries(endpoint.query ?? {}).map(([name, schema]) => ({ name, in: 'query', schema }))
  ],
  ...bodyOf(endpoint),
  responses: {
    ...Object.fromEntries(
      Object.entries(endpoint.answers).map(([status, answer]) => [status, response(Number(status), answer)])
    ),
    default: refused('Refused: 400 invalid input, 401 invalid token, 403 cross-origin request, 404 unknown space.')
  }
})

const spaceParameter = ({ createsSpace }: Endpoint): object => ({
  name: 'space',
  in: 'query',
  description: `The space${createsSpace ? ', created if it does not exist' : ''}; all spaces by default, or the default space where the result covers one.`,
  schema: { type: 'string', pattern: spaceName.source }
})

const bodyOf = ({ body, text }: Endpoint): object => {
  if (text)
    return {
      requestBody: {
        required: true,
        content: {
          'application/yaml': { schema: { type: 'string' } },
          'application/json': { schema: { type: 'object' } },
          'text/plain': { schema: { type: 'string' } }
        }
      }
    }
  if (typeof body !== 'object') return {}
  return {
    requestBody: {
      required: (body.required ?? []).length > 0,
      content: { 'application/json': { schema: body } }
    }
  }
}

const response = (
  status: number,
  { description, type = 'application/json', schema }: Endpoint['answers'][number]
): object =>
  status >= 400 && schema === undefined
    ? refused(description)
    : { description, content: { [type]: { schema: schema ?? { type: 'object' } } } }

/** `POST /sessions/expire` is `postSessionsExpire`. */
export const operationId = (method: string, path: string): string =>
  `${method.toLowerCase()}${path
    .split(/[^A-Za-z0-9]+/)
    .filter(word => word !== '')
    .map(word => word.charAt(0).toUpperCase() + word.slice(1))
    .join('')}`

export type OpenapiRow = readonly [path: string, method: string, operation: object]

/** The operations of each path, by their methods. */
export const grouped = (rows: readonly OpenapiRow[]): Record<string, Record<string, object>> => {
  const paths: Record<string, Record<string, object>> = {}
  for (const [path, method, operation] of rows) paths[path] = { ...paths[path], [method.toLowerCase()]: operation }
  return paths
}
