import { isUtf8 } from 'node:buffer'
import { Malformed } from '../product/body.js'
import { parseForm } from './formbody.js'

/** The text that the bytes are in UTF-8, without a byte order mark. Throws Malformed where they are not UTF-8. */
export const utf8 = (bytes: Buffer): string => {
  if (!isUtf8(bytes)) throw new Malformed('bytes that are not UTF-8')
  const text = bytes.toString()
  return text.startsWith('\uFEFF') ? text.slice(1) : text
}

/** The fields of an urlencoded form; of a repeated one the last. Throws Malformed where it is not UTF-8, before or after decoding. */
export const readForm = (body: Buffer): Record<string, string> => {
  const encoded = utf8(body)
  if (!isDecodable(encoded)) throw new Malformed('percent-encoding that is not UTF-8')
  return Object.fromEntries(Object.entries(parseForm(encoded)).map(lastOf))
}

const lastOf = ([name, value]: [string, string | readonly string[]]): [string, string] => [
  name,
  typeof value === 'string' ? value : (value.at(-1) ?? '')
]

/** Every percent sign in the text stands for a byte, and the bytes are UTF-8. */
export const isDecodable = (encoded: string): boolean => {
  if (!encoded.includes('%')) return true
  try {
    decodeURIComponent(encoded)
    return true
  } catch {
    return false
  }
}
