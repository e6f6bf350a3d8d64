import type { CaseRequest } from './case.js'
import { marksIn, replaceMarks } from './marks.js'

/** Values of placeholders, by name. */
export type Values = Readonly<Record<string, string>>

/** The placeholders of a request without a value. */
export const missingValues = (request: CaseRequest, values: Values): string[] =>
  textsOf(request)
    .flatMap(marksIn)
    .filter(name => values[name] === undefined)

/** The placeholders of a request. */
export const placeholdersOf = (request: CaseRequest): string[] => textsOf(request).flatMap(marksIn)

/** Replaces placeholders by their values, encoded for the URL, the header or the format of the body. */
export const fillRequest = ({ method, target, headers, body }: CaseRequest, values: Values): CaseRequest => ({
  method,
  target: fill(target, values, encodeURIComponent),
  headers: Object.fromEntries(Object.entries(headers).map(([name, text]) => [name, fill(text, values)])),
  body: body === undefined ? undefined : fill(body, values, bodyEncoding(body, headers))
})

const fill = (text: string, values: Values, encode = (value: string) => value): string =>
  replaceMarks(text, name => encode(values[name] ?? `{${name}}`))

type Encode = (value: string) => string

const bodyEncoding = (body: string, headers: Values): Encode => {
  if (/^\s*[[{"]/.test(body)) return inJson
  if (/^\s*</.test(body)) return inXml
  return Object.values(headers).some(value => /^multipart\//i.test(value)) ? value => value : encodeURIComponent
}

const inJson: Encode = value => JSON.stringify(value).slice(1, -1)

const inXml: Encode = value => value.replaceAll('&', '&amp;').replaceAll('<', '&lt;')

const textsOf = ({ target, headers, body = '' }: CaseRequest): string[] => [target, ...Object.values(headers), body]
