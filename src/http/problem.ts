import type { IncomingMessage, ServerResponse } from 'node:http'
import { endAfterResponse } from './delivery.js'
import { receiveUpTo } from './receive.js'
import type { Answer } from './response.js'

/** A problem document (RFC 9457) of the server itself; thrown by the control API. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    /** The error, and an example of a valid value. */
    readonly detail: string,
    /** Additional members of the document. */
    readonly members: object = {},
    readonly headers: Readonly<Record<string, string>> = {}
  ) {
    super(detail)
  }
}

/** An invalid input at a place of a request. */
export interface InputError {
  readonly in: 'body' | 'query'
  /** `requests[0].count`; empty for the whole. */
  readonly at: string
  /** The expected and the found value. */
  readonly message: string
}

/** A 400 with all input errors of a request. */
export const inputProblem = (...errors: readonly InputError[]): Problem => {
  const lines = errors.map(({ in: where, at, message }) => `${where}${at === '' ? '' : ` ${at}`}: ${message}`)
  return new Problem(400, 'Invalid request', lines.join('\n'), { errors })
}

export const problemAnswer = ({ status, title, detail, members, headers }: Problem): Answer => ({
  status,
  headers: { 'Content-Type': 'application/problem+json', ...headers },
  body: `${JSON.stringify({ type: 'about:blank', status, title, detail, ...members }, undefined, 2)}\n`
})

/** Sends a response, unless the connection is closed. */
export const send = ({ status, headers, body = '' }: Answer, response: ServerResponse): void => {
  if (response.destroyed) return
  response.writeHead(status, { ...headers, 'Content-Length': String(Buffer.byteLength(body)) })
  response.end(body)
}

/** Sends a response after the request body is received; closes the connection if the body exceeds the limit in bytes. */
export const sendAfterBody = (
  answer: Answer,
  request: IncomingMessage,
  response: ServerResponse,
  limit: number
): void => {
  void receiveUpTo(request, limit).then(({ isCut }) => {
    if (isCut) endAfterResponse(request, response)
    send(answer, response)
  })
}
