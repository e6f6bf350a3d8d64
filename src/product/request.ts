import type { IncomingHttpHeaders } from 'node:http'
import type { FastifyRequest } from 'fastify'

declare module 'fastify' {
  interface FastifyRequest {
    /** The body as it was sent, as text; undefined where there was none. */
    rawBody: string | undefined
    /** The same as bytes. */
    bodyBytes: Buffer | undefined
  }
}

/** A request as products read it. */
export interface ProductRequest
  extends Pick<FastifyRequest, 'method' | 'url' | 'headers' | 'query' | 'body' | 'rawBody' | 'bodyBytes' | 'ip'> {
  readonly raw: {
    /** The path without the prefix of a space, percent-decoded. */
    readonly path: string
    readonly httpVersion: string
    /** Names and values in turn, as they came. */
    readonly rawHeaders: readonly string[]
    readonly headers: IncomingHttpHeaders
    /** Has `encrypted` where the request came over TLS. */
    readonly socket: object
  }
}

/** Whether a body comes with it. */
export const hasBody = (headers: IncomingHttpHeaders): boolean =>
  headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0'
