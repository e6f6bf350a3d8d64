import type { CaseRequest } from './case.js'

/** Names in braces: `{login}`, `{dead token}`. They cannot be confused with JSON. */
const mark = /\{([a-z][a-z0-9_ ]*)\}/g

/** The names of the placeholders and marks in a text. */
export const marksIn = (text: string): string[] => [...text.matchAll(mark)].map(([, name = '']) => name)

/** Replaces each mark. */
export const replaceMarks = (text: string, replace: (name: string, at: number) => string): string =>
  text.replace(mark, (_whole, name: string, at: number) => replace(name, at))

/** Regular expressions of the marks of all products. */
export const commonPatterns: Readonly<Record<string, string>> = {
  number: '\\d+',
  'unix milliseconds': '1\\d{12}',
  text: '[^"<]*',
  uuid: '[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}'
}

/** Marks with a known value, and regular expressions of the others. */
export interface MarkScope {
  readonly values: Readonly<Record<string, string>>
  readonly patterns: Readonly<Record<string, string>>
}

/** The regular expression for a complete text with marks. `encode` encodes values for the format of the text. */
export const expressionOf = (
  text: string,
  { values, patterns }: MarkScope,
  encode = (value: string) => value
): RegExp => {
  const parts = text.split(mark).map((part, index) => {
    if (index % 2 === 0) return escapeExpression(part)
    const value = values[part]
    return value === undefined ? `(?:${patterns[part] ?? '.*'})` : escapeExpression(encode(value))
  })
  return new RegExp(`^${parts.join('')}$`, 's')
}

export const escapeExpression = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')

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
