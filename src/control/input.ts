import type { ServerResponse } from 'node:http'
import type { FastifyRequest } from 'fastify'
import { containsExpression, loadExpressions } from '../base/expression.js'
import { parseJsonInSlices } from '../base/json-in-slices.js'
import { AbortController, isError } from '../base/node-globals.js'
import { type InputError, inputProblem, Problem } from '../http/problem.js'
import { isDecodable } from '../kit/decoding.js'
import type { Check } from '../scenario/format/schema-check.js'
import { formatPath } from '../scenario/validation-issue.js'
import type { Space } from '../space/space.js'
import type { Checks } from './checks.js'
import type { ControlContext, ControlRequest, Endpoint } from './endpoint.js'
import { unknownSpace } from './unknown-space.js'

/** A request with texts as query and path parameters. */
export type EndpointRequest = FastifyRequest<{ Querystring: Record<string, string>; Params: Record<string, string> }>

/** The checked input of a request. Throws a Problem with all errors of its query or its body. */
export const readControlRequest = async (
  endpoint: Endpoint,
  checks: Checks,
  request: EndpointRequest,
  response: ServerResponse,
  context: ControlContext
): Promise<ControlRequest> => {
  const { query, params } = request
  const addressed = request.raw.spaceName
  if (!isDecodable(request.url.split('?', 2)[1] ?? '')) throw undecodableUrl(request)
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  if (containsExpression(query)) await loadExpressions()
  throwErrors('query', checks.query({ ...query }))
  const sent = endpoint.text ? String(request.body ?? '') : await parseJson(endpoint, request, context)
  const body = endpoint.text && !endpoint.read ? sent : await readBody(endpoint, checks, sent, context)
  await context.replication?.prepare(
    endpoint,
    query.space ?? addressed,
    endpoint.createsSpace ?? query.space === undefined
  )
  const space = spaceOf(query.space, addressed, endpoint, context)
  return {
    context,
    space: space ?? context.spaces.default,
    spaces: space ? [space] : context.spaces.list(),
    scoped: space !== undefined,
    query,
    params,
    body,
    // It may be large, and only a store needs it.
    sent: context.replication && sent,
    headers: request.headers,
    origin: `${request.protocol}://${request.host}`,
    gone: gone.signal
  }
}

/** The checked JSON of the body. */
const readBody = async (
  endpoint: Endpoint,
  checks: Checks,
  body: unknown,
  context: ControlContext
): Promise<unknown> => {
  if (endpoint.read) return endpoint.read(body, context)
  if (containsExpression(body)) await loadExpressions()
  if (endpoint.body !== undefined) throwErrors('body', checks.body(body))
  return body
}

/** The space of the request. Its path, header or port creates a space as for products; `?space=` must exist, unless the endpoint creates it. */
const spaceOf = (
  name: string | undefined,
  addressed: string | undefined,
  { createsSpace }: Endpoint,
  { spaces }: ControlContext
): Space | undefined => {
  if (name === undefined) return addressed === undefined ? undefined : spaces.get(addressed)
  if (createsSpace || spaces.find(name)) return spaces.get(name)
  throw unknownSpace(name, { spaces })
}

/** Throws a Problem with the errors, each once: two keywords of a schema can report the same one. */
const throwErrors = (part: InputError['in'], errors: ReturnType<Check>): void => {
  const unique = new Map(errors.map(({ path, message }) => [`${formatPath(path)} ${message}`, { path, message }]))
  if (unique.size === 0) return
  throw inputProblem(...[...unique.values()].map(({ path, message }) => ({ in: part, at: formatPath(path), message })))
}

const parseJson = async ({ body }: Endpoint, request: FastifyRequest, context: ControlContext): Promise<unknown> => {
  const sent = Buffer.isBuffer(request.body) ? request.body : String(request.body ?? '').trim()
  if (sent === '') return body === undefined ? undefined : {}
  if (body === undefined) throw new Problem(400, 'Invalid request', 'This path takes no body.')
  try {
    return typeof sent === 'string' ? JSON.parse(sent) : await parseJsonInSlices(sent, context.slices)
  } catch (error) {
    throw new Problem(400, 'Invalid JSON', isError(error) ? error.message : 'It cannot be read.')
  }
}

export const undecodableUrl = ({ url }: FastifyRequest): Problem =>
  new Problem(400, 'Invalid URL', `${url} has percent-encoding that is not UTF-8; a percent sign itself is %25.`)
