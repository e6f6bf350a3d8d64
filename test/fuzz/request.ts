/** How a body is announced on the wire. The last three are broken on purpose. */
export const framings = ['length', 'chunked', 'none', 'too-short', 'too-long', 'cut-chunk'] as const
export type Framing = (typeof framings)[number]

/** A request as it is written to a socket: a character of each text is a byte. */
export interface FuzzRequest {
  readonly method: string
  readonly target: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body: string
  readonly framing: Framing
}

/** The bytes of a request; the last one of a connection asks for its end. */
export const bytesOf = (request: FuzzRequest, last: boolean): string => {
  const { method, target, headers } = request
  const { head, body } = framed(request)
  const all = [['Host', 'localhost'], ...headers, ...head, ...(last ? [['Connection', 'close']] : [])]
  return `${method} ${target} HTTP/1.1\r\n${all.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n${body}`
}

interface Framed {
  readonly head: readonly (readonly [string, string])[]
  readonly body: string
}

const framed = ({ body, framing }: FuzzRequest): Framed => {
  const length = (bytes: number): Framed => ({ head: [['Content-Length', String(bytes)]], body })
  if (framing === 'chunked') return { head: chunkedHead, body: chunked(body) }
  if (framing === 'cut-chunk') return { head: chunkedHead, body: chunked(body).slice(0, -3) }
  if (framing === 'too-short') return length(Math.max(0, body.length - 5))
  if (framing === 'too-long') return length(body.length + 5)
  if (framing === 'none' || body === '') return { head: [], body }
  return length(body.length)
}

const chunkedHead = [['Transfer-Encoding', 'chunked']] as const

const chunked = (body: string): string => {
  const half = Math.ceil(body.length / 2)
  const parts = [body.slice(0, half), body.slice(half)].filter(part => part !== '')
  return `${parts.map(part => `${part.length.toString(16)}\r\n${part}\r\n`).join('')}0\r\n\r\n`
}

/** Whether its framing is right, so that a response is due. */
export const isWellFramed = ({ body, framing }: FuzzRequest): boolean =>
  framing === 'length' || framing === 'chunked' || (framing === 'none' && body === '')
