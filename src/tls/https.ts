import type { RequestListener, ServerOptions } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { Socket } from 'node:net'
import type { TlsIdentity } from './identity.js'

/** The first byte of every TLS handshake. */
const handshake = 0x16

/** A server that speaks TLS, and tells who speaks plain HTTP to it what would be right. */
export const createSecureServer = (
  { cert, key, clientCa, min }: TlsIdentity,
  options: ServerOptions,
  listener: RequestListener
): Server => {
  const clients = clientCa === undefined ? {} : { ca: clientCa, requestCert: true, rejectUnauthorized: true }
  const handshakeTimeout = options.headersTimeout ?? 120_000
  const server = createServer({ ...options, handshakeTimeout, cert, key, minVersion: min, ...clients }, listener)
  const [secure] = server.listeners('connection')
  server.removeAllListeners('connection')
  server.on('connection', (socket: Socket) => {
    socket.on('error', () => socket.destroy())
    // Until its first byte says which server is to watch it, it is watched here.
    socket.setTimeout(options.headersTimeout ?? 0, () => socket.destroy())
    socket.once('data', (first: Buffer) => {
      socket.setTimeout(0).removeAllListeners('timeout')
      if (first[0] !== handshake) return refusePlain(socket)
      socket.pause()
      socket.unshift(first)
      secure?.call(server, socket)
    })
  })
  return server
}

const hint = 'This port speaks HTTPS: begin the URL with https://\n'

const refusePlain = (socket: Socket): void => {
  const head = [
    'HTTP/1.1 400 Bad Request',
    'Content-Type: text/plain',
    `Content-Length: ${hint.length}`,
    'Connection: close'
  ]
  socket.end(`${head.join('\r\n')}\r\n\r\n${hint}`)
}
