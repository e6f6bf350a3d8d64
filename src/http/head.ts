import type { Answer } from './answer.js'
import type { OutgoingResponse } from './outgoing.js'

/** Writes status line and headers, without sending them. Throws the error of Node.js for an invalid header. */
export const writeHead = ({ response, answer, date, options }: OutgoingResponse): void => {
  if (options?.fault) return
  const { status, body } = answer
  const length = status === 204 || status === 304 ? undefined : Buffer.byteLength(body ?? '')
  response.writeHead(status, headerPairs(answer, date, length))
}

/** Headers that determine the end of the body. They depend on how the body is sent; no scenario can set them. */
export const isFraming = (name: string): boolean => framingLengths.has(name.length) && framing.test(name)

const framing = /^(?:content-length|transfer-encoding|trailer)$/i

/** The length of the name alone distinguishes most headers. */
const framingLengths = new Set([14, 17, 7])

/** Alternating names and values: `Date`, the headers of the response, and `Content-Length`, if any. */
export const headerPairs = ({ headers, always = {} }: Answer, date: string, length: number | undefined): string[] => {
  const lines = ['Date', date]
  let isDated = false
  for (const name in headers) {
    if (name.length === 4 && name.toLowerCase() === 'date') isDated = true
    if (name in always || (framingLengths.has(name.length) && framing.test(name))) continue
    const value = headers[name] ?? ''
    if (typeof value === 'string') lines.push(name, value)
    else for (const item of value) lines.push(name, item)
  }
  for (const name in always)
    if (!framingLengths.has(name.length) || !framing.test(name)) lines.push(name, always[name] ?? '')
  if (length !== undefined) lines.push('Content-Length', String(length))
  return isDated ? lines.slice(2) : lines
}
