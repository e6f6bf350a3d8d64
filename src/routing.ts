import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FastifyError, FastifyReply, FastifyRequest, preParsingHookHandler } from 'fastify'
import { hasBody } from './arrival.js'
import { bareFastify } from './bare-fastify.js'
import { Failure } from './failure.js'
import { kept } from './kept.js'
import { pathOf } from './path.js'
import type { Operation, Product } from './product.js'

declare module 'fastify' {
  interface FastifyContextConfig {
    operation?: Operation
  }
}

/** Finds the operation of a request, and reads its body. */
export type Routing = (request: IncomingMessage, response: ServerResponse) => void

/** Told of a request that is routed and read, or what is wrong with it. */
export type Routed = (
  request: FastifyRequest,
  response: ServerResponse,
  operation: Operation | undefined,
  refusal?: Failure
) => void

/** A Fastify instance of the product's own: router, parsers and limits follow its habits, and Fastify answers nothing itself. */
export const createRouting = async (product: Product, bodyLimit: number, routed: Routed): Promise<Routing> => {
  const allowed = methodsOf(product)
  const hand = (request: FastifyRequest, reply: FastifyReply, operation?: Operation, refusal?: Failure): void => {
    reply.hijack()
    routed(request, reply.raw, operation, refusal)
  }
  const refuse = (error: FastifyError, request: FastifyRequest, reply: FastifyReply): void => {
    if (request.raw.destroyed && !request.raw.complete) return
    const failure = unreadable(error)
    const misplaced = request.is404 && failure.kind === 'bad-request'
    const operation = request.routeOptions.config?.operation
    hand(request, reply, operation, misplaced ? unrouted(allowed(request.url)) : failure)
  }
  const app = bareFastify({
    routerOptions: { ...product.router },
    bodyLimit,
    exposeHeadRoutes: false,
    frameworkErrors: refuse
  })
  app.addHttpMethod('GET', { hasBody: true, overrideExisting: true })
  app.decorateRequest('sent', undefined)
  app.addHook('preParsing', keepSent(bodyLimit))
  app.removeAllContentTypeParsers()
  await product.parsers(app)
  for (const operation of product.operations)
    for (const [method, url] of operation.routes)
      app.route({ method, url, config: { operation }, handler: (request, reply) => hand(request, reply, operation) })
  app.setNotFoundHandler((request, reply) => hand(request, reply, undefined, unrouted(allowed(request.url))))
  app.setErrorHandler<FastifyError>(refuse)
  await app.ready()
  return app.routing
}

/** Keeps the body's text, up to the limit, beside what the product's parser makes of it. */
const keepSent =
  (limit: number): preParsingHookHandler =>
  (request, _reply, payload, done) => {
    if (!hasBody(request.headers)) return done(null, payload)
    const chunks: Buffer[] = []
    let size = 0
    payload.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size <= limit) chunks.push(chunk)
    })
    payload.on('end', () => {
      if (chunks.length > 0) request.sent = Buffer.concat(chunks).toString()
    })
    done(null, payload)
  }

/** What the methods of a path are, seen with the eyes of the product's router. */
const methodsOf = (product: Product): ((url: string) => readonly string[]) => {
  const { caseSensitive, ignoreTrailingSlash, ignoreDuplicateSlashes } = product.router
  const normal = (path: string) => {
    const single = ignoreDuplicateSlashes ? path.replace(/\/{2,}/g, '/') : path
    const bare = ignoreTrailingSlash ? single.replace(/(.)\/$/, '$1') : single
    const decoded = decodedPath(bare)
    return caseSensitive ? decoded : decoded.toLowerCase()
  }
  const methods = new Map<string, string[]>()
  for (const [method, path] of product.operations.flatMap(operation => operation.routes))
    kept(methods, normal(path), () => [] as string[]).push(method)
  return url => methods.get(normal(pathOf(url))) ?? []
}

const decodedPath = (path: string): string => {
  try {
    return decodeURI(path)
  } catch {
    return path
  }
}

const unrouted = (allow: readonly string[]): Failure =>
  allow.length === 0
    ? new Failure('not-found', { why: { reason: 'unknown-path' } })
    : new Failure('method-not-allowed', { allow, why: { reason: 'unknown-method', allow: allow.join(', ') } })

const unreadable = (error: FastifyError): Failure => {
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') return new Failure('too-large', { why: { reason: 'too-large' } })
  if (error.code === 'FST_ERR_BAD_URL') return new Failure('not-found', { why: { reason: 'unknown-path' } })
  const variant = error.code?.startsWith('FST_ERR_CTP_INVALID_MEDIA') ? 'media-type' : 'malformed'
  return new Failure('bad-request', { variant, why: { reason: variant, error: withoutText(error.message) } })
}

/** A parser's complaint without the piece of the body that it quotes, where a password may stand. */
const withoutText = (complaint: string): string => complaint.replace(/,? ?(?:\.\.\.)?["'].*$/s, '')
