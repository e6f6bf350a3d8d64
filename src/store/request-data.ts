import type { IncomingHttpHeaders } from 'node:http'
import type { MaybePromise } from '../base/maybe-promise.js'
import { chain, recover } from '../base/maybe-promise.js'
import { decodedPath } from '../http/path.js'
import { type BodyReaders, readBody } from '../product/body.js'
import { Failure, type FailureDetail, type FailureName } from '../product/failure.js'
import type { ProductRequest } from '../product/request.js'

/** A request as plain data, for the same call in another process. */
export interface RequestData {
  readonly method: string
  readonly url: string
  readonly httpVersion: string
  /** Names and values in turn, in their original order and case. */
  readonly headers: readonly string[]
  readonly ip: string
  readonly tls?: true
  readonly query?: unknown
  /** The body: a text if it is UTF-8, else base64. */
  readonly text?: string
  readonly base64?: string
}

/** The refusal of a request before its operation, as plain data. */
export interface RefusalData {
  readonly kind?: FailureName
  readonly detail?: FailureDetail
  /** The message of an unexpected error. */
  readonly bug?: string
}

export const dataOf = (request: ProductRequest): RequestData => {
  const { method, url, raw, query, rawBody, bodyBytes } = request
  const { address: ip, secure } = raw.peer
  return {
    method,
    url,
    httpVersion: raw.httpVersion,
    headers: raw.rawHeaders,
    ip,
    ...(secure && { tls: true }),
    ...(url.includes('?') && { query }),
    ...(rawBody !== undefined && bodyData(rawBody, bodyBytes))
  }
}

const bodyData = (text: string, bytes: Buffer | undefined): Pick<RequestData, 'text' | 'base64'> =>
  bytes === undefined || !text.includes('\uFFFD') || Buffer.from(text).equals(bytes)
    ? { text }
    : { base64: bytes.toString('base64') }

/** The request of the data, with its parsed body. */
export const requestOf = (data: RequestData, readers: BodyReaders): MaybePromise<ProductRequest> => {
  const { method, url, httpVersion, headers: rawHeaders, ip, query = {} } = data
  const headers = headersOf(rawHeaders)
  const bytes = bytesOf(data)
  const peer = { address: ip, isLocal: false, port: 0, secure: data.tls ?? false }
  const raw = { path: decodedPath(url), rawHeaders: [...rawHeaders], headers, httpVersion, peer }
  const request = {
    method,
    url,
    query,
    headers,
    raw,
    rawBody: bytes?.toString(),
    bodyBytes: bytes,
    body: undefined
  }
  if (!bytes) return request
  // The input already has the error of a body that cannot be read.
  return chain(
    recover(
      () => readBody(readers, bytes, headers),
      () => undefined
    ),
    body => ({ ...request, body })
  )
}

const bytesOf = ({ text, base64 }: RequestData): Buffer | undefined => {
  if (base64 !== undefined) return Buffer.from(base64, 'base64')
  return text === undefined ? undefined : Buffer.from(text)
}

/** Headers that Node.js does not join: only the first value counts (`http.IncomingMessage.headers`). */
const single = new Set(
  'age authorization content-length content-type etag expires from host if-modified-since if-unmodified-since last-modified location max-forwards proxy-authorization referer retry-after server user-agent'.split(
    ' '
  )
)

/** Headers by name, as Node.js joins them. */
export const headersOf = (lines: readonly string[]): IncomingHttpHeaders => {
  const headers: Record<string, string | string[]> = {}
  for (let index = 0; index + 1 < lines.length; index += 2) {
    const name = (lines[index] ?? '').toLowerCase()
    const value = lines[index + 1] ?? ''
    const before = Object.hasOwn(headers, name) ? headers[name] : undefined
    if (name === 'set-cookie') headers[name] = [...(before ?? []), value]
    else if (before === undefined) headers[name] = value
    else if (!single.has(name)) headers[name] = `${before}${name === 'cookie' ? '; ' : ', '}${value}`
  }
  return headers
}

export const refusalData = (refusal: unknown): RefusalData =>
  refusal instanceof Failure ? { kind: refusal.kind, detail: refusal.detail } : { bug: String(refusal) }

export const refusalOf = ({ kind, detail, bug }: RefusalData): unknown =>
  kind === undefined ? new Error(bug) : new Failure(kind, detail)
