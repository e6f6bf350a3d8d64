import { formatDuration, formatInstant } from '../base/duration.js'
import type { Entry } from '../journal/entry.js'
import { type Redactor, redactionOf } from '../journal/redactor.js'
import { describeReason, type Outcome, outcomeOf, roundedMs } from '../journal/rendering.js'
import { defaultSpaceName } from '../session/space-values.js'
import type { Log } from './log.js'

/** Logs each request in one line, and each exception of our own code. */
export const createRequestLog =
  (log: Log): ((entry: Entry, bugs?: readonly unknown[]) => void) =>
  (entry, bugs = []) => {
    if (bugs.length === 0 && !log.isLevelEnabled('info')) return
    const facts = factsOf(entry)
    for (const err of bugs) log.error({ err }, `${targetOf(facts)}: a bug in session-mock`)
    log.info(facts, lineOf(facts))
  }

/** Logs each change made by the control API. */
export const createControlLog =
  (log: Log): ((words: string, facts: object) => void) =>
  (words, facts) =>
    log.info({ control: facts }, words)

/** Logs exceptions of our own code outside of a product operation. */
export const createBugLog =
  (log: Log): ((err: unknown, where?: string) => void) =>
  (err, where = 'the control API') =>
    log.error({ err }, `${where}: a bug in session-mock`)

/** The options of an app that write to this log. */
export const createLogHooks = (log: Log) => ({
  onExchange: createRequestLog(log),
  hint: (sentence: string): void => log.warn(sentence),
  bug: createBugLog(log),
  steered: createControlLog(log)
})

const lineOf = (facts: RequestLogFields): string => {
  const { status, target, login, outcome, took } = formatParts(facts)
  return [status, target, login, outcome, took].filter(part => part !== '').join(' ')
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
    milliseconds: roundedMs(entry.took),
    at: formatInstant(entry.at)
  }
}

/** After a success the path is a route of the product, without a secret. */
const redactOf = (entry: Entry, outcome: Outcome): Redactor =>
  entry.operation !== undefined && outcome === 'success' ? text => text : redactionOf(entry)

const whyOf = ({ why, fault, rules }: Entry, outcome: Outcome): string | undefined => {
  const titles = rules.map(({ title }) => title).join(', ')
  if (outcome === 'left') return 'the client closed the connection before the response'
  if (outcome === 'broken') return `${fault}, by ${titles}`
  if (outcome !== 'success' && why) return describeReason(why)
  return titles === '' ? undefined : `by ${titles}`
}

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
