import { createServer, type IncomingMessage, type RequestListener, type Server, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { flagOf } from '../config/settings.js'
import { type Peer, peerOf } from '../http/peer.js'
import type { SystemClock } from '../state/clock.js'
import type { TlsIdentity } from '../tls/identity.js'
import { currentOf, keepHalfOpen } from './half-close.js'
import { defaultLimits, type Limits, timeouts } from './limits.js'
import { openFiles } from './ports.js'
import { inOrder, type OrderedHandler } from './request-queue.js'
import { type ClientError, describeClientError, limitHints, refuseUnreadable } from './unreadable.js'

export interface HttpServerOptions {
  /** TLS options; plain HTTP if undefined. */
  readonly tls: TlsIdentity | undefined
  readonly limits: Partial<Limits> | undefined
  readonly systemClock: SystemClock
  readonly hint: (sentence: string) => void
  /** Files that the process may open; by default the limit of the system. */
  readonly openFiles: number | undefined
}

/** Files that the process needs beside its connections. */
const ownFiles = 64

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
  const tell = limitHints(hint, () => systemClock.elapsed())
  const onPlain = (socket: Socket): void => {
    const { address, port } = peers.get(socket) ?? peerOf(socket)
    tell('plain', `${address} sent plain HTTP to port ${port}, which is for HTTPS: begin its URL with https://`)
  }
  const serverOptions = { ...limits, ...timeouts(limits), noDelay: true }
  const server: Server = tls
    ? (await import('../tls/https.js')).createSecureServer(tls, serverOptions, listener, onPlain)
    : createServer(serverOptions, listener)
  // Beyond its open files, the system would close connections without a word.
  server.maxConnections = Math.max(1, Math.min(maxConnections, (options.openFiles ?? openFiles()) - ownFiles))
  // An undocumented property of Node.js: a FIN of the client does not abort its request.
  Object.assign(server, { httpAllowHalfOpen: true })
  server.on('connection', (socket: Socket) => peers.set(socket, peerOf(socket, tls !== undefined)))
  server.on(tls ? 'secureConnection' : 'connection', (socket: Socket) => {
    peers.set(socket, peers.get(underTls(socket)) ?? peerOf(socket))
    keepHalfOpen(socket, systemClock)
  })
  server.on('clientError', (error: ClientError, socket: Socket) => {
    const { address, port } = peers.get(socket) ?? peers.get(underTls(socket)) ?? peerOf(socket)
    const isHandshake = tls !== undefined && !peers.has(socket)
    const sentence = describeClientError(error, socket, { address, port, isHandshake })
    if (sentence !== undefined) tell(error.code ?? error.message, sentence)
    refuseUnreadable(error, socket)
  })
  server.on('checkExpectation', listener)
  server.on('connect', (request: IncomingMessage, socket: Socket) => {
    // Node.js handles its errors no longer.
    socket.on('error', () => socket.destroy())
    if (currentOf(socket)) socket.destroy()
    else listener(request, responseOn(socket, request))
  })
  hintWhenFull(server, hint)
  return server
}

/** The only response on a connection that the HTTP server has given up, as a client asked it for a tunnel. */
const responseOn = (socket: Socket, request: IncomingMessage): ServerResponse => {
  const response = new ServerResponse(request)
  response.shouldKeepAlive = false
  response.assignSocket(socket)
  response.once('finish', () => socket.resume().destroySoon())
  return response
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
        `a port has ${server.maxConnections} connections, the limit; further ones are closed; see ${flagOf('maxConnections')} and ulimit -n`
      )
    full = true
  })
}
