import type { Server } from 'node:http'
import type { Server as NetServer, Socket } from 'node:net'
import type { SystemClock } from '../session/clock.js'
import type { Handle, ListenerRole } from './dispatcher.js'
import {
  closeServer,
  createHttpServer,
  hostForUrl,
  type Limits,
  listenOnIpv6,
  openPort,
  portOf
} from './http-server.js'
import type { TlsIdentity } from './identity.js'

/** One port, and its role. */
export interface Listener extends ListenerRole {
  readonly port: number
  /** TLS options; plain HTTP if undefined. */
  readonly tls?: TlsIdentity
}

export interface OpenListener extends Listener {
  /** `http://127.0.0.1:4100`, without a slash at its end; a loopback address if all addresses are open. */
  readonly url: string
}

export interface ListenOptions {
  readonly host: string
  readonly listeners: readonly Listener[]
  readonly systemClock: SystemClock
  /** Differences from the defaults of the settings. */
  readonly limits?: Partial<Limits>
  /** Receives a sentence about a mistake of a client that no response can explain. */
  readonly hint?: (sentence: string) => void
  /** Files that the process may open; by default the limit of the system. */
  readonly openFiles?: number
  /** Milliseconds for requests in progress at a stop; default 5,000. */
  readonly grace?: number
}

export interface RunningServer {
  readonly listeners: readonly OpenListener[]
  /** Finishes requests in progress, closes idle connections, and resolves when every port is free. */
  close(): Promise<void>
}

/** The handler of a server. */
export interface Served {
  readonly handle: Handle
  /** Called when the server begins to stop. */
  close(): void
}

/** Opens every listener, or none. Throws the error of the system, with its `code` and `port`, if a port is not available. */
export const listen = async (app: Served, options: ListenOptions): Promise<RunningServer> => {
  const { listeners, systemClock, grace = 5000 } = options
  const servers: OpenServer[] = []
  const connections = new Set<Socket>()
  let closing: Promise<unknown> | undefined
  const close = async () => {
    app.close()
    for (const { loopback } of servers) loopback?.close()
    closing ??= Promise.all(servers.map(({ server }) => closeServer(server, connections, systemClock, grace)))
    await closing
  }
  try {
    const open: OpenListener[] = []
    for (const listener of listeners) open.push(await openListener(app, listener, options, servers, connections))
    return { listeners: open, close }
  } catch (error) {
    await close()
    throw error
  }
}

interface OpenServer {
  readonly server: Server
  /** The server of ::1, for the host `localhost`. */
  loopback?: NetServer | undefined
}

const openListener = async (
  app: Served,
  listener: Listener,
  { host, hint = () => undefined, systemClock, limits, openFiles }: ListenOptions,
  servers: OpenServer[],
  connections: Set<Socket>
): Promise<OpenListener> => {
  const { tls, ...role } = listener
  const server = await createHttpServer((request, response) => app.handle(request, response, role), {
    tls,
    hint,
    systemClock,
    limits,
    openFiles
  })
  const opened: OpenServer = { server }
  servers.push(opened)
  server.on('connection', socket => {
    connections.add(socket)
    socket.once('close', () => connections.delete(socket))
  })
  await openPort(server, host === 'localhost' ? '127.0.0.1' : host, listener.port)
  const port = portOf(server)
  if (host === 'localhost') opened.loopback = await listenOnIpv6(server, port, hint)
  return { ...listener, port, url: `${tls ? 'https' : 'http'}://${hostForUrl(host)}:${port}` }
}
