import { readFileSync } from 'node:fs'
import type { Server } from 'node:http'
import { type AddressInfo, createServer, type Server as NetServer } from 'node:net'
import { isSystemError } from '../base/system-error.js'

/** Opens the port. Throws the error of the system. */
export const openPort = (server: NetServer, host: string, port: number): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => resolve())
  })

/** The number of files that this process may open; Infinity where the system does not tell it. */
export const openFiles = (): number => {
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
  const loopback = createServer({ noDelay: true, allowHalfOpen: true }, socket => server.emit('connection', socket))
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
