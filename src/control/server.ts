import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Answer } from '../http/answer.js'
import { bareFastify } from '../http/bare-fastify.js'
import { endAfterResponse } from '../http/linger.js'
import { Problem, problemAnswer, send, sendAfterBody } from '../http/problem.js'
import { receive, TooLarge } from '../http/receive.js'
import { hasBody } from '../product/request.js'
import { controlPath } from '../product/unmatched.js'
import { createChecks } from '../scenario/format/schema-check.js'
import { checkAccess } from './access.js'
import { type ControlContext, type ControlRequest, type Endpoint, isAnswer, StreamResponse } from './endpoint.js'
import { checksOf, readControlRequest, undecodableUrl } from './input.js'
import { steeringOf } from './steering.js'
import { methodsOf, unrouted } from './unrouted.js'

declare module 'http' {
  interface IncomingMessage {
    /** Name of the space from path, header or listener, if any. */
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
  /** The required bearer token, if any. */
  readonly token?: string | undefined
  readonly bodyLimit: number
}

/** Serves one request to the control API. */
export type ServeControl = (request: IncomingMessage, response: ServerResponse) => void

/** The control API on a Fastify instance of its own, outside of journal and rules. */
export const createControlServer = async (options: ControlOptions): Promise<ServeControl> => {
  const app = createControlApp(options)
  await app.ready()
  return app.routing
}

/** The instance of `createControlServer`, with a route for each method of each endpoint. */
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

/** The redirect to the dashboard needs a token only if the dashboard does. */
const pageConfig = (endpoints: readonly Endpoint[]) => {
  const endpoint = endpoints.find(({ path }) => path === '/')
  return endpoint ? { endpoint } : {}
}

const answer = async (
  endpoint: Endpoint,
  ask: () => Promise<ControlRequest>,
  response: ServerResponse,
  context: ControlContext
): Promise<void> => {
  try {
    const asked = await ask()
    const { replication } = context
    finish(await (replication ? replication.run(endpoint, asked) : endpoint.run(asked)), response)
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

/** A JSON response. */
export const json = (status: number, value: unknown): Answer => ({
  status,
  headers: { 'Content-Type': 'application/json' },
  body: `${JSON.stringify(value)}\n`
})

/** Reads the body as text, whatever its Content-Type; false if the client disconnected before its end. */
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
