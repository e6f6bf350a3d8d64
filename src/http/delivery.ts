import { setMaxListeners } from 'node:events'
import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http'
import { Socket } from 'node:net'
import { atEndOfTurn } from '../base/promises.js'
import type { Fault } from './fault-names.js'
import type { Answer } from './response.js'

/** Sends a response with a written head. */
export type Deliver = (outgoing: OutgoingResponse) => void

/**
 * Sends all responses of one turn of the event loop together: clients wake up once for many. `failed` is called with errors of
 * sending; the connection is closed, and the other responses are sent.
 */
export const createDelivery = (failed: (error: unknown) => void): Deliver => {
  let ready: OutgoingResponse[] = []
  const sendAll = (): void => {
    const responses = ready
    ready = []
    for (const outgoing of responses) send(outgoing, failed)
  }
  return outgoing => {
    ready.push(outgoing)
    if (ready.length === 1) atEndOfTurn(sendAll)
  }
}

/** Closes the connection if sending throws. */
const send = (outgoing: OutgoingResponse, failed: (error: unknown) => void): void => {
  const { response, answer, options } = outgoing
  if (options?.fault || options?.dribble) return void sendSlowly(outgoing, options, failed)
  try {
    response.end(answer.body)
  } catch (error) {
    response.destroy()
    failed(error)
  }
}

const sendSlowly = async (
  outgoing: OutgoingResponse,
  options: DeliveryOptions,
  failed: (error: unknown) => void
): Promise<void> => {
  const { request, response, answer } = outgoing
  const { fault, dribble } = options
  try {
    if (fault) await breakConnection(fault, outgoing, options)
    else if (dribble && answer.body && !isBodiless(request, answer))
      await sendPieces(answer.body, dribble, options, response)
    else response.end(answer.body)
  } catch (error) {
    response.destroy()
    failed(error)
  }
}

const sendPieces = async (
  text: string,
  { chunks, over }: Dribble,
  { wait }: DeliveryOptions,
  response: ServerResponse
) => {
  const body = Buffer.from(text)
  const pieces = Math.min(chunks, body.length)
  const offset = (piece: number) => Math.floor((piece * body.length) / pieces)
  for (let piece = 0; piece < pieces && !response.destroyed; piece += 1) {
    if (piece > 0) await wait(over / (pieces - 1))
    response.write(body.subarray(offset(piece), offset(piece + 1)))
  }
  response.end()
}

/** A response to a client that may wait for an interim one. */
export interface ClientResponse extends ServerResponse {
  /** No interim response may be sent before it: a rule breaks the connection. */
  isSilent?: boolean
}

/** The number of pieces of a body, and the time from the first to the last in milliseconds. */
export interface Dribble {
  readonly chunks: number
  readonly over: number
}

/** Faults and delays of a response on its way to the client. */
export interface DeliveryOptions {
  readonly fault: Fault | undefined
  readonly dribble: Dribble | undefined
  readonly wait: (ms: number) => Promise<void>
  /** Aborted when the server stops: closes a hanging connection. */
  readonly stopping: AbortSignal
}

/** A response to send, with its `Date`. */
export interface OutgoingResponse {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly answer: Answer
  readonly date: string
  /** Undefined for a normal delivery. */
  readonly options: DeliveryOptions | undefined
}

/** Clients read no body of such a response, whatever its Content-Length (RFC 9112, 6.3). */
export const isBodiless = ({ method }: Pick<IncomingMessage, 'method'>, { status }: Pick<Answer, 'status'>): boolean =>
  method === 'HEAD' || status === 204 || status === 304

/** Writes status line and headers, without sending them. Throws the error of Node.js for an invalid header. */
export const writeHead = ({ response, answer, date, options }: OutgoingResponse): void => {
  if (options?.fault) return
  const { status, body } = answer
  const length = status === 204 || status === 304 ? undefined : Buffer.byteLength(body ?? '')
  response.writeHead(status, headerPairs(answer, date, length))
}

/** Headers that determine the end of the body. They depend on how the body is sent; no scenario can set them. */
export const isFraming = (name: string): boolean => framingLengths.has(name.length) && framing.test(name)

const framing = /^(?:content-length|transfer-encoding|trailer)$/i

/** The length of the name alone distinguishes most headers. */
const framingLengths = new Set([14, 17, 7])

/** Alternating names and values: `Date`, the headers of the response, and `Content-Length`, if any. */
const headerPairs = ({ headers, always = {} }: Answer, date: string, length: number | undefined): string[] => {
  const lines = ['Date', date]
  let isDated = false
  for (const name in headers) {
    if (name.length === 4 && name.toLowerCase() === 'date') isDated = true
    if (name in always || (framingLengths.has(name.length) && framing.test(name))) continue
    const value = headers[name] ?? ''
    if (typeof value === 'string') lines.push(name, value)
    else for (const item of value) lines.push(name, item)
  }
  for (const name in always)
    if (!framingLengths.has(name.length) || !framing.test(name)) lines.push(name, always[name] ?? '')
  if (length !== undefined) lines.push('Content-Length', String(length))
  return isDated ? lines.slice(2) : lines
}

/** Breaks the connection after all earlier responses on it have been sent. */
const breakConnection = async (fault: Fault, outgoing: OutgoingResponse, options: DeliveryOptions): Promise<void> => {
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

/** Milliseconds without a byte from the client, after which the connection is destroyed. */
const idleTimeout = 2000

/** Maximum number of discarded bytes. */
const maxDiscarded = 64 * 1_048_576

/**
 * Ends the connection after this response, even if the client is still sending. Further bytes are read and discarded for a while:
 * closing with unread bytes resets the connection, and the client may lose the response (RFC 9112, 9.6).
 */
export const endAfterResponse = (request: IncomingMessage, response: ServerResponse): void => {
  response.shouldKeepAlive = false
  if (request.complete) return
  const { socket } = request
  // Node calls it after writing the response.
  socket.destroySoon = () => {
    const limit = socket.bytesRead + maxDiscarded
    socket.end()
    socket.setTimeout(idleTimeout, () => socket.destroy())
    request.on('data', () => {
      if (socket.bytesRead > limit) socket.destroy()
    })
    request.once('end', () => socket.destroy())
    request.resume()
  }
}
