import { isRecord } from '../kit/fields.js'
import type { Reply } from './transport.js'

/**
 * A refusal by the control API, or an error of the connection to it. The message has the problem and a remedy, or the differences from an
 * expectation.
 */
export class ControlError extends Error {
  override readonly name = 'ControlError'

  constructor(
    message: string,
    /** The HTTP status: 400 invalid input, 401 missing or wrong admin token, 404 not found, 406 not as expected; 0 without a response. */
    readonly status: number,
    /** The complete response, a problem document of RFC 9457. */
    readonly problem: Readonly<Record<string, unknown>>,
    options?: ErrorOptions
  ) {
    super(message, options)
  }
}

/** The response of the control API. Throws a ControlError for a refusal. */
export const readReply = <Answer>({ status, headers, body }: Reply): Answer => {
  const answer = parseJson<Answer>(body)
  if (status < 300 && answer !== undefined) return answer
  const problem = isRecord(answer) ? answer : {}
  const target = headers.location === undefined ? '' : `, a redirect to ${headers.location}`
  throw new ControlError(
    messageOf(problem) ?? `unexpected response of the control API, with status ${status}${target}`,
    status,
    problem
  )
}

const messageOf = ({ title, detail }: ControlError['problem']): string | undefined => {
  if (typeof detail !== 'string') return undefined
  return title === 'A bug in session-mock' ? `${title}: ${detail}` : detail
}

const parseJson = <Value>(body: string): Value | undefined => {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}
