import type { Socket } from 'node:net'
import { flagOf } from '../config/settings.js'
import { tlsHandshake } from '../tls/handshake.js'

/** The error of a connection, from the event `clientError`. */
export interface ClientError extends NodeJS.ErrnoException {
  /** The bytes that are not HTTP. */
  readonly rawPacket?: Buffer
}

/** The client of an error, and the port that it connected to. */
interface Place {
  readonly address: string
  readonly port: number
  /** The error occurred before the TLS handshake was finished. */
  readonly isHandshake: boolean
}

/** The error and the setting that matters, for the log; undefined if the client only left. */
export const describeClientError = (error: ClientError, socket: Socket, place: Place): string | undefined => {
  const { code = '', rawPacket } = error
  const { address, port, isHandshake } = place
  if (isHandshake) return describeHandshake(error, socket, place)
  if (rawPacket?.[0] === tlsHandshake)
    return `${address} sent TLS to port ${port}, which is for plain HTTP: begin its URL with http://, or add a port for HTTPS with ${flagOf('httpsPort')}`
  const refused = `a request of ${address} to port ${port} is refused`
  if (code === 'HPE_HEADER_OVERFLOW')
    return `${refused} with 431: its headers are too large; see ${flagOf('maxHeaderSize')}`
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT')
    return `${refused} with 408: it did not arrive in time; see ${flagOf('headersTimeout')} and ${flagOf('requestTimeout')}`
  return code.startsWith('HPE_') ? `${refused} with 400: it is not HTTP/1.1 (${reasonOf(error)})` : undefined
}

const describeHandshake = (error: ClientError, socket: Socket, { address, port }: Place): string | undefined => {
  const { code = '' } = error
  const unverified: unknown = Reflect.get(socket, 'authorizationError')
  const failed = `the TLS handshake of ${address} with port ${port} failed`
  if (unverified || code === 'ERR_SSL_PEER_DID_NOT_RETURN_A_CERTIFICATE')
    return `${failed}: its certificate is not accepted (${unverified || 'there is none'}); see ${flagOf('tlsClientCa')}`
  if (/PROTOCOL|VERSION/.test(code)) return `${failed}: no common version of TLS (${code}); see ${flagOf('tlsMin')}`
  if (/ALERT/.test(code))
    return `${failed}: the client refuses it (${code}); it must trust the authority of GET /__admin/ca.pem, or that of ${flagOf('tlsCert')}`
  // A client that opens a connection and closes it again only checks the port.
  return socket.bytesRead > 0 || code !== 'ECONNRESET' ? `${failed} (${code || reasonOf(error)})` : undefined
}

const reasonOf = (error: ClientError): string => {
  const reason: unknown = Reflect.get(error, 'reason')
  return typeof reason === 'string' ? reason : error.message
}

/** Milliseconds in which a sentence of one kind is passed on once. */
const quietPeriod = 60_000

/** Passes on the first sentence of each kind, and then one a minute with the number of those between. */
export const limitHints = (
  hint: (sentence: string) => void,
  elapsed: () => number
): ((kind: string, sentence: string) => void) => {
  const last = new Map<string, { readonly at: number; dropped: number }>()
  return (kind, sentence) => {
    const now = elapsed()
    const known = last.get(kind)
    if (known && now - known.at < quietPeriod) {
      known.dropped += 1
      return
    }
    last.set(kind, { at: now, dropped: 0 })
    hint(known && known.dropped > 0 ? `${sentence} (and ${known.dropped} more since the last of these)` : sentence)
  }
}

const statuses: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout'
}

/**
 * Answers bytes that are not an HTTP request with a bare status, as no product is known, and closes the connection. A failed
 * connection or handshake is closed without a response.
 */
export const refuseUnreadable = (error: ClientError, socket: Socket): void => {
  if (!/^(?:HPE|ERR_HTTP)_/.test(error.code ?? '') || !socket.writable) return void socket.destroy()
  socket.end(
    `HTTP/1.1 ${statuses[error.code ?? ''] ?? '400 Bad Request'}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`
  )
}
