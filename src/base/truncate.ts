/** Maximum number of characters kept from a body, to bound the memory. */
const maxBody = 65_536

/** Maximum number of characters kept from a login, a token, a URL or a header value. */
const maxField = 4096

export const isTooLong = (body: string | undefined): body is string => body !== undefined && body.length > maxBody

/** The body, truncated if it is long. */
export const truncate = (body: string | undefined): string | undefined => {
  if (!isTooLong(body)) return body
  return `${detached(body.slice(0, maxBody))}… (${Buffer.byteLength(body)} bytes in all)`
}

/** The size in bytes of the body that `truncate` was given. */
export const wholeSize = (body: string): number => {
  const [, size] = (isTooLong(body) && /… \((\d+) bytes in all\)$/.exec(body.slice(-50))) || []
  return size === undefined ? Buffer.byteLength(body) : Number(size)
}

/** The text, or the beginning and end of a long one: the abbreviation of a token is the same for both. */
export const clipped = (text: string): string => {
  if (text.length <= maxField) return text
  return detached(`${text.slice(0, maxField / 2)}…${text.slice(-maxField / 2)}`)
}

/** Names and values alternately, each truncated, with the total limit of a body. */
export const clippedHeaders = (headers: readonly string[]): readonly string[] => {
  if (headers.every(text => text.length <= maxField) && lengthOf(headers) <= maxBody) return headers
  const kept: string[] = []
  for (let index = 0, room = maxBody; index < headers.length; index += 2) {
    const pair = headers.slice(index, index + 2).map(clipped)
    room -= lengthOf(pair)
    if (room < 0) break
    kept.push(...pair)
  }
  return kept
}

const lengthOf = (texts: readonly string[]): number => texts.reduce((sum, text) => sum + text.length, 0)

/** A slice of a string would keep the whole string in memory. */
const detached = (text: string): string => Buffer.from(text).toString()
