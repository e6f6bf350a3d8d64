/** A final response, read from the bytes of a connection. */
export interface FuzzResponse {
  readonly status: number
  /** As they were sent, without the status line. */
  readonly headers: string
  readonly body: string
}

export interface ReadResponses {
  readonly responses: readonly FuzzResponse[]
  /** The bytes after the last whole response. */
  readonly rest: string
  /** The first bytes that are no HTTP; undefined where all are. */
  readonly broken?: string
}

/** Reads what a server has sent so far; `methods` are those of the requests, in their order. Interim responses are left out. */
export const readResponses = (bytes: string, methods: readonly string[]): ReadResponses => {
  const responses: FuzzResponse[] = []
  let rest = bytes
  while (rest !== '') {
    const next = readOne(rest, methods[responses.length] ?? 'GET')
    if (next === 'broken') return { responses, rest, broken: rest.slice(0, 200) }
    if (next === 'incomplete') break
    rest = next.rest
    if (next.response.status >= 200) responses.push(next.response)
  }
  return { responses, rest }
}

type One = { readonly response: FuzzResponse; readonly rest: string } | 'broken' | 'incomplete'

const statusLine = /^HTTP\/1\.[01] (\d{3})(?: [^\r\n]*)?$/

const readOne = (bytes: string, method: string): One => {
  const end = bytes.indexOf('\r\n\r\n')
  if (end < 0) return bytes.startsWith('HTTP/1.1 '.slice(0, bytes.length)) ? 'incomplete' : 'broken'
  const [first = '', ...lines] = bytes.slice(0, end).split('\r\n')
  const status = Number(statusLine.exec(first)?.[1])
  if (Number.isNaN(status)) return 'broken'
  const headers = lines.join('\r\n')
  const body = readBody(
    bytes.slice(end + 4),
    headers,
    status < 200 || status === 204 || status === 304 || method === 'HEAD'
  )
  if (typeof body === 'string') return body
  return { response: { status, headers, body: body.text }, rest: body.rest }
}

type Body = { readonly text: string; readonly rest: string } | 'broken' | 'incomplete'

const readBody = (bytes: string, headers: string, none: boolean): Body => {
  if (none) return { text: '', rest: bytes }
  if (/^transfer-encoding: *chunked$/im.test(headers)) return readChunks(bytes)
  const [, length] = /^content-length: *(\d+)$/im.exec(headers) ?? []
  // Without a length the body goes on to the end of the connection.
  if (length === undefined) return { text: bytes, rest: '' }
  if (bytes.length < Number(length)) return 'incomplete'
  return { text: bytes.slice(0, Number(length)), rest: bytes.slice(Number(length)) }
}

const readChunks = (bytes: string): Body => {
  let text = ''
  let at = 0
  while (true) {
    const end = bytes.indexOf('\r\n', at)
    if (end < 0) return 'incomplete'
    const size = bytes.slice(at, end)
    if (!/^[0-9a-f]+$/i.test(size)) return 'broken'
    const length = Number.parseInt(size, 16)
    if (bytes.length < end + 4 + length) return 'incomplete'
    text += bytes.slice(end + 2, end + 2 + length)
    at = end + 4 + length
    if (length === 0) return { text, rest: bytes.slice(at) }
  }
}
