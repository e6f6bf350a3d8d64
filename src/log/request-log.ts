import { formatDuration } from '../base/duration.js'
import type { Entry } from '../journal/journal.js'
import { describeReason } from '../journal/reasons.js'
import { redactionOf } from '../journal/redaction.js'
import type { Redactor } from '../journal/redactor.js'
import { type Outcome, outcomeOf } from '../journal/rendering.js'
import { defaultSpaceName } from '../space/space-name.js'
import type { Log } from './logger.js'

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

/** Logs each request in a line, and what our own code threw. */
export const createRequestLog =
  (log: Log): ((entry: Entry, bugs?: readonly unknown[]) => void) =>
  (entry, bugs = []) => {
    if (bugs.length === 0 && !log.isLevelEnabled('info')) return
    const facts = factsOf(entry)
    for (const err of bugs) log.error({ err }, `${whatOf(facts)}: a bug in session-mock`)
    log.info(facts, lineOf(facts))
  }

/** Logs what the control API was asked to change. */
export const loggedSteering =
  (log: Log): ((words: string, facts: object) => void) =>
  (words, facts) =>
    log.info({ control: facts }, words)

/** Logs what our own code threw outside of a product's work. */
export const createBugLog =
  (log: Log): ((err: unknown, where?: string) => void) =>
  (err, where = 'the control API') =>
    log.error({ err }, `${where}: a bug in session-mock`)

/** `401 cbrain session demo refused: expired 12s ago (idle 30m), 1ms`: the parts of a line for people. */
export const formatParts = (facts: RequestLogFields) => ({
  status: String(facts.status),
  what: whatOf(facts),
  login: facts.login === undefined ? '' : printable(facts.login),
  outcome: outcomeIn(facts),
  took: formatDuration(facts.milliseconds)
})

const lineOf = (facts: RequestLogFields): string => {
  const { status, what, login, outcome, took } = formatParts(facts)
  return [status, what, login, outcome, took].filter(part => part !== '').join(' ')
}

const factsOf = (entry: Entry): RequestLogFields => {
  const outcome = outcomeOf(entry)
  const redact = redactOf(entry, outcome)
  return {
    space: entry.space === defaultSpaceName ? undefined : entry.space,
    product: entry.product,
    operation: entry.operation,
    login: entry.login === undefined ? undefined : redact(entry.login),
    method: entry.method,
    path: redact(entry.url.replace(/\?.*$/s, '')),
    status: entry.answer.status,
    outcome,
    why: [whyOf(entry, outcome)].flatMap(why => why ?? []).map(redact)[0],
    milliseconds: Math.round(entry.took * 1000) / 1000,
    at: new Date(entry.at).toISOString()
  }
}

/** Where an operation succeeds, its path is the product's own and holds no secret. */
const redactOf = (entry: Entry, outcome: Outcome): Redactor =>
  entry.operation !== undefined && outcome === 'success' ? text => text : redactionOf(entry)

const whyOf = ({ why, fault, rules }: Entry, outcome: Outcome): string | undefined => {
  const titles = rules.map(({ title }) => title).join(', ')
  if (outcome === 'left') return 'the client did not wait for its answer'
  if (outcome === 'broken') return `${fault}, by ${titles}`
  if (outcome !== 'success' && why) return describeReason(why)
  return titles === '' ? undefined : `by ${titles}`
}

const whatOf = ({ space, product, operation, method, path }: RequestLogFields): string =>
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
