import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FastifyError, FastifyReply, FastifyRequest, preParsingHookHandler } from 'fastify'
import { type Arrival, hasBody, isPlain, plain } from './arrival.js'
import { bareFastify } from './bare-fastify.js'
import { Call, type Carried } from './call.js'
import { exchange, type Witness } from './exchange.js'
import { Failure } from './failure.js'
import { kept } from './kept.js'
import { pathOf } from './path.js'
import type { Operation, Product } from './product.js'
import type { Space } from './space.js'
import type { Spaces } from './spaces.js'

declare module 'fastify' {
  interface FastifyContextConfig {
    operation?: Operation
  }
}

/** Serves one request; `space` is the one that its path or its header names, if one does. */
export type Serve = (request: IncomingMessage, response: ServerResponse, space: Space | undefined) => void

export interface MountOptions {
  readonly spaces: Spaces
  readonly witness: Witness
  /** Bytes a body may have. */
  readonly bodyLimit: number
}

/** Puts a product on a Fastify instance of its own, whose router, parsers and limits follow the product's habits. */
export const mount = async (product: Product, { spaces, witness, bodyLimit }: MountOptions): Promise<Serve> => {
  const named = new WeakMap<IncomingMessage, Space>()
  const allowed = methodsOf(product)
  const documented = documentedOf(product)

  const answer = (
    request: Arrival,
    response: ServerResponse,
    operation: Operation | undefined,
    given?: Space,
    refusal?: Failure
  ): void => {
    const carried = carriedBy(request, product, operation)
    const space = given ?? spaces.ofToken(product.name, carried.token) ?? spaces.default
    void exchange(new Call(product, operation, request, space, carried), response, witness, refusal ?? carried.bug)
  }
  const routed = (request: FastifyRequest, reply: FastifyReply, operation?: Operation, refusal?: Failure): void => {
    reply.hijack()
    answer(request, reply.raw, operation, named.get(request.raw), refusal)
  }
  const refuse = (error: FastifyError, request: FastifyRequest, reply: FastifyReply): void => {
    if (request.raw.destroyed && !request.raw.complete) return
    const failure = unreadable(error)
    const misplaced = request.is404 && failure.kind === 'bad-request'
    const operation = request.routeOptions.config?.operation
    routed(request, reply, operation, misplaced ? unrouted(allowed(request.url)) : failure)
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
      app.route({ method, url, config: { operation }, handler: (request, reply) => routed(request, reply, operation) })
  app.setNotFoundHandler((request, reply) => routed(request, reply, undefined, unrouted(allowed(request.url))))
  app.setErrorHandler<FastifyError>(refuse)
  await app.ready()

  return (request, response, space) => {
    // The commonest requests have neither body nor query, and a path just as documented: nothing is to be routed or parsed.
    const known = isPlain(request) ? documented.get(request.url ?? '')?.get(request.method ?? '') : undefined
    if (known) return answer(plain(request, known.url), response, known.operation, space)
    if (space) named.set(request, space)
    app.routing(request, response)
  }
}

/** What the product reads off a request; what its reading throws is a bug, and the call's to answer. */
const carriedBy = (
  request: Arrival,
  product: Product,
  operation: Operation | undefined
): Carried & { readonly bug: unknown } => {
  try {
    return { token: product.token(request, operation), login: operation?.login?.(request), bug: undefined }
  } catch (bug) {
    return { token: undefined, login: undefined, bug }
  }
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

interface Documented {
  readonly url: string
  readonly operation: Operation
}

/** The operations by their paths as they are documented, and by methods. */
const documentedOf = ({ operations }: Product): ReadonlyMap<string, ReadonlyMap<string, Documented>> => {
  const byUrl = new Map<string, Map<string, Documented>>()
  for (const operation of operations)
    for (const [method, url] of operation.routes) kept(byUrl, url, newMap).set(method, { url, operation })
  return byUrl
}

const newMap = () => new Map<string, Documented>()

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
    methods.set(normal(path), [...(methods.get(normal(path)) ?? []), method])
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
