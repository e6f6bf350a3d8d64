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
export type ProductRequest = Pick<
  FastifyRequest,
  'raw' | 'method' | 'url' | 'headers' | 'query' | 'body' | 'rawBody' | 'ip'
>

/** Whether a body comes with it. */
export const hasBody = (headers: FastifyRequest['raw']['headers']): boolean =>
  headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0'
