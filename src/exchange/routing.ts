import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { bareFastify } from '../http/bare-fastify.js'
import { receive, TooLarge } from '../http/receive.js'
import { type BodyReaders, readBody } from '../product/body.js'
import { Failure } from '../product/failure.js'
import { methodsAt } from '../product/methods.js'
import type { Operation, Product } from '../product/product.js'
import { hasBody } from '../product/request.js'

/** Finds the operation of a request, and reads its body. */
export type Routing = (request: IncomingMessage, response: ServerResponse) => void

/** Told of a request that is routed and read, or what is wrong with it: a Failure, or what our own code threw. */
export type Routed = (
  request: FastifyRequest,
  response: ServerResponse,
  operation: Operation | undefined,
  refusal?: unknown
) => void

/** A Fastify instance of the product's own: its router follows the product's habits, and Fastify reads no body and answers nothing itself. */
export const createRouting = async (product: Product, bodyLimit: number, routed: Routed): Promise<Routing> => {
  const hand = (request: FastifyRequest, reply: FastifyReply, operation?: Operation, refusal?: Failure): void => {
    reply.hijack()
    const { headers } = request.raw
    // Over a wire only the length tells of a body; one that is injected as a stream has none.
    if (!hasBody(headers) && headers['content-type'] === undefined)
      return void routed(request, reply.raw, operation, refusal)
    take(request, operation?.bodies ?? product.bodies, bodyLimit).then(
      isWhole => {
        if (isWhole) routed(request, reply.raw, operation, refusal)
      },
      thrown => routed(request, reply.raw, operation, thrown instanceof TooLarge ? tooLarge() : thrown)
    )
  }
  const refuse = (request: FastifyRequest, reply: FastifyReply): void =>
    hand(request, reply, undefined, unrouted(methodsAt(product, request.url)))
  const app = bareFastify({
    routerOptions: { ...product.router },
    exposeHeadRoutes: false,
    frameworkErrors: (_error, request, reply) => refuse(request, reply)
  })
  app.decorateRequest('rawBody', undefined)
  for (const operation of product.operations)
    for (const [method, url] of operation.routes)
      app.route({ method, url, handler: (request, reply) => hand(request, reply, operation) })
  app.setNotFoundHandler(refuse)
  await app.ready()
  return app.routing
}

/** Gives the request its body, as text and as the product reads it; false where the client went before all of it had come. */
const take = async (request: FastifyRequest, readers: BodyReaders, limit: number): Promise<boolean> => {
  const bytes = await receive(request.raw, limit)
  if (!bytes) return false
  if (bytes.length > 0) request.rawBody = bytes.toString()
  request.body = await readBody(readers, bytes, request.raw.headers)
  return true
}

const tooLarge = (): Failure => new Failure('too-large', { why: { reason: 'too-large' } })

const unrouted = (allow: readonly string[]): Failure =>
  allow.length === 0
    ? new Failure('not-found', { why: { reason: 'unknown-path' } })
    : new Failure('method-not-allowed', { allow, why: { reason: 'unknown-method', allow: allow.join(', ') } })
