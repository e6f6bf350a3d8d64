import { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { AbortController } from '../base/node-globals.js'
import type { SystemClock } from '../state/clock.js'

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
export const keepHalfOpen = (socket: Socket, systemClock: SystemClock): void => {
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
const mayBeInterrupted = ({ headersSent, isSilent = false, req }: ServerResponse): boolean =>
  !headersSent && !isSilent && req.httpVersion !== '1.0'

/** Node.js has no public property for the current response of a socket. */
export const currentOf = (socket: Socket): ServerResponse | undefined => {
  const current: unknown = Reflect.get(socket, '_httpMessage')
  return current instanceof ServerResponse ? current : undefined
}
