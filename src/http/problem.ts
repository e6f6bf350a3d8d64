import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Answer } from './answer.js'
import { endAfterResponse } from './linger.js'
import { receiveUpTo } from './receive.js'

/** An answer of our own where something is wrong, by RFC 9457; thrown where the control API refuses. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly title: string,
    /** The error, and a valid value. */
    readonly detail: string,
    /** What else programs may want to know. */
    readonly members: object = {},
    readonly headers: Readonly<Record<string, string>> = {}
  ) {
    super(detail)
  }
}

/** Something wrong at a place of a request. */
export interface InputError {
  readonly in: 'body' | 'query'
  /** `requests[0].count`; empty for the whole. */
  readonly at: string
  /** The expected and the found value. */
  readonly message: string
}

/** All that is wrong with a request's input, at once. */
export const inputProblem = (...errors: readonly InputError[]): Problem => {
  const said = errors.map(({ in: part, at, message }) => `${part}${at === '' ? '' : ` ${at}`}: ${message}`)
  return new Problem(400, 'Invalid request', said.join('\n'), { errors })
}

export const problemAnswer = ({ status, title, detail, members, headers }: Problem): Answer => ({
  status,
  headers: { 'Content-Type': 'application/problem+json', ...headers },
  body: `${JSON.stringify({ type: 'about:blank', status, title, detail, ...members }, undefined, 2)}\n`
})

/** Sends an answer that no product has a part in. */
export const send = ({ status, headers, body = '' }: Answer, response: ServerResponse): void => {
  if (response.destroyed) return
  response.writeHead(status, { ...headers, 'Content-Length': String(Buffer.byteLength(body)) })
  response.end(body)
}

/** Sends an answer that does not depend on the body, when that has come; where it is beyond the limit, the connection is closed. */
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
