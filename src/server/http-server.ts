import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type RequestListener, type Server, ServerResponse } from 'node:http'
import { type AddressInfo, createServer as createNetServer, type Server as NetServer, Socket } from 'node:net'
import { getOrCreate } from '../base/collections.js'
import { isSystemError } from '../base/errors.js'
import { AbortController } from '../base/node-globals.js'
import { flagOf, type Settings, settings } from '../config/settings.js'
import type { ClientResponse } from '../http/delivery.js'
import { type ArrivedRequest, type Peer, peerOf } from '../http/response.js'
import type { SystemClock } from '../session/clock.js'
import { tlsHandshake } from './https.js'
import type { TlsIdentity } from './identity.js'

interface HttpServerOptions {
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
    const peer = peers.get(request.socket) ?? peerOf(request.socket)
    handleInOrder(Object.assign(request, { peer }), response)
  }
  const tell = limitHints(hint, () => systemClock.elapsed())
  const onPlain = (socket: Socket): void => {
    const { address, port } = peers.get(socket) ?? peerOf(socket)
    tell('plain', `${address} sent plain HTTP to port ${port}, which is for HTTPS: begin its URL with https://`)
  }
  const serverOptions = { ...limits, ...timeouts(limits), noDelay: true }
  const server: Server = tls
    ? (await import('./https.js')).createSecureServer(tls, serverOptions, listener, onPlain)
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

/** Handles a request in its turn. `isLast`: no other request waits on its connection. */
type OrderedHandler = (request: ArrivedRequest, response: ServerResponse, isLast: boolean) => void

/**
 * Handles the pipelined requests of each connection in order: each after the previous response has been written. With `limit`
 * waiting requests, the socket is paused until half of them are handled.
 */
const inOrder = (handle: OrderedHandler, limit: number): ((req: ArrivedRequest, res: ServerResponse) => void) => {
  const queues = new WeakMap<Socket, RequestQueue>()
  return (request, response) => {
    // Node.js assigns the socket to a response after the previous one has finished: without pipelining, immediately.
    if (response.socket) return handle(request, response, true)
    const { socket } = request
    getOrCreate(queues, socket, () => new RequestQueue(socket, handle, limit)).add({ request, response })
  }
}

interface Pending {
  readonly request: ArrivedRequest
  readonly response: ServerResponse
}

/** The waiting pipelined requests of one connection. */
class RequestQueue {
  readonly #pending: Pending[] = []
  #isFull = false

  constructor(
    readonly socket: Socket,
    readonly handle: OrderedHandler,
    readonly limit: number
  ) {
    socket.once('close', () => this.#abandon())
    // Node.js resumes the socket at the end of each request.
    socket.on('resume', () => this.#holdBack())
  }

  add(pending: Pending): void {
    this.#pending.push(pending)
    // In a microtask, after Node.js has finished assigning the socket.
    pending.response.once('socket', () => void Promise.resolve().then(() => this.#next()))
    if (this.#isFull || this.#pending.length < this.limit) return
    this.#isFull = true
    // In a microtask, after Node.js has parsed the whole packet: until then it resumes the socket itself.
    void Promise.resolve().then(() => this.#holdBack())
  }

  #holdBack(): void {
    if (this.#isFull) this.socket.pause()
  }

  #next(): void {
    const next = this.#pending.shift()
    if (this.#isFull && this.#pending.length <= this.limit / 2) {
      this.#isFull = false
      this.socket.resume()
    }
    if (next) this.handle(next.request, next.response, this.#pending.length === 0)
  }

  /** Handles the rest as requests of a disconnected client. */
  #abandon(): void {
    this.#isFull = false
    for (const { request, response } of this.#pending.splice(0)) {
      response.destroy()
      this.handle(request, response, true)
    }
  }
}

/** Milliseconds from the FIN of a client to the probe. */
const probeDelay = 1000

/** Milliseconds in which a reset arrives. */
const resetDelay = 100

/**
 * Keeps a half-closed connection open until its response is sent. A FIN alone does not show whether the client still reads.
 * After a second, an interim response (100 Continue) probes it: every HTTP/1.1 client skips it (RFC 9110, 15.2), and the
 * operating system of a client that has closed the connection answers with a reset. Where no interim response may be sent, TCP
 * itself probes it, which takes the operating system of the client about a minute longer.
 */
const keepHalfOpen = (socket: Socket, systemClock: SystemClock): void => {
  socket.once('end', () => {
    const closed = new AbortController()
    socket.once('close', () => closed.abort())
    void probeLater(socket, systemClock, closed.signal)
  })
}

const probeLater = async (socket: Socket, systemClock: SystemClock, closed: AbortSignal): Promise<void> => {
  await systemClock.sleep(probeDelay, closed)
  probe(socket)
  await systemClock.sleep(resetDelay, closed)
  // Nothing is read any more: only another write, of no bytes, detects the reset.
  if (socket.writable) socket.write('')
}

const probe = (socket: Socket): void => {
  if (socket.destroyed) return
  const response = currentOf(socket)
  if (!response) return void socket.destroySoon()
  if (mayBeInterrupted(response)) socket.write('HTTP/1.1 100 Continue\r\n\r\n')
  else socket.setKeepAlive(true, probeDelay)
}

/** Not in the middle of a response, not where a rule breaks the connection, and never for HTTP/1.0 (RFC 9110, 15.2). */
const mayBeInterrupted = ({ headersSent, isSilent = false, req }: ClientResponse): boolean =>
  !headersSent && !isSilent && req.httpVersion !== '1.0'

/** Node.js has no public property for the current response of a socket. */
const currentOf = (socket: Socket): ServerResponse | undefined => {
  const current: unknown = Reflect.get(socket, '_httpMessage')
  return current instanceof ServerResponse ? current : undefined
}

/** The error of a connection, from the event `clientError`. */
interface ClientError extends NodeJS.ErrnoException {
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
const limitHints = (
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
const refuseUnreadable = (error: ClientError, socket: Socket): void => {
  if (!/^(?:HPE|ERR_HTTP)_/.test(error.code ?? '') || !socket.writable) return void socket.destroy()
  socket.end(
    `HTTP/1.1 ${statuses[error.code ?? ''] ?? '400 Bad Request'}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`
  )
}

/** Finishes requests in progress for at most `grace` milliseconds, and resolves when the port is free. */
export const closeServer = (
  server: Server,
  connections: Iterable<Socket>,
  systemClock: SystemClock,
  grace: number
): Promise<void> => {
  if (!server.listening) return Promise.resolve()
  const deadline = systemClock.elapsed() + grace
  const stop = systemClock.every(20, () => {
    server.closeIdleConnections()
    const isOver = systemClock.elapsed() > deadline
    // The HTTP server knows no connections in a TLS handshake, and regards one without any bytes as busy.
    for (const socket of connections) if (isOver || socket.bytesRead === 0) socket.destroy()
  })
  return new Promise(resolve => {
    server.close(() => {
      stop()
      resolve()
    })
    server.closeIdleConnections()
  })
}

/** Limits for clients: bytes, numbers, and milliseconds. */
export type Limits = Pick<
  Settings,
  'maxConnections' | 'maxPipelined' | 'maxHeaderSize' | 'headersTimeout' | 'requestTimeout' | 'keepAliveTimeout'
>

/** The limits among the settings. */
export const limitsOf = (settings: Limits): Limits => {
  const { maxConnections, maxPipelined, maxHeaderSize, headersTimeout, requestTimeout, keepAliveTimeout } = settings
  return { maxConnections, maxPipelined, maxHeaderSize, headersTimeout, requestTimeout, keepAliveTimeout }
}

const defaultLimits: Limits = {
  maxConnections: settings.maxConnections.fallback,
  maxPipelined: settings.maxPipelined.fallback,
  maxHeaderSize: settings.maxHeaderSize.fallback,
  headersTimeout: settings.headersTimeout.fallback,
  requestTimeout: settings.requestTimeout.fallback,
  keepAliveTimeout: settings.keepAliveTimeout.fallback
}

/** The time options of a Node.js server. Headers are part of a request, so that their limit cannot exceed its limit. */
const timeouts = ({ headersTimeout, requestTimeout }: Pick<Limits, 'headersTimeout' | 'requestTimeout'>) => {
  const shorter = Math.min(headersTimeout, requestTimeout)
  return { headersTimeout: shorter, connectionsCheckingInterval: Math.ceil(Math.min(shorter, 10_000)) }
}

/** Opens the port. Throws the error of the system. */
export const openPort = (server: NetServer, host: string, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => resolve())
  })

/** The number of files that this process may open; Infinity where the system does not tell it. */
const openFiles = (): number => {
  try {
    const [, soft] = /^Max open files +(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? []
    return soft === undefined ? Number.POSITIVE_INFINITY : Number(soft)
  } catch {
    return Number.POSITIVE_INFINITY
  }
}

/** The port of a listening server. */
export const portOf = (server: NetServer): number => {
  const address: AddressInfo | string | null = server.address()
  if (typeof address !== 'object' || address === null) throw new Error('the server does not listen on a port')
  return address.port
}

/**
 * Passes connections to the same port of ::1 to this server: many clients resolve `localhost` to ::1 first. Undefined without
 * IPv6, or if another program has that port.
 */
export const listenOnIpv6 = async (
  server: Server,
  port: number,
  hint: (sentence: string) => void
): Promise<NetServer | undefined> => {
  const loopback = createNetServer({ noDelay: true, allowHalfOpen: true }, socket => server.emit('connection', socket))
  loopback.maxConnections = server.maxConnections
  try {
    await openPort(loopback, '::1', port)
    return loopback
  } catch (error) {
    if (isSystemError(error) && error.code === 'EADDRINUSE')
      hint(`another program has port ${port} on ::1: clients of "localhost" may connect to it`)
    return undefined
  }
}

/** The host of a URL for clients on this machine. */
export const hostForUrl = (host: string): string => {
  if (host === '0.0.0.0' || host === 'localhost') return '127.0.0.1'
  if (host === '::') return '[::1]'
  return host.includes(':') ? `[${host}]` : host
}
