import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { getOrCreate } from '../base/get-or-create.js'

/** Handles a request in its turn. `isLast`: no other request waits on its connection. */
export type OrderedHandler = (request: IncomingMessage, response: ServerResponse, isLast: boolean) => void

/**
 * Handles the pipelined requests of each connection in order: each after the previous response has been written. With `limit`
 * waiting requests, the socket is paused until half of them are handled.
 */
export const inOrder = (
  handle: OrderedHandler,
  limit: number
): ((req: IncomingMessage, res: ServerResponse) => void) => {
  const queues = new WeakMap<Socket, RequestQueue>()
  return (request, response) => {
    // Node.js assigns the socket to a response after the previous one has finished: without pipelining, immediately.
    if (response.socket) return handle(request, response, true)
    const { socket } = request
    getOrCreate(queues, socket, () => new RequestQueue(socket, handle, limit)).add({ request, response })
  }
}

interface Pending {
  readonly request: IncomingMessage
  readonly response: ServerResponse
}

/** The waiting pipelined requests of one connection. */
class RequestQueue {
  readonly #pending: Pending[] = []
  #isFull = false

  constructor(
    readonly socket: Socket,
    readonly handle: OrderedHandler,
    readonly limit: number
  ) {
    socket.once('close', () => this.#abandon())
    // Node.js resumes the socket at the end of each request.
    socket.on('resume', () => this.#holdBack())
  }

  add(pending: Pending): void {
    this.#pending.push(pending)
    // In a microtask, after Node.js has finished assigning the socket.
    pending.response.once('socket', () => void Promise.resolve().then(() => this.#next()))
    if (this.#isFull || this.#pending.length < this.limit) return
    this.#isFull = true
    // In a microtask, after Node.js has parsed the whole packet: until then it resumes the socket itself.
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

  /** Handles the rest as requests of a disconnected client. */
  #abandon(): void {
    this.#isFull = false
    for (const { request, response } of this.#pending.splice(0)) {
      response.destroy()
      this.handle(request, response, true)
    }
  }
}
