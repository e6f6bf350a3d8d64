import { formatInstant } from '../base/instant.js'
import type { Entry } from '../journal/entry.js'
import { describeReason } from '../journal/reasons.js'
import { redactionOf } from '../journal/redaction.js'
import type { Redactor } from '../journal/redactor.js'
import { type Outcome, outcomeOf, roundedMs } from '../journal/rendering.js'
import { defaultSpaceName } from '../state/space-name.js'
import type { Log } from './log.js'
import { formatParts, type RequestLogFields, targetOf } from './request-line.js'

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
