import Negotiator from 'negotiator'
import { memoize } from '../../src/base/collections.js'
import { chain, type MaybePromise } from '../../src/base/promises.js'
import type { Answer } from '../../src/http/response.js'
import { lastText } from '../../src/product/fields.js'
import type { Call } from '../../src/product/product.js'
import { type XmlTree, xml } from '../../src/product/xml.js'

export type Format = 'json' | 'xml' | 'html' | 'none'

const formats: Readonly<Record<string, Format>> = {
  'application/json': 'json',
  'text/x-json': 'json',
  'application/*': 'json',
  'application/xml': 'xml',
  'text/xml': 'xml',
  'application/x-xml': 'xml'
}

/** The format of the response: by the path, `?format=` or `Accept`, in this order. */
export const formatOf = ({ request, path, fidelity }: Call): Format => {
  const requested = /\.(json|xml)\/*$/.exec(path)?.[1] || lastText(request.query, 'format')
  if (requested) return requested === 'json' || requested === 'xml' ? requested : 'none'
  const { accept } = request.headers
  const accepted = accept ? acceptedFormat(accept) : 'any'
  if (accepted !== 'any') return accepted
  return fidelity === 'observed' ? 'html' : 'json'
}

/** The format requested by an `Accept` header. Cached, as clients repeat the same header. */
const acceptedFormat = memoize(
  100,
  (accept: string) => accept,
  (accept): Format | 'any' => {
    const types = new Negotiator({ headers: { accept } }).mediaTypes()
    if (types.includes('*/*')) return 'any'
    return types.map(type => formats[type.toLowerCase()]).find(format => format !== undefined) ?? 'none'
  }
)

/** A response without a body. Its media type has no charset, and is JSON for an unsupported format. */
export const empty = (format: Format, status: number, headers: Readonly<Record<string, string>> = {}): Answer => ({
  status,
  headers: { 'Content-Type': emptyTypes[format], 'Cache-Control': 'no-cache', ...headers }
})

const emptyTypes: Readonly<Record<Format, string>> = {
  json: 'application/json',
  xml: 'application/xml',
  html: 'text/html',
  none: 'application/json'
}

type Facts = Readonly<Record<string, string | number>>

/** The body and its media type: XML with this root element, or else JSON. */
export const render = (format: Format, root: string, facts: Facts): MaybePromise<Rendered> => {
  if (format !== 'xml') return { type: 'application/json; charset=utf-8', body: JSON.stringify(facts) }
  return chain(document(root, facts), body => ({ type: 'application/xml; charset=utf-8', body: `${body}\n` }))
}

export interface Rendered {
  readonly type: string
  readonly body: string
}

const document = (root: string, facts: Facts): MaybePromise<string> => {
  const children: Record<string, string | XmlTree> = {}
  for (const name in facts) {
    const value = facts[name] ?? ''
    children[name] = typeof value === 'string' ? value : { '@type': 'integer', '#': String(value) }
  }
  return xml({ [root]: children }, { encoding: 'UTF-8', indent: '  ' })
}
