import { setMaxListeners } from 'node:events'
import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http'
import { Socket } from 'node:net'
import { atEndOfTurn } from '../base/end-of-turn.js'
import type { Answer } from './answer.js'

/** The ways in which an answer breaks on its way. */
export const faults = {
  reset: 'the connection is reset (TCP RST) and nothing is sent',
  empty: 'the connection is closed and nothing is sent',
  truncate: 'the connection is closed within the body, before its announced length',
  garbage: 'bytes that are not HTTP are sent, then the connection is closed',
  malformed: 'a valid status line and an invalid chunk are sent, then the connection is closed',
  hang: 'nothing is sent and the connection stays open'
} as const

export type Fault = keyof typeof faults

export const faultNames = Object.keys(faults) as Fault[]

/** Pieces that the body is sent in, and the milliseconds that this takes. */
export interface Dribble {
  readonly chunks: number
  readonly over: number
}

/** How an answer leaves, if not at once and whole. */
export interface DeliveryOptions {
  readonly fault: Fault | undefined
  readonly dribble: Dribble | undefined
  readonly wait: (ms: number) => Promise<void>
  /** Aborted when the server is to stop: a hanging connection is let go. */
  readonly stopping: AbortSignal
}

/** What leaves the server: an answer with its `Date`. */
export interface OutgoingResponse {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly answer: Answer
  readonly date: string
  readonly manner: DeliveryOptions | undefined
}

/** Sends responses with written heads. */
export type Deliver = (parcel: OutgoingResponse) => void

/**
 * Sends each answer together with all others that are ready in the same turn of the event loop: clients are woken once for many.
 * `failed` is told what sending one threw; its connection is closed, and the others are sent.
 */
export const createDelivery = (failed: (error: unknown) => void): Deliver => {
  let ready: OutgoingResponse[] = []
  const sendAll = (): void => {
    const parcels = ready
    ready = []
    for (const parcel of parcels) send(parcel, failed)
  }
  return parcel => {
    ready.push(parcel)
    if (ready.length === 1) atEndOfTurn(sendAll)
  }
}

/** Writes status line and headers, without sending them yet. Throws where Node refuses one of them. */
export const writeHead = ({ response, answer, date, manner }: OutgoingResponse): void => {
  if (manner?.fault) return
  const { status, body } = answer
  const length = status === 204 || status === 304 ? undefined : Buffer.byteLength(body ?? '')
  response.writeHead(status, headerLines(answer, date, length))
}

/** Sends a response. Closes its connection if that throws. */
const send = (parcel: OutgoingResponse, failed: (error: unknown) => void): void => {
  const { response, answer, manner } = parcel
  if (manner?.fault || manner?.dribble) return void sendSlowly(parcel, manner, failed)
  try {
    response.end(answer.body)
  } catch (error) {
    response.destroy()
    failed(error)
  }
}

const sendSlowly = async (
  parcel: OutgoingResponse,
  manner: DeliveryOptions,
  failed: (error: unknown) => void
): Promise<void> => {
  const { request, response, answer } = parcel
  const { fault, dribble } = manner
  try {
    if (fault) await breakOff(fault, parcel, manner)
    else if (dribble && answer.body && !isBodiless(request, answer))
      await sendPieces(answer.body, dribble, manner, response)
    else response.end(answer.body)
  } catch (error) {
    response.destroy()
    failed(error)
  }
}

/** Sends a body in pieces, with waits between them. */
const sendPieces = async (
  text: string,
  { chunks, over }: Dribble,
  { wait }: DeliveryOptions,
  response: ServerResponse
) => {
  const body = Buffer.from(text)
  const pieces = Math.min(chunks, body.length)
  const cut = (piece: number) => Math.floor((piece * body.length) / pieces)
  for (let piece = 0; piece < pieces && !response.destroyed; piece += 1) {
    if (piece > 0) await wait(over / (pieces - 1))
    response.write(body.subarray(cut(piece), cut(piece + 1)))
  }
  response.end()
}

/** No client reads a body of such an answer, whatever length it announces. */
const isBodiless = ({ method }: IncomingMessage, { status }: Answer): boolean =>
  method === 'HEAD' || status === 204 || status === 304

/** The headers that a body's end depends on: they are decided by how the body is sent, and no scenario can set them. */
export const isFraming = (name: string): boolean => framingLengths.has(name.length) && framing.test(name)

const framing = /^(?:content-length|transfer-encoding|trailer)$/i

/** The length of the name alone distinguishes most headers. */
const framingLengths = new Set([14, 17, 7])

/** Names and values in turn: the answer's headers, and a length, if there is one to announce. */
const headerLines = ({ headers, always = {} }: Answer, date: string, length: number | undefined): string[] => {
  const lines = ['Date', date]
  let isDated = false
  for (const name in headers) {
    if (name.length === 4 && name.toLowerCase() === 'date') isDated = true
    if (name in always || (framingLengths.has(name.length) && framing.test(name))) continue
    const value = headers[name] ?? ''
    if (typeof value === 'string') lines.push(name, value)
    else for (const each of value) lines.push(name, each)
  }
  for (const name in always)
    if (!framingLengths.has(name.length) || !framing.test(name)) lines.push(name, always[name] ?? '')
  if (length !== undefined) lines.push('Content-Length', String(length))
  return isDated ? lines.slice(2) : lines
}

/** Breaks the connection when all earlier answers on it have left whole. */
const breakOff = async (fault: Fault, parcel: OutgoingResponse, manner: DeliveryOptions): Promise<void> => {
  const { response } = parcel
  const { socket } = parcel.request
  if (!(socket instanceof Socket)) return void response.destroy()
  if (!response.socket) await untilAssignedSocket(response, socket)
  if (!socket.destroyed) broken[fault](parcel, socket, manner)
}

/** A response gets its socket after the responses to earlier requests have been sent. */
const untilAssignedSocket = (response: ServerResponse, socket: Socket): Promise<void> =>
  new Promise(resolve => {
    response.once('socket', () => resolve())
    socket.once('close', () => resolve())
  })

type Breaking = (parcel: OutgoingResponse, socket: Socket, manner: DeliveryOptions) => void

const broken: Readonly<Record<Fault, Breaking>> = {
  reset: (_parcel, socket) => {
    // Only a bare TCP socket can be reset; under TLS the connection is cut without a goodbye.
    if ('encrypted' in socket) socket.destroy()
    else socket.resetAndDestroy()
  },
  empty: ({ request }, socket) => {
    close(request, socket)
  },
  truncate: ({ request, answer, date }, socket) => {
    const body = Buffer.from(answer.body ?? '')
    socket.write(headOf(answer.status, headerLines(answer, date, Math.max(body.length, 1))), 'latin1')
    // Where no client reads a body, the end that is missing is that of the headers.
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
  hang: (_parcel, socket, { stopping }) => {
    const letGo = () => void socket.destroy()
    if (stopping.aborted) return letGo()
    // Any number may hang at once; each takes its listener away as its connection closes.
    setMaxListeners(0, stopping)
    stopping.addEventListener('abort', letGo, { once: true })
    socket.once('close', () => stopping.removeEventListener('abort', letGo))
  }
}

/** Bytes that begin neither a status line, a header nor a chunk, and are no text either. */
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

/** Ends the connection with a FIN. What the client still sends is taken in first: bytes left unread turn it into a reset. */
const close = (request: IncomingMessage, socket: Socket): void => {
  if (request.complete) return void socket.destroySoon()
  socket.end()
  request.once('close', () => socket.destroySoon())
  request.resume()
}
