import { Malformed } from '../product/body.js'

/** The text that the bytes are in UTF-8, without a byte order mark. Throws Malformed where they are not UTF-8. */
export const utf8 = (bytes: Buffer): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (error) {
    throw isInvalidData(error) ? new Malformed(error.message) : error
  }
}

/** The fields of an urlencoded form; of a repeated one the last. Throws Malformed where it is not UTF-8, before or after decoding. */
export const readForm = (body: Buffer): Record<string, string> => {
  const encoded = utf8(body)
  if (!isDecodable(encoded)) throw new Malformed('percent signs that encode no UTF-8')
  return Object.fromEntries(new URLSearchParams(encoded))
}

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

/** Whether the decoder threw because of the bytes, and not because of its caller. */
const isInvalidData = (error: unknown): error is Error =>
  error instanceof TypeError && 'code' in error && error.code === 'ERR_ENCODING_INVALID_ENCODED_DATA'
