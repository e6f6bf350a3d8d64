import { isUtf8 } from 'node:buffer'
import { Malformed } from '../product/body.js'
import { parseForm } from './formbody.js'

/** Decodes UTF-8, without a byte order mark. Throws Malformed for other bytes. */
export const utf8 = (bytes: Buffer): string => {
  if (!isUtf8(bytes)) throw new Malformed('bytes that are not UTF-8')
  const text = bytes.toString()
  return text.startsWith('\uFEFF') ? text.slice(1) : text
}

/** The fields of an urlencoded form; the last value of a repeated one. Throws Malformed if the text, encoded or decoded, is not UTF-8. */
export const readForm = (body: Buffer): Record<string, string> => {
  const encoded = utf8(body)
  if (!isDecodable(encoded)) throw new Malformed('percent-encoding that is not UTF-8')
  return Object.fromEntries(Object.entries(parseForm(encoded)).map(lastOf))
}

const lastOf = ([name, value]: [string, string | readonly string[]]): [string, string] => [
  name,
  typeof value === 'string' ? value : (value.at(-1) ?? '')
]

/** Whether the percent-encoding of the text is valid and encodes UTF-8. */
export const isDecodable = (encoded: string): boolean => {
  if (!encoded.includes('%')) return true
  try {
    decodeURIComponent(encoded)
    return true
  } catch {
    return false
  }
}
