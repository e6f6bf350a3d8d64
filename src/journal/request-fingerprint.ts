import { clipped, clippedHeaders, truncate } from '../base/truncate.js'
import { type Call, isLogin } from '../product/product.js'
import type { Entry, SharedPart } from './entry.js'
import { requestBytes } from './entry-size.js'

/** The parts of a request that most requests share with the previous one of the same client. */
export interface RequestFingerprint extends RequestParts, SharedPart {}

type RequestParts = Pick<
  Entry,
  | 'space'
  | 'secrets'
  | 'product'
  | 'operation'
  | 'isLogin'
  | 'token'
  | 'method'
  | 'url'
  | 'httpVersion'
  | 'headers'
  | 'body'
>

/** The last fingerprint of each client of a space, shared with its equal requests. */
export class RequestFingerprints {
  readonly #byClient = new Map<string, RequestFingerprint>()
  readonly #limit: number
  readonly #onChange: (bytes: number) => void
  #bytes = 0

  /** `limit`: number of clients; one more clears all. `onChange` receives each change of the total bytes. */
  constructor(limit: number, onChange: (bytes: number) => void) {
    this.#limit = limit
    this.#onChange = onChange
  }

  /** Bytes of all kept fingerprints. */
  get bytes(): number {
    return this.#bytes
  }

  /** The fingerprint of this call: the same object as before if the request is equal. */
  of(call: Call): RequestFingerprint {
    const client = call.token ?? call.login ?? ''
    if (client.length > maxClientLength) return createFingerprint(call)
    const before = this.#byClient.get(client)
    if (before && isRepeated(before, call)) return before
    if (this.#byClient.size >= this.#limit) this.clear()
    const fingerprint = createFingerprint(call)
    this.#store(client, fingerprint)
    return fingerprint
  }

  hold(fingerprint: SharedPart): void {
    fingerprint.holders += 1
    if (fingerprint.holders === 1) this.#onChange(fingerprint.bytes)
  }

  release(fingerprint: SharedPart): void {
    fingerprint.holders -= 1
    if (fingerprint.holders === 0) this.#onChange(-fingerprint.bytes)
  }

  clear(): void {
    for (const fingerprint of this.#byClient.values()) this.release(fingerprint)
    this.#byClient.clear()
    this.#bytes = 0
  }

  #store(client: string, fingerprint: RequestFingerprint): void {
    const before = this.#byClient.get(client)
    this.#byClient.set(client, fingerprint)
    this.hold(fingerprint)
    this.#bytes += fingerprint.bytes - (before?.bytes ?? 0)
    if (before) this.release(before)
  }
}

/** Maximum length of a token or login; requests with longer ones are not shared. */
const maxClientLength = 256

/** A new fingerprint of this call. */
export const createFingerprint = ({ request, space, product, operation, token, body }: Call): RequestFingerprint => {
  const long = {
    token: token === undefined ? undefined : clipped(token),
    url: clipped(request.url),
    headers: clippedHeaders(request.raw.rawHeaders),
    body: truncate(body)
  }
  return {
    space: space.name,
    secrets: space.secrets,
    product: product.name,
    operation: operation?.name,
    isLogin: isLogin(operation),
    token: long.token,
    method: request.method,
    url: long.url,
    httpVersion: request.raw.httpVersion,
    headers: long.headers,
    body: long.body,
    bytes: requestBytes(long),
    holders: 0
  }
}

const isRepeated = (before: RequestFingerprint, call: Call): boolean => {
  const { request } = call
  const { rawHeaders } = request.raw
  const isEqual =
    before.url === request.url &&
    before.method === request.method &&
    before.token === call.token &&
    before.body === call.body &&
    before.operation === call.operation?.name &&
    before.product === call.product.name &&
    before.httpVersion === request.raw.httpVersion &&
    before.headers.length === rawHeaders.length
  for (let index = 0; isEqual && index < rawHeaders.length; index += 1)
    if (before.headers[index] !== rawHeaders[index]) return false
  return isEqual
}
