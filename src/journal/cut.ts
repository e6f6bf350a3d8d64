/** Characters of a body that are kept, so that many large ones do not fill the memory. */
const most = 65_536

export const isLong = (body: string | undefined): body is string => body !== undefined && body.length > most

/** The body, or the beginning of a long one. */
export const cut = (body: string | undefined): string | undefined => {
  if (!isLong(body)) return body
  // A slice would hold the whole text in memory.
  const kept = Buffer.from(body.slice(0, most)).toString()
  return `${kept}… (${Buffer.byteLength(body)} bytes in all)`
}
