import { formatDuration } from '../base/duration.js'
import type { Outcome } from '../journal/rendering.js'

/** What the log has of a request beside its message. */
export interface RequestLogFields {
  /** Left out where it is the default one. */
  readonly space?: string | undefined
  readonly product?: string | undefined
  readonly operation?: string | undefined
  readonly login?: string | undefined
  readonly method: string
  /** Without its query, which may hold tokens and passwords. */
  readonly path: string
  readonly status: number
  readonly outcome: Outcome
  /** Why it came out so, in words. */
  readonly why?: string | undefined
  readonly milliseconds: number
  /** When it came, by its space's clock, ISO 8601. */
  readonly at: string
}

/** `401 cbrain session demo refused: expired 12s ago (idle 30m), 1ms`: the parts of a line for people. */
export const formatParts = (facts: RequestLogFields) => ({
  status: String(facts.status),
  what: whatOf(facts),
  login: facts.login === undefined ? '' : printable(facts.login),
  outcome: outcomeIn(facts),
  took: formatDuration(facts.milliseconds)
})

/** What was asked for: `cbrain session GET /session`, or a path that is nobody's. */
export const whatOf = ({ space, product, operation, method, path }: RequestLogFields): string =>
  [space && `~${space}`, product, operation, printable(`${method} ${path}`)]
    .filter(part => part !== undefined && part !== '')
    .join(' ')

const outcomeIn = ({ outcome, why }: RequestLogFields): string => {
  const words = why === undefined ? '' : printable(why)
  if (outcome === 'success') return words
  return words === '' ? outcome : `${outcome}: ${words},`
}

/** A text as a client sent it, without what would move the cursor or begin another line; of a long one the beginning. */
const printable = (text: string): string => {
  const shown = text.slice(0, longest).replace(/\p{C}/gu, '?')
  return text.length > longest ? `${shown}…` : shown
}

const longest = 300
