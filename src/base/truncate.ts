/** Characters of a body that are kept, so that many large ones do not fill the memory. */
const most = 65_536

/** Characters that are kept of a login, a token, a URL or a header's value. */
const mostOfField = 4096

export const isTooLong = (body: string | undefined): body is string => body !== undefined && body.length > most

/** The body, or the beginning of a long one. */
export const truncate = (body: string | undefined): string | undefined => {
  if (!isTooLong(body)) return body
  return `${detached(body.slice(0, most))}… (${Buffer.byteLength(body)} bytes in all)`
}

/** The text, or of a long one the beginning and the end: `short` makes the same of it as of the whole. */
export const clipped = (text: string): string => {
  if (text.length <= mostOfField) return text
  return detached(`${text.slice(0, mostOfField / 2)}…${text.slice(-mostOfField / 2)}`)
}

/** Names and values in turn, none of them long, and of all together no more than of a body. */
export const clippedHeaders = (headers: readonly string[]): readonly string[] => {
  if (headers.every(text => text.length <= mostOfField) && lengthOf(headers) <= most) return headers
  const kept: string[] = []
  for (let index = 0, room = most; index < headers.length; index += 2) {
    const pair = headers.slice(index, index + 2).map(clipped)
    room -= lengthOf(pair)
    if (room < 0) break
    kept.push(...pair)
  }
  return kept
}

const lengthOf = (texts: readonly string[]): number => texts.reduce((sum, text) => sum + text.length, 0)

/** A slice would hold the whole text in memory. */
const detached = (text: string): string => Buffer.from(text).toString()
