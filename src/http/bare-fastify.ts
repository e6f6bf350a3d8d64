import type { IncomingMessage, Server } from 'node:http'
import Fastify, {
  type FastifyError,
  type FastifyHttpOptions,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  type RouteGenericInterface
} from 'fastify'

/**
 * Fastify without its validators, serialisers and body parsers: products read and write bodies themselves, and the compilers would
 * take longer to load than everything else.
 */
export const bareFastify = <Request extends IncomingMessage>(
  options: BareOptions<Request>
): FastifyInstance<Server, Request> => {
  const app = Fastify<Server, Request>({
    ...options,
    // The type of this option has no parameter for the request of Node.js, which is that of the instance.
    frameworkErrors: options.frameworkErrors as FrameworkErrors,
    schemaController: { compilersFactory: { buildValidator: none, buildSerializer: none } }
  })
  for (const method of app.supportedMethods) app.addHttpMethod(method, { hasBody: false, overrideExisting: true })
  return app
}

type Options = FastifyHttpOptions<Server>
type FrameworkErrors = NonNullable<Options['frameworkErrors']>

interface BareOptions<Request extends IncomingMessage> extends Omit<Options, 'frameworkErrors'> {
  readonly frameworkErrors: (
    error: FastifyError,
    request: FastifyRequest<RouteGenericInterface, Server, Request>,
    reply: FastifyReply<RouteGenericInterface, Server, Request>
  ) => void
}

const none = () => () => {
  throw new Error('no route here has a schema of Fastify')
}
