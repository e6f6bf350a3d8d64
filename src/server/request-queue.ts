import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { getOrCreate } from '../base/get-or-create.js'

/** Handles a request whose turn has come; `isLast`: no other request waits on its connection. */
export type OrderedHandler = (request: IncomingMessage, response: ServerResponse, isLast: boolean) => void

/**
 * Handles the requests of each connection one after the other: the next one when the response to the one before has been
 * written. Where `limit` requests of a connection wait, the socket is paused until half of them have been handled.
 */
export const inOrder = (
  handle: OrderedHandler,
  limit: number
): ((req: IncomingMessage, res: ServerResponse) => void) => {
  const queues = new WeakMap<Socket, RequestQueue>()
  return (request, response) => {
    // Node assigns the socket to a response when the earlier ones are finished: without pipelining it is there at once.
    if (response.socket) return handle(request, response, true)
    const { socket } = request
    getOrCreate(queues, socket, () => new RequestQueue(socket, handle, limit)).add({ request, response })
  }
}

interface Pending {
  readonly request: IncomingMessage
  readonly response: ServerResponse
}

/** The pipelined requests of one connection that wait for their turn. */
class RequestQueue {
  readonly #pending: Pending[] = []
  #isFull = false

  constructor(
    readonly socket: Socket,
    readonly handle: OrderedHandler,
    readonly limit: number
  ) {
    socket.once('close', () => this.#abandon())
    // Node resumes the socket at the end of each request.
    socket.on('resume', () => this.#holdBack())
  }

  add(pending: Pending): void {
    this.#pending.push(pending)
    // Only once Node has finished assigning the socket.
    pending.response.once('socket', () => void Promise.resolve().then(() => this.#next()))
    if (this.#isFull || this.#pending.length < this.limit) return
    this.#isFull = true
    // Only once Node has parsed the whole packet: until then it resumes the socket itself.
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

  /** The connection is closed: the requests are handled as those of a client that has gone. */
  #abandon(): void {
    this.#isFull = false
    for (const { request, response } of this.#pending.splice(0)) {
      response.destroy()
      this.handle(request, response, true)
    }
  }
}
