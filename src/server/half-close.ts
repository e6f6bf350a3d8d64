import type { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { SystemClock } from '../state/clock.js'

/** Milliseconds that a client which has closed its sending half is given before it is asked whether it still reads. */
const patience = 1000

/** Milliseconds in which a reset comes back. */
const resetIn = 100

/**
 * Keeps a connection of which the client has closed its sending half until its response is sent. A FIN alone does not say whether
 * the client still reads. After a second an interim response, 100 Continue, asks: every HTTP/1.1 client skips it (RFC 9110,
 * 15.2), and the system of a client that has closed the connection answers it with a reset.
 */
export const keepHalfOpen = (socket: Socket, systemClock: SystemClock): void => {
  socket.once('end', () => {
    const closed = new AbortController()
    socket.once('close', () => closed.abort())
    void askLater(socket, systemClock, closed.signal)
  })
}

const askLater = async (socket: Socket, systemClock: SystemClock, closed: AbortSignal): Promise<void> => {
  await systemClock.sleep(patience, closed)
  ask(socket)
  await systemClock.sleep(resetIn, closed)
  // Nothing is read any more, so that only another write, of no bytes, finds the reset.
  if (socket.writable) socket.write('')
}

const ask = (socket: Socket): void => {
  if (socket.destroyed) return
  const response = currentOf(socket)
  // In the middle of a response nothing can be asked.
  if (!response || response.headersSent) return void socket.destroySoon()
  socket.write('HTTP/1.1 100 Continue\r\n\r\n')
}

/** The response that is being written. Node has it in no public place. */
const currentOf = (socket: Socket): ServerResponse | null | undefined =>
  (socket as { _httpMessage?: ServerResponse | null })._httpMessage
