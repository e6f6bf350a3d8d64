import Negotiator from 'negotiator'
import type { MaybePromise } from '../../src/base/maybe-promise.js'
import type { Answer } from '../../src/http/answer.js'
import { decodedPath } from '../../src/http/path.js'
import { lastText } from '../../src/kit/fields.js'
import { xml } from '../../src/kit/xml.js'
import type { Call } from '../../src/product/product.js'

type Format = 'json' | 'xml' | 'html' | 'none'

const formats: Readonly<Record<string, Format>> = {
  'application/json': 'json',
  'text/x-json': 'json',
  'application/*': 'json',
  'application/xml': 'xml',
  'text/xml': 'xml',
  'application/x-xml': 'xml'
}

/** The format of the answer: by the path, else `?format=`, else `Accept`. */
export const formatOf = ({ request, fidelity }: Call): Format => {
  const asked = /\.(json|xml)\/*$/.exec(decodedPath(request.url))?.[1] || lastText(request.query, 'format')
  if (asked) return asked === 'json' || asked === 'xml' ? asked : 'none'
  const accepted = request.headers.accept ? new Negotiator(request.raw).mediaTypes() : ['*/*']
  if (accepted.includes('*/*')) return fidelity === 'observed' ? 'html' : 'json'
  return accepted.map(type => formats[type.toLowerCase()]).find(format => format !== undefined) ?? 'none'
}

/** JSON where the client did not ask for XML. */
const dataFormatOf = (call: Call): 'json' | 'xml' => (formatOf(call) === 'xml' ? 'xml' : 'json')

/** An answer without a body still names a type, and no charset. */
export const empty = (call: Call, status: number, headers: Readonly<Record<string, string>> = {}): Answer => {
  const type = formatOf(call) === 'html' ? 'text/html' : `application/${dataFormatOf(call)}`
  return { status, headers: { 'Content-Type': type, 'Cache-Control': 'no-cache', ...headers } }
}

type Facts = Readonly<Record<string, string | number>>

/** A body and its type; in XML it stands under a root of that name. */
export const written = (call: Call, root: string, facts: Facts): MaybePromise<Written> => {
  if (dataFormatOf(call) === 'json') return { type: 'application/json; charset=utf-8', body: JSON.stringify(facts) }
  return document(root, facts).then(body => ({ type: 'application/xml; charset=utf-8', body }))
}

export interface Written {
  readonly type: string
  readonly body: string
}

const document = async (root: string, facts: Facts): Promise<string> => {
  const children = Object.entries(facts).map(
    ([name, value]) => [name, typeof value === 'string' ? value : { '@type': 'integer', '#': String(value) }] as const
  )
  return `${await xml({ [root]: Object.fromEntries(children) }, { encoding: 'UTF-8', indent: '  ' })}\n`
}
