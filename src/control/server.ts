import type { Server, ServerResponse } from 'node:http'
import type { FastifyInstance, FastifyReply, FastifyRequest, RouteGenericInterface } from 'fastify'
import { bareFastify } from '../http/bare-fastify.js'
import { type Problem, problemAnswer, send, sendAfterBody } from '../http/problem.js'
import type { AddressedRequest } from '../http/response.js'
import { controlPath } from '../product/routes.js'
import { createChecks } from '../scenario/format/schema-check.js'
import type { ControlContext, Endpoint } from './endpoint.js'
import { checksOf, type EndpointTexts, undecodableUrl } from './input.js'
import { checkAccess, methodsOf, problemOf, type ServeEndpoint, serveEndpoint, unrouted } from './serve-endpoint.js'

declare module 'fastify' {
  interface FastifyContextConfig {
    endpoint?: Endpoint
  }
}

export interface ControlOptions {
  readonly context: ControlContext
  /** The required bearer token, if any. */
  readonly token?: string | undefined
  /** Maximum bytes of a body. */
  readonly bodyLimit: number
}

/** Serves one request to the control API. */
export type ServeControl = (request: AddressedRequest, response: ServerResponse) => void

/** The control API on a Fastify instance of its own, outside of journal and rules. */
export const createControlServer = async (options: ControlOptions): Promise<ServeControl> => {
  const app = createControlApp(options)
  await app.ready()
  return app.routing
}

/** The instance of `createControlServer`, with a route for each method of each endpoint. */
export const createControlApp = ({ context, token, bodyLimit }: ControlOptions): ControlApp => {
  const refuse = (request: Request, reply: Reply, problem: Problem): void => {
    reply.hijack()
    sendAfterBody(problemAnswer(problem), request.raw, reply.raw, bodyLimit)
  }
  const app = bareFastify<AddressedRequest>({
    exposeHeadRoutes: false,
    frameworkErrors: (_error, request, reply) => refuse(request, reply, undecodableUrl(request))
  })
  app.addHook('onRequest', (request, reply, done) => {
    const refusal = problemOf(() => checkAccess(request.raw, token, request.routeOptions.config.endpoint))
    if (refusal) refuse(request, reply, refusal)
    else done()
  })
  const compile = createChecks()
  for (const endpoint of context.endpoints) {
    const limit = Math.max(bodyLimit, endpoint.bodyLimit ?? 0)
    addRoute(app, endpoint, { endpoint, checks: checksOf(endpoint, compile), limit, context })
  }
  if (context.dashboard !== undefined) addDashboardRedirect(app, context.endpoints)
  app.setNotFoundHandler((request, reply) => refuse(request, reply, unrouted(request, context.endpoints)))
  return app
}

type ControlApp = FastifyInstance<Server, AddressedRequest>
type Request = FastifyRequest<RouteGenericInterface, Server, AddressedRequest>
type Reply = FastifyReply<RouteGenericInterface, Server, AddressedRequest>

const addRoute = (app: ControlApp, endpoint: Endpoint, options: ServeEndpoint): void => {
  app.route<EndpointTexts>({
    method: methodsOf(endpoint),
    url: `${controlPath}${endpoint.path.replace(/\{(\w+)\}/g, ':$1')}`,
    config: { endpoint },
    handler: (request, reply) => {
      reply.hijack()
      void serveEndpoint(options, request, reply.raw)
    }
  })
}

/** `/__admin` redirects to `/__admin/`; the redirect needs a token only if the dashboard does. */
const addDashboardRedirect = (app: ControlApp, endpoints: readonly Endpoint[]): void => {
  const endpoint = endpoints.find(({ path }) => path === '/')
  app.get(controlPath, { config: endpoint ? { endpoint } : {} }, (request, reply) => {
    reply.hijack()
    // Relative, so that it also works below the prefix of a space.
    const Location = `${controlPath.slice(1)}/${request.url.slice(controlPath.length)}`
    send({ status: 308, headers: { Location, 'Cache-Control': 'no-cache' }, body: undefined }, reply.raw)
  })
}
