import { URL, URLSearchParams } from '../base/node-globals.js'
import { UserError } from '../base/user-error.js'
import { decodedPath } from '../http/path.js'
import { isRecord } from '../kit/fields.js'
import type { Product } from '../product/product.js'
import type { ReceivedAnswer } from './answer.js'
import type { CaseRequest } from './case.js'

/** A request of a HAR to the product. */
export interface HarCall {
  readonly request: CaseRequest
  /** Undefined if the HAR has no response. */
  readonly answer: ReceivedAnswer | undefined
  /** Unix milliseconds. */
  readonly at: number
  readonly secure: boolean
}

/** The requests to the product in a HAR 1.2, in order of time. Throws a UserError. */
export const readHar = (text: string, file: string, product: Product): HarCall[] => {
  const calls = entriesOf(text, file).flatMap(entry => callOf(entry, product))
  if (calls.length > 0) return calls.sort((a, b) => a.at - b.at)
  const [method, path] = product.operations[0]?.routes[0] ?? []
  throw new UserError(`--har "${file}": it has no request to ${product.title}, such as ${method} ${path}`)
}

const entriesOf = (text: string, file: string): readonly unknown[] => {
  const invalid = (what: string) => new UserError(`--har "${file}": expected a HAR with log.entries, found ${what}`)
  let har: unknown
  try {
    har = JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch {
    throw invalid('text that is not JSON')
  }
  const entries = isRecord(har) && isRecord(har.log) ? har.log.entries : undefined
  if (Array.isArray(entries)) return entries
  throw invalid('other JSON')
}

const callOf = (entry: unknown, product: Product): HarCall[] => {
  if (!isRecord(entry) || !isRecord(entry.request)) return []
  const { method, url, headers, postData } = entry.request
  if (typeof method !== 'string' || typeof url !== 'string' || !URL.canParse(url)) return []
  const target = /^[a-z][a-z\d+.-]*:\/\/[^/?#]*([^#]*)/i.exec(url)?.[1] || '/'
  if (!product.pathPattern.test(decodedPath(target))) return []
  const at = Date.parse(String(entry.startedDateTime))
  return [
    {
      request: { method, target, headers: requestHeaders(pairsOf(headers)), body: bodyOf(postData) },
      answer: answerOf(entry.response),
      at: Number.isNaN(at) ? 0 : at,
      secure: url.startsWith('https:')
    }
  ]
}

/** Without headers of the connection, and pseudo-headers of HTTP/2. */
const requestHeaders = (pairs: readonly (readonly [string, string])[]): Record<string, string> =>
  Object.fromEntries(
    pairs.filter(
      ([name]) => !/^(?::.*|host|connection|content-length|transfer-encoding|accept-encoding|prefer)$/i.test(name)
    )
  )

const pairsOf = (list: unknown): [string, string][] =>
  (Array.isArray(list) ? list : []).flatMap(each =>
    isRecord(each) && typeof each.name === 'string' ? [[each.name, String(each.value ?? '')]] : []
  )

const bodyOf = (postData: unknown): string | undefined => {
  if (!isRecord(postData)) return undefined
  if (typeof postData.text === 'string' && postData.text !== '') return postData.text
  const params = pairsOf(postData.params)
  return params.length === 0 ? undefined : new URLSearchParams(params).toString()
}

const answerOf = (response: unknown): ReceivedAnswer | undefined => {
  if (!isRecord(response) || typeof response.status !== 'number' || response.status < 100) return undefined
  const content = isRecord(response.content) ? response.content : {}
  const text = typeof content.text === 'string' ? content.text : ''
  return {
    status: response.status,
    headers: joinValues(pairsOf(response.headers)),
    body: content.encoding === 'base64' ? Buffer.from(text, 'base64').toString() : text
  }
}

const joinValues = (pairs: readonly (readonly [string, string])[]): Record<string, string> => {
  const headers = new Map<string, readonly [name: string, value: string]>()
  for (const [name, value] of pairs) {
    const known = headers.get(name.toLowerCase())
    headers.set(name.toLowerCase(), known ? [known[0], `${known[1]}, ${value}`] : [name, value])
  }
  return Object.fromEntries(headers.values())
}
