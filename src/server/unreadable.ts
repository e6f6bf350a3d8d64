import type { Socket } from 'node:net'
import { flagOf } from '../config/settings.js'
import { tlsHandshake } from '../tls/handshake.js'

/** The error of a connection, from the event `clientError`. */
export interface ClientError extends NodeJS.ErrnoException {
  /** The bytes that are not HTTP. */
  readonly rawPacket?: Buffer
}

/** A hint for the log, if a client spoke TLS to a port for plain HTTP. */
export const tlsHint = (error: ClientError, { localPort }: Socket): string | undefined =>
  error.rawPacket?.[0] === tlsHandshake
    ? `a client sent TLS to port ${localPort}, which is for plain HTTP: begin its URL with http://, or add a port for HTTPS with ${flagOf('httpsPort')}`
    : undefined

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
