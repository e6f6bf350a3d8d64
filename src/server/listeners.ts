import { createServer, type RequestListener, type Server } from 'node:http'
import { type AddressInfo, createServer as createNetServer, type Server as NetServer, type Socket } from 'node:net'
import { flagOf, type Settings, settings } from '../config/settings.js'
import type { SystemClock } from '../state/clock.js'
import type { TlsIdentity } from '../tls/identity.js'
import type { Handle, ListenerRole } from './dispatcher.js'
import { keepHalfOpen } from './half-close.js'
import { inOrder } from './request-queue.js'

/** One port, and its role. */
export interface Listener extends ListenerRole {
  readonly port: number
  /** TLS options; plain HTTP if undefined. */
  readonly tls?: TlsIdentity
}

export interface OpenListener extends Listener {
  /** `http://127.0.0.1:4100`, without a slash at its end; works also where every address is listened on. */
  readonly url: string
}

/** Limits for clients: bytes, numbers, and milliseconds. */
export type Limits = Pick<
  Settings,
  'maxConnections' | 'maxPipelined' | 'maxHeaderSize' | 'headersTimeout' | 'requestTimeout' | 'keepAliveTimeout'
>

export interface ListenOptions {
  readonly host: string
  readonly listeners: readonly Listener[]
  readonly systemClock: SystemClock
  /** Where they differ from the defaults of the settings. */
  readonly limits?: Partial<Limits>
  /** Told, in a sentence, what is wrong with what clients do where no answer can tell them. */
  readonly hint?: (sentence: string) => void
  /** Milliseconds for requests in progress at a stop; default 5,000. */
  readonly grace?: number
}

export interface RunningServer {
  readonly listeners: readonly OpenListener[]
  /** Finishes requests in progress, closes idle connections, and resolves when every port is free. */
  close(): Promise<void>
}

/** What is served. */
export interface Served {
  readonly handle: Handle
  /** The server is to stop. */
  close(): void
}

/** Opens every listener, or none. Throws the system's error, with its `code` and `port`, where a port cannot be had. */
export const listen = async (app: Served, options: ListenOptions): Promise<RunningServer> => {
  const { host, listeners, systemClock, grace = 5000 } = options
  const servers: Server[] = []
  const loopbacks: (NetServer | undefined)[] = []
  const connections = new Set<Socket>()
  let closing: Promise<unknown> | undefined
  const close = async () => {
    app.close()
    for (const loopback of loopbacks) loopback?.close()
    closing ??= Promise.all(servers.map(server => closeServer(server, connections, systemClock, grace)))
    await closing
  }
  try {
    const open: OpenListener[] = []
    for (const listener of listeners) {
      const server = await serverFor(app, listener, options)
      servers.push(server)
      server.on('connection', socket => {
        connections.add(socket)
        socket.once('close', () => connections.delete(socket))
      })
      await listening(server, host === 'localhost' ? '127.0.0.1' : host, listener.port)
      const { port } = server.address() as AddressInfo
      if (host === 'localhost') loopbacks.push(await listenOnIpv6(server, port, options.hint))
      open.push({ ...listener, port, url: `${listener.tls ? 'https' : 'http'}://${hostForUrl(host)}:${port}` })
    }
    return { listeners: open, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** The host of a URL that leads here. */
export const hostForUrl = (host: string): string => {
  if (host === '0.0.0.0' || host === 'localhost') return '127.0.0.1'
  if (host === '::') return '[::1]'
  return host.includes(':') ? `[${host}]` : host
}

const serverFor = async (app: Served, { tls, ...role }: Listener, options: ListenOptions): Promise<Server> => {
  const { hint = () => undefined } = options
  const { maxConnections, maxPipelined, ...limits } = { ...defaults, ...options.limits }
  const answer: RequestListener = inOrder((request, response, isLast) => {
    if (!server.listening && isLast) response.shouldKeepAlive = false
    app.handle(request, response, role)
  }, maxPipelined)
  const punctual = { ...limits, ...checkingOptions(limits), noDelay: true }
  const server: Server = tls
    ? (await import('../tls/https.js')).createSecureServer(tls, punctual, answer)
    : createServer(punctual, answer)
  server.maxConnections = maxConnections
  // Node's own switch, which it documents nowhere: a client's FIN does not end what it has asked for.
  Object.assign(server, { httpAllowHalfOpen: true })
  server.on(tls ? 'secureConnection' : 'connection', (socket: Socket) => keepHalfOpen(socket, options.systemClock))
  server.on('clientError', (error: ClientError, socket: Socket) => {
    if (error.rawPacket?.[0] === handshake) hint(spokeTls(socket))
    refuseUnreadable(error, socket)
  })
  hintWhenFull(server, hint)
  return server
}

/** The limits among the settings. */
export const limitsOf = (settings: Limits): Limits => {
  const { maxConnections, maxPipelined, maxHeaderSize, headersTimeout, requestTimeout, keepAliveTimeout } = settings
  return { maxConnections, maxPipelined, maxHeaderSize, headersTimeout, requestTimeout, keepAliveTimeout }
}

const defaults: Limits = {
  maxConnections: settings.maxConnections.fallback,
  maxPipelined: settings.maxPipelined.fallback,
  maxHeaderSize: settings.maxHeaderSize.fallback,
  headersTimeout: settings.headersTimeout.fallback,
  requestTimeout: settings.requestTimeout.fallback,
  keepAliveTimeout: settings.keepAliveTimeout.fallback
}

/** Headers are part of their request, and lateness is looked for often enough to be seen soon. */
const checkingOptions = ({ headersTimeout, requestTimeout }: Pick<Limits, 'headersTimeout' | 'requestTimeout'>) => {
  const shorter = Math.min(headersTimeout, requestTimeout)
  return { headersTimeout: shorter, connectionsCheckingInterval: Math.ceil(Math.min(shorter, 10_000)) }
}

/** Says that no more connections are taken, once until one is taken again. */
const hintWhenFull = (server: Server, hint: (sentence: string) => void): void => {
  let full = false
  server.on('connection', () => {
    full = false
  })
  server.on('drop', () => {
    if (!full)
      hint(`a port has ${server.maxConnections} connections, and takes no more; see ${flagOf('maxConnections')}`)
    full = true
  })
}

const spokeTls = ({ localPort }: Socket): string =>
  `a client spoke TLS to port ${localPort}, which speaks plain HTTP: begin its URL with http://, or have a port for HTTPS by ${flagOf('httpsPort')}`

const listening = (server: NetServer, host: string, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => resolve())
  })

/**
 * Hands connections to the same port of ::1 to this server: many clients take `localhost` for ::1 first. Undefined where there
 * is no IPv6, or another program has that port.
 */
const listenOnIpv6 = async (
  server: Server,
  port: number,
  hint?: ListenOptions['hint']
): Promise<NetServer | undefined> => {
  const loopback = createNetServer({ noDelay: true, allowHalfOpen: true }, socket => server.emit('connection', socket))
  loopback.maxConnections = server.maxConnections
  try {
    await listening(loopback, '::1', port)
    return loopback
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EADDRINUSE')
      hint?.(`another program has port ${port} on ::1: a client that is given "localhost" may reach that one`)
    return undefined
  }
}

const closeServer = (
  server: Server,
  connections: Iterable<Socket>,
  systemClock: SystemClock,
  grace: number
): Promise<void> => {
  if (!server.listening) return Promise.resolve()
  const deadline = systemClock.elapsed() + grace
  const stop = systemClock.every(20, () => {
    if (systemClock.elapsed() > deadline) server.closeAllConnections()
    else server.closeIdleConnections()
    // One that nothing has come through yet, Node takes for a busy one.
    for (const socket of connections) if (socket.bytesRead === 0) socket.destroy()
  })
  return new Promise(resolve => {
    server.close(() => {
      stop()
      resolve()
    })
    server.closeIdleConnections()
  })
}

/** The first byte of every TLS handshake. */
const handshake = 0x16

interface ClientError extends NodeJS.ErrnoException {
  /** What could not be read. */
  readonly rawPacket?: Buffer
}

const statuses: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout'
}

/** Bytes that are no HTTP request belong to no product: a bare status, and the connection closes. Whose connection or handshake failed hears nothing. */
const refuseUnreadable = (error: ClientError, socket: Socket): void => {
  if (!/^(?:HPE|ERR_HTTP)_/.test(error.code ?? '') || !socket.writable) return void socket.destroy()
  socket.end(
    `HTTP/1.1 ${statuses[error.code ?? ''] ?? '400 Bad Request'}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`
  )
}
