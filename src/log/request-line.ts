import { formatDuration } from '../base/duration.js'
import type { Outcome } from '../journal/rendering.js'

/** The fields of a request in the log. */
export interface RequestLogFields {
  /** Undefined for the default space. */
  readonly space?: string | undefined
  readonly product?: string | undefined
  readonly operation?: string | undefined
  readonly login?: string | undefined
  readonly method: string
  /** Without the query, which may contain tokens and passwords. */
  readonly path: string
  readonly status: number
  readonly outcome: Outcome
  /** The reason of the outcome in words. */
  readonly why?: string | undefined
  readonly milliseconds: number
  /** Arrival by the clock of the space, ISO 8601. */
  readonly at: string
}

/** `401 cbrain session demo refused: expired 12s ago (idle 30m), 1ms`: the parts of a line as text. */
export const formatParts = (facts: RequestLogFields) => ({
  status: String(facts.status),
  target: targetOf(facts),
  login: facts.login === undefined ? '' : printable(facts.login),
  outcome: describeOutcome(facts),
  took: formatDuration(facts.milliseconds)
})

/** The target of a request: `cbrain session GET /session`, or an unmatched path. */
export const targetOf = ({ space, product, operation, method, path }: RequestLogFields): string =>
  [space && `~${space}`, product, operation, printable(`${method} ${path}`)]
    .filter(part => part !== undefined && part !== '')
    .join(' ')

const describeOutcome = ({ outcome, why }: RequestLogFields): string => {
  const words = why === undefined ? '' : printable(why)
  if (outcome === 'success') return words
  return words === '' ? outcome : `${outcome}: ${words},`
}

/** A text from a client, truncated, without control characters that would move the cursor or begin a new line. */
const printable = (text: string): string => {
  const visible = text.slice(0, maxLength).replace(/\p{C}/gu, '?')
  return text.length > maxLength ? `${visible}…` : visible
}

const maxLength = 300
