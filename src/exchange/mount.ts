import type { Server, ServerResponse } from 'node:http'
import type { FastifyReply, FastifyRequest, RouteGenericInterface } from 'fastify'
import { chain, type MaybePromise, recover } from '../base/promises.js'
import { bareFastify } from '../http/bare-fastify.js'
import { createDelivery } from '../http/delivery.js'
import { receive, TooLarge } from '../http/receive.js'
import type { AddressedRequest } from '../http/response.js'
import { type BodyReaders, readBody } from '../product/body.js'
import { Failure } from '../product/failure.js'
import type { Operation, Product } from '../product/product.js'
import { type Credentials, hasBody, type ProductRequest } from '../product/request.js'
import { methodsAt, routesOf } from '../product/routes.js'
import type { Space } from '../space/space.js'
import type { Spaces } from '../space/spaces.js'
import { answerCall, Client, type ExchangeSinks } from './answer.js'
import { ProductCall } from './call.js'
import type { UnmatchedRequest } from './recorder.js'

/** A request to a product. */
interface DispatchedRequest extends AddressedRequest {
  /** The space of its `spaceName`; none over a store, which finds it later. */
  readonly space: Space | undefined
}

/** Serves one request. */
export type Serve = (request: DispatchedRequest, response: ServerResponse) => void

export interface MountOptions {
  readonly spaces: Spaces
  readonly record: ExchangeSinks['record']
  /** Called with errors thrown by the delivery of a response. */
  readonly failed: (error: unknown) => void
  /** Maximum size of a body in bytes. */
  readonly bodyLimit: number
  /** By default, requests are executed at once. */
  readonly admission?: Admission | undefined
}

/**
 * The request handler of a product. Each product has a Fastify instance, as router options differ; Fastify only routes: it
 * reads no body and sends no response.
 */
export const mount = async (product: Product, options: MountOptions): Promise<Serve> => {
  const { bodyLimit } = options
  const answer = createAnswer(product, options)
  const handle = (request: Request, reply: Reply, operation?: Operation, refusal?: Failure): void => {
    reply.hijack()
    const { headers } = request.raw
    // An injected stream has no length, only a type.
    if (!hasBody(headers) && headers['content-type'] === undefined) {
      answer(request, reply, operation, refusal)
      return
    }
    receive(request.raw, bodyLimit).then(
      bytes => {
        // The client disconnected before the end of the body.
        if (!bytes) return
        const bug = readInto(request, operation?.bodies ?? product.bodies, bytes)
        void chain(bug, bug => answer(request, reply, operation, bug ?? refusal))
      },
      thrown => answer(request, reply, operation, thrown instanceof TooLarge ? tooLarge() : thrown)
    )
  }
  const refuse = (request: Request, reply: Reply): void =>
    handle(request, reply, undefined, noRoute(methodsAt(product, request.url)))
  const app = bareFastify<DispatchedRequest>({
    routerOptions: { ...product.router },
    exposeHeadRoutes: false,
    frameworkErrors: (_error, request, reply) => refuse(request, reply)
  })
  app.decorateRequest('rawBody', undefined)
  app.decorateRequest('bodyBytes', undefined)
  for (const { method, path, operation } of routesOf(product))
    app.route({ method, url: path, handler: (request, reply) => handle(request, reply, operation) })
  app.setNotFoundHandler(refuse)
  await app.ready()
  return app.routing
}

type Request = FastifyRequest<RouteGenericInterface, Server, DispatchedRequest>
type Reply = FastifyReply<RouteGenericInterface, Server, DispatchedRequest>

/** Answers a request with its body, or passes it to the admission. */
type AnswerRequest = (request: Request, reply: Reply, operation?: Operation, refusal?: unknown) => void

const createAnswer = (product: Product, { spaces, record, failed, admission }: MountOptions): AnswerRequest => {
  const sinks = { record, deliver: createDelivery(failed) }
  return (request, reply, operation, refusal) => {
    const credentials = credentialsOf(request, product, operation)
    const { token, bug } = credentials
    if (admission) {
      const { spaceName } = request.raw
      admission.admit({ product, operation, request, spaceName, credentials, refusal: refusal ?? bug }, reply.raw)
      return
    }
    const space = request.raw.space ?? spaces.ofToken(product.name, token) ?? spaces.default
    const call = new ProductCall(product, operation, request, space, credentials)
    void answerCall(call, new Client(reply.raw), sinks, refusal ?? bug)
  }
}

/** Sets the body of the request, as bytes, text and parsed. The result is an error thrown by the body reader, which is a bug. */
const readInto = (request: Request, readers: BodyReaders, bytes: Buffer): MaybePromise<unknown> => {
  if (bytes.length > 0) {
    request.rawBody = bytes.toString()
    request.bodyBytes = bytes
  }
  return recover<unknown>(
    () =>
      chain(readBody(readers, bytes, request.raw.headers), body => {
        request.body = body
      }),
    bug => bug
  )
}

const tooLarge = (): Failure => new Failure('too-large', { why: { reason: 'too-large' } })

const noRoute = (allow: readonly string[]): Failure =>
  allow.length === 0
    ? new Failure('not-found', { why: { reason: 'unknown-path' } })
    : new Failure('method-not-allowed', { allow, why: { reason: 'unknown-method', allow: allow.join(', ') } })

/** The credentials of a request. `bug`: an error thrown by the product; the call responds to it with a server error. */
export const credentialsOf = (
  request: ProductRequest,
  product: Product,
  operation: Operation | undefined
): Credentials & { readonly bug: unknown } => {
  try {
    return { token: product.token(request, operation), login: operation?.login?.(request), bug: undefined }
  } catch (bug) {
    return { token: undefined, login: undefined, bug }
  }
}

/** A completely received request to a product, before it becomes a call. */
export interface ReceivedRequest {
  readonly product: Product
  readonly operation: Operation | undefined
  readonly request: ProductRequest
  /** The space named by path, header or listener, if any. */
  readonly spaceName: string | undefined
  readonly credentials: Credentials
  /** An error from before the operation: a Failure or a bug. */
  readonly refusal: unknown
}

/** Decides when received requests are executed, if not at once. */
export interface Admission {
  /** Makes the request a call, and sends its response. */
  admit(received: ReceivedRequest, response: ServerResponse): void
  /** Records an unmatched request in the space of this name; resolves when its response may be sent. */
  admitUnmatched(unmatched: UnmatchedRequest, space: string | undefined): Promise<void>
}
