import { timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders, ServerResponse } from 'node:http'
import { isIP } from 'node:net'
import type { FastifyRequest } from 'fastify'
import { nearest } from '../base/errors.js'
import { URL } from '../base/node-globals.js'
import { endAfterResponse } from '../http/delivery.js'
import { Problem, problemAnswer, send } from '../http/problem.js'
import { longBody, receive, TooLarge } from '../http/receive.js'
import { decodedPath, type Peer } from '../http/response.js'
import { hasBody } from '../product/request.js'
import { controlPath } from '../product/routes.js'
import { OverLimit } from '../session/space-values.js'
import {
  type ControlContext,
  type Endpoint,
  type EndpointResult,
  isAnswer,
  runEndpoint,
  StreamResponse,
  sendJson
} from './endpoint.js'
import { type Checks, describeChange, type EndpointRequest, readControlRequest } from './input.js'

export interface ServeEndpoint {
  readonly endpoint: Endpoint
  /** Compiles the checks at the first request. */
  readonly checks: () => Checks
  /** Maximum bytes of the body. */
  readonly limit: number
  readonly context: ControlContext
}

/** Reads the body of a request, whatever its Content-Type, and sends the response of the endpoint. */
export const serveEndpoint = async (
  options: ServeEndpoint,
  request: EndpointRequest,
  response: ServerResponse
): Promise<void> => {
  try {
    if (!(await receiveBody(request, options.limit))) return
  } catch (thrown) {
    if (thrown instanceof TooLarge) endAfterResponse(request.raw, response)
    send(problemAnswer(unreadableBody(thrown, options.limit)), response)
    return
  }
  await answer(options, request, response)
}

/** Gives the request its body as text, or a long one as bytes; false if the client disconnected before its end. */
const receiveBody = async (request: EndpointRequest, limit: number): Promise<boolean> => {
  if (!hasBody(request.raw.headers)) return true
  const bytes = await receive(request.raw, limit)
  request.body = bytes && (bytes.length < longBody ? bytes.toString() : bytes)
  return bytes !== undefined
}

const answer = async (
  { endpoint, checks, context }: ServeEndpoint,
  request: EndpointRequest,
  response: ServerResponse
): Promise<void> => {
  try {
    const checked = await readControlRequest(endpoint, checks(), request, response, context)
    const { replication } = context
    const result = await (replication ? replication.run(endpoint, checked) : runEndpoint(endpoint, checked))
    await sendResult(result, context, response)
    if (endpoint.logged) context.steered(...describeChange(endpoint, checked))
  } catch (error) {
    const problem = error instanceof OverLimit ? overLimit(error) : error
    if (!(problem instanceof Problem)) context.bug(problem)
    send(problemAnswer(problem instanceof Problem ? problem : bugProblem(problem)), response)
  }
}

const sendResult = async (value: EndpointResult, context: ControlContext, response: ServerResponse): Promise<void> => {
  if (value instanceof StreamResponse) value.send(response)
  else if (isAnswer(value)) send(value, response)
  else await sendJson(value, context.slices, response)
}

/** The Problem that the check throws, if any. */
export const problemOf = (check: () => void): Problem | undefined => {
  try {
    check()
    return undefined
  } catch (error) {
    if (error instanceof Problem) return error
    throw error
  }
}

const unreadableBody = (thrown: unknown, limit: number): Problem =>
  thrown instanceof TooLarge
    ? new Problem(413, 'The body is too large', `A body may have ${limit} bytes; --body-limit sets the limit.`)
    : bugProblem(thrown)

const overLimit = ({ message }: OverLimit): Problem =>
  new Problem(409, 'Too many sessions', `${message}; delete spaces, or set --max-sessions.`)

const bugProblem = (thrown: unknown): Problem => new Problem(500, 'A bug in session-mock', String(thrown))

/** The refusal of an unknown path or method, with the nearest path or the allowed methods. */
export const unrouted = (request: Pick<FastifyRequest, 'url' | 'method'>, endpoints: readonly Endpoint[]): Problem => {
  const path = decodedPath(request.url).slice(controlPath.length)
  const methods = endpoints.filter(endpoint => matches(endpoint, path)).flatMap(methodsOf)
  if (methods.length === 0) return unknownPath(path, endpoints)
  return new Problem(
    405,
    'No such method',
    `${controlPath}${path} allows ${methods.join(', ')}, not ${request.method}.`,
    { allow: methods },
    { Allow: methods.join(', ') }
  )
}

const matches = (endpoint: Endpoint, path: string): boolean =>
  new RegExp(`^${endpoint.path.replaceAll('.', '\\.').replace(/\{\w+\}/g, '[^/]+')}$`).test(path)

const unknownPath = (path: string, endpoints: readonly Endpoint[]): Problem => {
  const paths = [...new Set(endpoints.map(endpoint => `${controlPath}${endpoint.path}`))]
  const meant = nearest(`${controlPath}${path}`, paths)
  return new Problem(
    404,
    'No such path',
    `${controlPath}${path} is not a path of the control API${meant ? `; did you mean ${meant}?` : '.'}`,
    { paths }
  )
}

/** Health checks may use HEAD. */
export const methodsOf = ({ method, open }: Endpoint): string[] =>
  open && method === 'GET' ? ['GET', 'HEAD'] : [method]

/** The parts of a request that identify its client. */
interface AccessRequest {
  readonly headers: IncomingHttpHeaders
  readonly peer: Peer
}

/**
 * Refuses web pages of another origin, which could reach a developer's machine through the browser, and requests without the
 * required token; `open`: no token is needed; `anyHost`: the host name does not matter. Throws a Problem.
 */
export const checkAccess = (
  request: AccessRequest,
  token: string | undefined,
  { open = false, anyHost = false }: { readonly open?: boolean; readonly anyHost?: boolean } = {}
): void => {
  const { headers } = request
  if (isForeignPage(headers))
    throw new Problem(
      403,
      'Cross-origin requests are rejected',
      'The request comes from a web page of another origin; use a client without Origin and Sec-Fetch-Site headers.'
    )
  if (token !== undefined && !open) requireToken(headers.authorization, token)
  if (token === undefined && !anyHost && isRebound(request))
    throw new Problem(
      403,
      'Unknown host name',
      `The host name ${headers.host} is rejected, to prevent DNS rebinding: use localhost, 127.0.0.1 or the machine's address, or set --admin-token and send it.`
    )
}

/** The request comes from a page of another origin, by headers that only browsers send. */
export const isForeignPage = ({ origin, host = '', 'sec-fetch-site': site }: IncomingHttpHeaders): boolean => {
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return true
  return origin !== undefined && hostOf(origin) !== host.toLowerCase()
}

/** DNS rebinding is possible: a foreign name server may have given this address to a browser. */
export const isRebound = (request: AccessRequest): boolean =>
  !isLocalName(request.headers.host) && (request.headers.origin !== undefined || request.peer.isLocal)

const requireToken = (authorization: string | undefined, token: string): void => {
  if (isBearer(authorization, token)) return
  throw new Problem(
    401,
    'A token is required',
    'Send the token of --admin-token as Authorization: Bearer <token>.',
    {},
    { 'WWW-Authenticate': 'Bearer realm="session-mock"' }
  )
}

const hostOf = (origin: string): string | undefined => (URL.canParse(origin) ? new URL(origin).host : undefined)

/**
 * A host that no foreign name server can resolve: an IP address, a name without a dot, or one under a reserved domain (RFC 2606,
 * 6761, 8375). Not .local: any machine of the network may answer for it (RFC 6762).
 */
const isLocalName = (host = ''): boolean => {
  const name = host
    .toLowerCase()
    .replace(/:\d+$/, '')
    .replace(/\.$/, '')
    .replace(/^\[(.*)\]$/, '$1')
  return !name.includes('.') || isIP(name) !== 0 || /\.(?:localhost|internal|test|example|home\.arpa)$/.test(name)
}

const isBearer = (authorization: string | undefined, token: string): boolean => {
  const actual = Buffer.from(/^Bearer\s+(.*)$/is.exec(authorization ?? '')?.[1] ?? '')
  const expected = Buffer.from(token)
  return actual.length === expected.length && timingSafeEqual(actual, expected)
}
