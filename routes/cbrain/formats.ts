import Negotiator from 'negotiator'
import { chain, type MaybePromise } from '../../src/base/maybe-promise.js'
import { memoize } from '../../src/base/memoize.js'
import type { Answer } from '../../src/http/answer.js'
import { lastText } from '../../src/kit/fields.js'
import { type XmlTree, xml } from '../../src/kit/xml.js'
import type { Call } from '../../src/product/product.js'

export type Format = 'json' | 'xml' | 'html' | 'none'

const formats: Readonly<Record<string, Format>> = {
  'application/json': 'json',
  'text/x-json': 'json',
  'application/*': 'json',
  'application/xml': 'xml',
  'text/xml': 'xml',
  'application/x-xml': 'xml'
}

/** The format of the answer: by the path, else `?format=`, else `Accept`. */
export const formatOf = ({ request, path, fidelity }: Call): Format => {
  const asked = /\.(json|xml)\/*$/.exec(path)?.[1] || lastText(request.query, 'format')
  if (asked) return asked === 'json' || asked === 'xml' ? asked : 'none'
  const { accept } = request.headers
  const accepted = accept ? acceptedFormat(accept) : 'any'
  if (accepted !== 'any') return accepted
  return fidelity === 'observed' ? 'html' : 'json'
}

/** The format that an `Accept` header asks for. Clients send the same ones again and again: the last ones are kept. */
const acceptedFormat = memoize(
  100,
  (accept: string) => accept,
  (accept): Format | 'any' => {
    const types = new Negotiator({ headers: { accept } }).mediaTypes()
    if (types.includes('*/*')) return 'any'
    return types.map(type => formats[type.toLowerCase()]).find(format => format !== undefined) ?? 'none'
  }
)

/** An answer without a body still names a type, and no charset. Where the client wants none of the formats, it is JSON. */
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

/** A body and its type, JSON where the client did not ask for XML; in XML it stands under a root of that name. */
export const written = (format: Format, root: string, facts: Facts): MaybePromise<Written> => {
  if (format !== 'xml') return { type: 'application/json; charset=utf-8', body: JSON.stringify(facts) }
  return chain(document(root, facts), body => ({ type: 'application/xml; charset=utf-8', body: `${body}\n` }))
}

export interface Written {
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
