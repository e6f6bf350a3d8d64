import type { FastifyRequest } from 'fastify'

declare module 'fastify' {
  interface FastifyRequest {
    /** The body as it was sent, as text; undefined where there was none. */
    rawBody: string | undefined
  }
}

/** A request as products read it. */
export type ProductRequest = Pick<
  FastifyRequest,
  'raw' | 'method' | 'url' | 'headers' | 'query' | 'body' | 'rawBody' | 'ip'
>

type Raw = FastifyRequest['raw']

/** Whether there is anything to parse: a body, what says what one would be, or a query. */
export const isPlain = ({ headers, url = '' }: Raw): boolean =>
  headers['content-type'] === undefined && !hasBody(headers) && !url.includes('?')

export const hasBody = (headers: Raw['headers']): boolean =>
  headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0'

/** One that has nothing to parse; `url` is what it asks for, in a text that is there already. */
export const plainRequest = (raw: Raw, url: string): ProductRequest => ({
  raw,
  method: raw.method ?? '',
  url,
  headers: raw.headers,
  query: nothing,
  body: undefined,
  rawBody: undefined,
  ip: raw.socket.remoteAddress ?? ''
})

const nothing: object = Object.freeze({})
