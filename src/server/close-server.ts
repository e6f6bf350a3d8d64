import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import type { SystemClock } from '../state/clock.js'

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
