import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Answer } from './answer.js'
import type { Fault } from './fault-names.js'

declare module 'http' {
  interface ServerResponse {
    /** No interim response may be sent before it: a rule breaks the connection. */
    isSilent?: boolean
  }
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
