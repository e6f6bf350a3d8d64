import type { RequestListener, ServerOptions } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { Socket } from 'node:net'
import type { TlsIdentity } from './identity.js'

/** An HTTPS server that answers plain HTTP with a hint, and passes its connection to `onPlain`. */
export const createSecureServer = (
  { cert, key, clientCa, min }: TlsIdentity,
  options: ServerOptions,
  listener: RequestListener,
  onPlain: (socket: Socket) => void
): Server => {
  const clients = clientCa === undefined ? {} : { ca: clientCa, requestCert: true, rejectUnauthorized: true }
  const handshakeTimeout = options.headersTimeout ?? 120_000
  const server = createServer({ ...options, handshakeTimeout, cert, key, minVersion: min, ...clients }, listener)
  const [secure] = server.listeners('connection')
  server.removeAllListeners('connection')
  server.on('connection', (socket: Socket) => {
    socket.on('error', () => socket.destroy())
    // Before the first byte, neither the TLS nor the HTTP timeout applies.
    socket.setTimeout(options.headersTimeout ?? 0, () => socket.destroy())
    socket.once('data', (first: Buffer) => {
      socket.setTimeout(0).removeAllListeners('timeout')
      if (first[0] !== tlsHandshake) {
        onPlain(socket)
        return refusePlain(socket)
      }
      socket.pause()
      socket.unshift(first)
      secure?.call(server, socket)
    })
  })
  return server
}

const hint = 'This port is for HTTPS: begin the URL with https://\n'

const refusePlain = (socket: Socket): void => {
  const head = [
    'HTTP/1.1 400 Bad Request',
    'Content-Type: text/plain',
    `Content-Length: ${hint.length}`,
    'Connection: close'
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${hint}`)
}

/** The first byte of every TLS handshake (RFC 8446, 5.1). */
export const tlsHandshake = 0x16
