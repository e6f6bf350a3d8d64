import { createServer, type RequestListener, type Server } from 'node:http'
import { Socket } from 'node:net'
import { flagOf } from '../config/settings.js'
import { type Peer, peerOf } from '../http/peer.js'
import type { SystemClock } from '../state/clock.js'
import type { TlsIdentity } from '../tls/identity.js'
import { keepHalfOpen } from './half-close.js'
import { defaultLimits, type Limits, timeouts } from './limits.js'
import { inOrder, type OrderedHandler } from './request-queue.js'
import { type ClientError, refuseUnreadable, tlsHint } from './unreadable.js'

export interface HttpServerOptions {
  /** TLS options; plain HTTP if undefined. */
  readonly tls: TlsIdentity | undefined
  readonly limits: Partial<Limits> | undefined
  readonly systemClock: SystemClock
  readonly hint: (sentence: string) => void
}

/** A Node.js server with these limits, not listening yet. */
export const createHttpServer = async (handle: OrderedHandler, options: HttpServerOptions): Promise<Server> => {
  const { tls, hint, systemClock } = options
  const { maxConnections, maxPipelined, ...limits } = { ...defaultLimits, ...options.limits }
  const handleInOrder = inOrder((request, response, isLast) => {
    if (!server.listening && isLast) response.shouldKeepAlive = false
    handle(request, response, isLast)
  }, maxPipelined)
  const peers = new WeakMap<Socket, Peer>()
  const listener: RequestListener = (request, response) => {
    request.peer = peers.get(request.socket) ?? peerOf(request.socket)
    handleInOrder(request, response)
  }
  const serverOptions = { ...limits, ...timeouts(limits), noDelay: true }
  const server: Server = tls
    ? (await import('../tls/https.js')).createSecureServer(tls, serverOptions, listener)
    : createServer(serverOptions, listener)
  server.maxConnections = maxConnections
  // An undocumented property of Node.js: a FIN of the client does not abort its request.
  Object.assign(server, { httpAllowHalfOpen: true })
  server.on('connection', (socket: Socket) => peers.set(socket, peerOf(socket, tls !== undefined)))
  server.on(tls ? 'secureConnection' : 'connection', (socket: Socket) => {
    peers.set(socket, peers.get(underTls(socket)) ?? peerOf(socket))
    keepHalfOpen(socket, systemClock)
  })
  server.on('clientError', (error: ClientError, socket: Socket) => {
    const sentence = tlsHint(error, socket)
    if (sentence !== undefined) hint(sentence)
    refuseUnreadable(error, socket)
  })
  hintWhenFull(server, hint)
  return server
}

/** The TCP connection of a TLS connection, for which Node.js has no public property; or the connection itself. */
const underTls = (socket: Socket): Socket => {
  const parent: unknown = Reflect.get(socket, '_parent')
  return parent instanceof Socket ? parent : socket
}

/** One hint for each time that the limit of connections is reached. */
const hintWhenFull = (server: Server, hint: (sentence: string) => void): void => {
  let full = false
  server.on('connection', () => {
    full = false
  })
  server.on('drop', () => {
    if (!full)
      hint(
        `a port has ${server.maxConnections} connections, the limit; further ones are closed; see ${flagOf('maxConnections')}`
      )
    full = true
  })
}
