import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'

/** Response headers in order, with the letter case of the wire; a list is sent as repeated headers. */
export type Headers = Readonly<Record<string, string | readonly string[]>>

/** A response: status, headers and optional body. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  /** Headers of every response of the product, sent after `headers`; merging both for each response would cost time. */
  readonly always?: Readonly<Record<string, string>> | undefined
  readonly body?: string | undefined
}

/** All headers of a response. */
export const headersOf = ({ headers, always }: Answer): Headers => (always ? { ...headers, ...always } : headers)

/** The header lines of a response: one for each value. */
export const headerLines = (answer: Answer): [name: string, value: string][] =>
  Object.entries(headersOf(answer)).flatMap(([name, value]) =>
    [value].flat().map((each): [string, string] => [name, each])
  )

/** The response with some headers replaced or added; letter case of names does not matter. */
export const withHeaders = (answer: Answer, changes: Headers): Answer => {
  const current = headersOf(answer)
  const names: string[] = []
  for (const name in changes) names.push(name.toLowerCase())
  const headers: Record<string, string | readonly string[]> = {}
  for (const name in current) if (!names.includes(name.toLowerCase())) headers[name] = current[name] ?? ''
  for (const name in changes) headers[name] = changes[name] ?? ''
  return { status: answer.status, headers, body: answer.body }
}

/** The path of a request target, without its query. */
export const pathOf = (url: string): string => {
  const end = url.indexOf('?')
  return end === -1 ? url : url.slice(0, end)
}

/** The path with its percent-encoding decoded once; unchanged if malformed. Reserved characters stay encoded. */
export const decodedPath = (url: string): string => {
  const end = url.indexOf('?')
  const path = end === -1 ? url : url.slice(0, end)
  if (!path.includes('%')) return path
  try {
    return decodeURI(path)
  } catch {
    return path
  }
}

/** A request with its client, if it came by a connection. */
export interface ArrivedRequest extends IncomingMessage {
  /** Read at its arrival: a closed socket has no addresses. */
  readonly peer?: Peer
}

/** A request with what its listener and its URL tell. */
export interface AddressedRequest extends IncomingMessage {
  readonly peer: Peer
  /** The path without the prefix of a space, percent-decoded. */
  readonly path: string
  /** The name of a space in path, header or listener, if any. */
  readonly spaceName: string | undefined
}

/** The client at the other end of a connection. To be read when the connection arrives: a closed socket has no addresses. */
export interface Peer {
  /** Its IP address; `unknown` (RFC 7239, 6.2) if it had closed the connection before the server could read it. */
  readonly address: string
  /** It connected to a loopback address of this machine, or nobody knows to which one. */
  readonly isLocal: boolean
  /** The port that it connected to; 0 if nobody knows. */
  readonly port: number
  /** The connection uses TLS. */
  readonly secure: boolean
}

export const peerOf = (socket: Socket, secure = 'encrypted' in socket): Peer => ({
  address: socket.remoteAddress ?? 'unknown',
  isLocal: socket.localAddress === undefined || /^(?:::ffff:)?127\.|^::1$/.test(socket.localAddress),
  port: socket.localPort ?? 0,
  secure
})
