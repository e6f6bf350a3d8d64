import { setMaxListeners } from 'node:events'
import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http'
import { Socket } from 'node:net'
import type { Fault } from './fault-names.js'
import { headerPairs } from './head.js'
import { type DeliveryOptions, isBodiless, type OutgoingResponse } from './outgoing.js'

/** Breaks the connection after all earlier responses on it have been sent. */
export const breakConnection = async (
  fault: Fault,
  outgoing: OutgoingResponse,
  options: DeliveryOptions
): Promise<void> => {
  const { response } = outgoing
  const { socket } = outgoing.request
  if (!(socket instanceof Socket)) return void response.destroy()
  if (!response.socket) await untilAssignedSocket(response, socket)
  if (!socket.destroyed) faultActions[fault](outgoing, socket, options)
}

/** A response gets its socket after the responses to earlier requests have been sent. */
const untilAssignedSocket = (response: ServerResponse, socket: Socket): Promise<void> =>
  new Promise(resolve => {
    response.once('socket', () => resolve())
    socket.once('close', () => resolve())
  })

type BreakConnection = (outgoing: OutgoingResponse, socket: Socket, options: DeliveryOptions) => void

const faultActions: Readonly<Record<Fault, BreakConnection>> = {
  reset: (_outgoing, socket) => {
    // Only a bare TCP socket can be reset; under TLS the connection is closed without a TLS alert.
    if ('encrypted' in socket) socket.destroy()
    else socket.resetAndDestroy()
  },
  empty: ({ request }, socket) => {
    close(request, socket)
  },
  truncate: ({ request, answer, date }, socket) => {
    const body = Buffer.from(answer.body ?? '')
    socket.write(headOf(answer.status, headerPairs(answer, date, Math.max(body.length, 1))), 'latin1')
    // If the client reads no body, the end of the headers is missing.
    if (!isBodiless(request, answer)) socket.write(Buffer.concat([crlf, body.subarray(0, body.length / 2)]))
    close(request, socket)
  },
  garbage: ({ request }, socket) => {
    socket.write(noise)
    close(request, socket)
  },
  malformed: ({ request }, socket) => {
    socket.write(headOf(200, ['Transfer-Encoding', 'chunked']))
    if (request.method !== 'HEAD') socket.write(crlf)
    socket.write(noise)
    close(request, socket)
  },
  hang: (_outgoing, socket, { stopping }) => {
    const destroy = () => void socket.destroy()
    if (stopping.aborted) return destroy()
    // Any number of connections may hang; each removes its listener when it closes.
    setMaxListeners(0, stopping)
    stopping.addEventListener('abort', destroy, { once: true })
    socket.once('close', () => stopping.removeEventListener('abort', destroy))
  }
}

/** Bytes that are no status line, header, chunk or text. */
const noise = Buffer.from(
  '\x16\x03\xff\xfe zzz <garbage> \x00\x80\xc3\x28 \xf0\x9f no HTTP ][}{ \xff\r\n\r\n',
  'latin1'
)

const crlf = Buffer.from('\r\n')

/** Status line and headers, without the empty line that ends them. */
const headOf = (status: number, headers: readonly string[]): string => {
  const lines = headers.map((text, index) => (index % 2 === 0 ? `${text}: ` : `${text}\r\n`))
  return `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'unknown'}\r\n${lines.join('')}`
}

/** Ends the connection with a FIN. The rest of the request is read first: unread bytes would cause a reset. */
const close = (request: IncomingMessage, socket: Socket): void => {
  if (request.complete) return void socket.destroySoon()
  socket.end()
  request.once('close', () => socket.destroySoon())
  request.resume()
}
