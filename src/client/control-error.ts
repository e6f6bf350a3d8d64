import type { Reply } from './transport.js'

/** A refusal of the control API: the message has the error and what is valid, or the differences from the expectation. */
export class ControlError extends Error {
  override readonly name = 'ControlError'

  constructor(
    message: string,
    /** The HTTP status: 400 wrong input, 401 the admin token is missing or another, 404 no such thing, 406 not as expected. */
    readonly status: number,
    /** The whole answer, in RFC 9457's form where it is a refusal. */
    readonly problem: Readonly<Record<string, unknown>>
  ) {
    super(message)
  }
}

/** What the control API answered. Throws a ControlError where it refused. */
export const accepted = ({ status, body }: Reply): unknown => {
  const said = parsed(body)
  if (status < 300 && said !== undefined) return said
  const problem = typeof said === 'object' && said !== null ? (said as Readonly<Record<string, unknown>>) : {}
  throw new ControlError(
    wordsOf(problem) ?? `the control API answered ${status}, and not in its own words`,
    status,
    problem
  )
}

const wordsOf = ({ title, detail }: ControlError['problem']): string | undefined => {
  if (typeof detail !== 'string') return undefined
  return title === 'A bug in session-mock' ? `${title}: ${detail}` : detail
}

const parsed = (body: string): unknown => {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}
