import { createRedactor, headerValue } from '../journal/redactor.js'
import type { ReceivedAnswer } from './answer.js'
import type { CaseRequest, Cases } from './case.js'
import { tokenOf } from './opened-sessions.js'

/** A transport that prints each request, with secrets hidden, and gets the response from the mock. */
export const createPrintingTransport = (
  send: (request: CaseRequest) => Promise<ReceivedAnswer>,
  { cases, passwords, origin, print }: PrintOptions
): ((request: CaseRequest) => Promise<ReceivedAnswer>) => {
  const tokens: string[] = [cases.unknownToken]
  return async request => {
    print(renderRequest(request, origin, createRedactor({ tokens, passwords })))
    const answer = await send(request)
    const token = tokenOf(answer, cases)
    if (token !== undefined) tokens.push(token)
    return answer
  }
}

interface PrintOptions {
  readonly cases: Cases
  readonly passwords: readonly string[]
  readonly origin: string
  readonly print: (text: string) => void
}

const renderRequest = (
  { method, target, headers, body }: CaseRequest,
  origin: string,
  redact: (text: string) => string
): string => {
  const lines = Object.entries(headers).map(([name, value]) => `  ${name}: ${headerValue(name, value, redact)}`)
  const content = body ? [...redact(body).split(/\r?\n/)].map(line => `  ${line}`) : []
  return `${[`${method} ${origin}${redact(target)}`, ...lines, ...content].join('\n')}\n`
}
