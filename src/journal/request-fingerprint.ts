import { clipped, clippedHeaders, truncate } from '../base/truncate.js'
import { type Call, isLogin } from '../product/product.js'
import type { Entry } from './entry.js'

/** What a client sent, and to whom: what most requests have in common with the one before by the same client. */
export type RequestFingerprint = Pick<
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

/** What each client sent last to a space: most of what it sends next is the same again. */
export class RequestFingerprints {
  readonly #byClient = new Map<string, RequestFingerprint>()
  readonly #most: number

  /** `most` clients are remembered; of one more, all are forgotten. */
  constructor(most: number) {
    this.#most = most
  }

  /** What the client of this call sent: the very same object as before where it is just what it sent before. */
  of(call: Call): RequestFingerprint {
    const client = call.token ?? call.login ?? ''
    if (client.length > longestClient) return sentBy(call)
    const before = this.#byClient.get(client)
    if (before && isRepeated(before, call)) return before
    if (this.#byClient.size >= this.#most) this.#byClient.clear()
    const sent = sentBy(call)
    this.#byClient.set(client, sent)
    return sent
  }

  clear(): void {
    this.#byClient.clear()
  }
}

/** Characters of a token or login that is remembered; of a longer one nothing is shared. */
const longestClient = 256

const sentBy = ({ request, space, product, operation, token, body }: Call): RequestFingerprint => ({
  space: space.name,
  secrets: space.secrets,
  product: product.name,
  operation: operation?.name,
  isLogin: isLogin(operation),
  token: token === undefined ? undefined : clipped(token),
  method: request.method,
  url: clipped(request.url),
  httpVersion: request.raw.httpVersion,
  headers: clippedHeaders(request.raw.rawHeaders),
  body: truncate(body)
})

const isRepeated = (before: RequestFingerprint, call: Call): boolean => {
  const { request } = call
  return (
    before.url === request.url &&
    before.method === request.method &&
    before.token === call.token &&
    before.body === call.body &&
    before.operation === call.operation?.name &&
    before.product === call.product.name &&
    before.httpVersion === request.raw.httpVersion &&
    isSame(before.headers, request.raw.rawHeaders)
  )
}

const isSame = (before: readonly string[], now: readonly string[]): boolean => {
  if (before.length !== now.length) return false
  for (let index = 0; index < now.length; index += 1) if (before[index] !== now[index]) return false
  return true
}
