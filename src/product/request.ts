import type { IncomingHttpHeaders } from 'node:http'
import type { FastifyRequest } from 'fastify'
import type { Peer } from '../http/response.js'

declare module 'fastify' {
  interface FastifyRequest {
    /** The unparsed body as text; undefined without a body. */
    rawBody: string | undefined
    /** The unparsed body as bytes. */
    bodyBytes: Buffer | undefined
  }
}

/** The request of a call. `body` is parsed by the body readers of the operation or product. */
export interface ProductRequest
  extends Pick<FastifyRequest, 'method' | 'url' | 'headers' | 'query' | 'body' | 'rawBody' | 'bodyBytes'> {
  readonly raw: {
    /** The path without the prefix of a space, percent-decoded. */
    readonly path: string
    readonly httpVersion: string
    /** Alternating names and values, as sent. */
    readonly rawHeaders: readonly string[]
    readonly headers: IncomingHttpHeaders
    readonly peer: Peer
  }
}

/** The credentials of a request. */
export interface Credentials {
  readonly token: string | undefined
  /** The login name of a login request. */
  readonly login: string | undefined
}

/** Whether the headers announce a body. */
export const hasBody = (headers: IncomingHttpHeaders): boolean =>
  headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0'
