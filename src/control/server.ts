import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { holdsExpression, loadExpressions } from '../base/expression.js'
import { nearest } from '../base/user-error.js'
import type { Answer } from '../http/answer.js'
import { bareFastify } from '../http/bare-fastify.js'
import { endAfterResponse } from '../http/linger.js'
import { decodedPath } from '../http/path.js'
import { type InputError, inputProblem, Problem, problemAnswer, send, sendAfterBody } from '../http/problem.js'
import { receive, TooLarge } from '../http/receive.js'
import { isDecodable } from '../kit/decoding.js'
import { hasBody } from '../product/request.js'
import { controlPath } from '../product/unmatched.js'
import { type Check, createChecks } from '../scenario/format/schema-check.js'
import { formatPath } from '../scenario/validation-issue.js'
import type { Space } from '../space/space.js'
import { spaceName } from '../state/space-name.js'
import { checkAccess } from './access.js'
import { type ControlContext, type ControlRequest, type Endpoint, isAnswer, StreamResponse } from './endpoint.js'
import { steeringOf } from './steering.js'
import { unknownSpace } from './unknown-space.js'

declare module 'http' {
  interface IncomingMessage {
    /** The name of a space in its path, its header or its listener, if there is one. */
    spaceName?: string | undefined
  }
}

declare module 'fastify' {
  interface FastifyContextConfig {
    endpoint?: Endpoint
  }
}

export interface ControlOptions {
  readonly context: ControlContext
  /** The bearer token that is asked for, if one is. */
  readonly token?: string | undefined
  readonly bodyLimit: number
}

/** Serves one request to the control API. */
export type ServeControl = (request: IncomingMessage, response: ServerResponse) => void

/** Puts the control API on a Fastify instance of its own. Nothing that it does shows in the journal, and no rule touches it. */
export const createControlServer = async (options: ControlOptions): Promise<ServeControl> => {
  const app = createControlApp(options)
  await app.ready()
  return app.routing
}

/** The instance that `mountControl` serves from, with a route for each method of each endpoint. */
export const createControlApp = ({ context, token, bodyLimit }: ControlOptions): FastifyInstance => {
  const { endpoints } = context
  const compile = createChecks()
  const app = bareFastify({
    exposeHeadRoutes: false,
    frameworkErrors: (_error, request, reply) => sendProblem(request, reply, undecodableUrl(request), bodyLimit)
  })
  app.addHook('onRequest', (request, reply, done) => {
    const refused = problemOf(() => checkAccess(request, token, request.routeOptions.config.endpoint?.open ?? false))
    if (refused) sendProblem(request, reply, refused, bodyLimit)
    else done()
  })
  for (const endpoint of endpoints) {
    const checks = checksOf(endpoint, compile)
    app.route({
      method: methodsOf(endpoint),
      url: `${controlPath}${endpoint.path.replace(/\{(\w+)\}/g, ':$1')}`,
      config: { endpoint },
      handler: (request, reply) => {
        reply.hijack()
        const asked = () => readControlRequest(endpoint, checks(), request, reply.raw, request.raw.spaceName, context)
        const limit = Math.max(bodyLimit, endpoint.bodyLimit ?? 0)
        void take(request, limit).then(
          isWhole => {
            if (isWhole) void answer(endpoint, asked, reply.raw, context)
          },
          thrown => {
            if (thrown instanceof TooLarge) endAfterResponse(request.raw, reply.raw)
            send(problemAnswer(unreadable(thrown, limit)), reply.raw)
          }
        )
      }
    })
  }
  if (context.dashboard !== undefined)
    app.get(controlPath, { config: pageConfig(endpoints) }, (request, reply) => {
      reply.hijack()
      // Relative, so that it also leads on below the prefix of a space.
      const Location = `${controlPath.slice(1)}/${request.url.slice(controlPath.length)}`
      send({ status: 308, headers: { Location, 'Cache-Control': 'no-cache' }, body: undefined }, reply.raw)
    })
  app.setNotFoundHandler((request, reply) => sendProblem(request, reply, unrouted(request, endpoints), bodyLimit))
  return app
}

/** The way to the dashboard is as open as the dashboard. */
const pageConfig = (endpoints: readonly Endpoint[]) => {
  const endpoint = endpoints.find(({ path }) => path === '/')
  return endpoint ? { endpoint } : {}
}

/** Whoever only looks whether it is alive may leave the answer's body out. */
const methodsOf = ({ method, open }: Endpoint): string[] => (open && method === 'GET' ? ['GET', 'HEAD'] : [method])

const answer = async (
  endpoint: Endpoint,
  ask: () => Promise<ControlRequest>,
  response: ServerResponse,
  context: ControlContext
): Promise<void> => {
  try {
    const asked = await ask()
    finish(await endpoint.run(asked), response)
    if (endpoint.steers) context.steered(...steeringOf(endpoint, asked))
  } catch (error) {
    if (!(error instanceof Problem)) context.bug(error)
    const problem = error instanceof Problem ? error : new Problem(500, 'A bug in session-mock', String(error))
    send(problemAnswer(problem), response)
  }
}

const problemOf = (check: () => void): Problem | undefined => {
  try {
    check()
    return undefined
  } catch (error) {
    if (error instanceof Problem) return error
    throw error
  }
}

const sendProblem = ({ raw: request }: FastifyRequest, reply: FastifyReply, problem: Problem, limit: number): void => {
  reply.hijack()
  sendAfterBody(problemAnswer(problem), request, reply.raw, limit)
}

const finish = (value: unknown, response: ServerResponse): void => {
  if (value instanceof StreamResponse) return void value.send(response)
  send(isAnswer(value) ? value : json(200, value), response)
}

/** An answer in JSON. */
export const json = (status: number, value: unknown): Answer => ({
  status,
  headers: { 'Content-Type': 'application/json' },
  body: `${JSON.stringify(value)}\n`
})

/** What checks an endpoint's requests; compiled when the first one comes. */
interface Checks {
  readonly query: Check
  readonly body: Check
}

const checksOf = ({ body, read, query = {} }: Endpoint, compile: (schema: object) => Check): (() => Checks) => {
  let checks: Checks | undefined
  const parameters = {
    type: 'object',
    title: 'query parameters',
    additionalProperties: false,
    properties: { space: { type: 'string', pattern: spaceName.source, title: 'the name of a space' }, ...query }
  }
  return () => {
    checks ??= { query: compile(parameters), body: compile(typeof body === 'object' && !read ? body : {}) }
    return checks
  }
}

const readControlRequest = async (
  endpoint: Endpoint,
  checks: Checks,
  request: FastifyRequest,
  response: ServerResponse,
  addressed: string | undefined,
  context: ControlContext
): Promise<ControlRequest> => {
  if (!isDecodable(request.url.split('?', 2)[1] ?? '')) throw undecodableUrl(request)
  const query = request.query as Record<string, string>
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  if (holdsExpression(query)) await loadExpressions()
  refuse('query', checks.query({ ...query }))
  const body = endpoint.text ? String(request.body ?? '') : await readBody(endpoint, checks, request, context)
  const space = spaceOf(query.space, addressed, endpoint, context)
  return {
    context,
    space: space ?? context.spaces.default,
    spaces: space ? [space] : context.spaces.list(),
    scoped: space !== undefined,
    query,
    params: request.params as Record<string, string>,
    body,
    request,
    gone: gone.signal
  }
}

/** The JSON that was sent, checked. */
const readBody = async (
  endpoint: Endpoint,
  checks: Checks,
  request: FastifyRequest,
  context: ControlContext
): Promise<unknown> => {
  const body = bodyOf(endpoint, request)
  if (endpoint.read) return endpoint.read(body, context)
  if (holdsExpression(body)) await loadExpressions()
  if (endpoint.body !== undefined) refuse('body', checks.body(body))
  return body
}

/** A space that a request is addressed to comes into being by it, like by any other; one that it only asks about has to be there. */
const spaceOf = (
  name: string | undefined,
  addressed: string | undefined,
  { makes }: Endpoint,
  { spaces }: ControlContext
): Space | undefined => {
  if (name === undefined) return addressed === undefined ? undefined : spaces.get(addressed)
  if (makes || spaces.find(name)) return spaces.get(name)
  throw unknownSpace(name, { spaces })
}

/** What two keywords of a schema find wrong in the same way is said once. */
const refuse = (part: InputError['in'], mistakes: ReturnType<Check>): void => {
  const said = new Map(mistakes.map(({ path, message }) => [`${formatPath(path)} ${message}`, { path, message }]))
  if (said.size === 0) return
  throw inputProblem(...[...said.values()].map(({ path, message }) => ({ in: part, at: formatPath(path), message })))
}

const bodyOf = ({ body }: Endpoint, request: FastifyRequest): unknown => {
  const text = String(request.body ?? '').trim()
  if (text === '') return body === undefined ? undefined : {}
  if (body === undefined) throw new Problem(400, 'The request is not right', 'This path takes no body.')
  try {
    return JSON.parse(text)
  } catch (error) {
    throw new Problem(400, 'The body is no JSON', error instanceof Error ? error.message : 'It cannot be read.')
  }
}

const undecodableUrl = ({ url }: FastifyRequest): Problem =>
  new Problem(
    400,
    'The URL cannot be read',
    `${url} has a percent sign that encodes no text in UTF-8; a percent sign itself is %25.`
  )

const unrouted = (request: FastifyRequest, endpoints: readonly Endpoint[]): Problem => {
  const path = decodedPath(request.url).slice(controlPath.length)
  const methods = endpoints.filter(endpoint => matches(endpoint, path)).flatMap(methodsOf)
  if (methods.length === 0) return unknownPath(path, endpoints)
  return new Problem(
    405,
    'No such method',
    `${controlPath}${path} takes ${methods.join(', ')}, not ${request.method}.`,
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
    `${controlPath}${path} is no path of the control API${meant ? `; did you mean ${meant}?` : '.'}`,
    { paths }
  )
}

/** Gives the request its body, as text, whatever its client calls it; false where the client went before all of it had come. */
const take = async (request: FastifyRequest, limit: number): Promise<boolean> => {
  if (!hasBody(request.raw.headers)) return true
  const bytes = await receive(request.raw, limit)
  request.body = bytes?.toString()
  return bytes !== undefined
}

const unreadable = (thrown: unknown, bodyLimit: number): Problem =>
  thrown instanceof TooLarge
    ? new Problem(413, 'The body is too large', `A body may have ${bodyLimit} bytes; --body-limit sets how many.`)
    : new Problem(500, 'A bug in session-mock', String(thrown))
