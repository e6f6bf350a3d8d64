import type { Row, Why as WhyFields } from '../api/types.js'
import { defined } from '../base/defined.js'
import { formatInstant } from '../base/instant.js'
import { wholeSize } from '../base/truncate.js'
import { headerLines } from '../http/answer.js'
import { isBodiless } from '../http/outgoing.js'
import { pathOf } from '../http/path.js'
import type { Why } from '../product/failure.js'
import { shortToken } from '../state/secrets.js'
import type { Entry } from './entry.js'
import { causeOf, describeReason } from './reasons.js'
import { Redaction } from './redaction.js'
import { headerValue, type Redactor } from './redactor.js'

/**
 * The outcome of a request. broken: the response was damaged by a rule. left: the client disconnected before the response.
 * unmatched: no product has the path. underway: held or delayed by a rule, no response yet.
 */
export const outcomes = ['success', 'refused', 'broken', 'left', 'unmatched'] as const
export type Outcome = (typeof outcomes)[number] | 'underway'

/**
 * Renders an entry; with `secrets`, passwords and tokens are complete. `redaction`: shared by entries that are rendered at one
 * time.
 */
export const renderEntry = (entry: Entry, secrets: boolean, redaction = new Redaction()): Row => {
  const redact = secrets ? (text: string) => text : redaction.of(entry)
  const abbreviate = (token: string) => (secrets ? token : shortToken(token))
  const { number, space, method, url, answer, took, rules } = entry
  return {
    number,
    at: formatInstant(entry.at),
    wall: formatInstant(entry.recordedAt),
    space,
    ...defined({
      product: entry.product,
      operation: entry.operation,
      login: entry.login === undefined ? undefined : redact(entry.login)
    }),
    ...defined({
      token: entry.token && abbreviate(entry.token),
      session: entry.session && abbreviate(entry.session.token)
    }),
    ...defined({ sessionData: entry.sessionData && redactedData(entry.sessionData, redact) }),
    method,
    path: redact(pathOf(url)),
    outcome: outcomeOf(entry),
    status: answer.status,
    milliseconds: roundedMs(took),
    ...defined({
      failure: entry.failure,
      why: entry.why && factsOf(entry.why, redact)
    }),
    rules: rules.map(({ number, title, sentence }) => ({ number, rule: redact(title), sentence: redact(sentence) })),
    ...defined({ fault: entry.fault, nearest: entry.nearest }),
    request: {
      line: `${method} ${redact(url)} HTTP/${entry.httpVersion}`,
      ...renderMessage(pairs(entry.headers), entry.body, redact, secrets),
      ...sizeOf(entry.body)
    },
    answer: {
      status: answer.status,
      ...renderMessage(headerLines(answer), answer.body, redact, secrets),
      ...sizeOf(isBodiless(entry, answer) ? '' : answer.body)
    }
  }
}

const renderMessage = (
  headers: readonly (readonly [string, string])[],
  body: string | undefined,
  redact: Redactor,
  secrets: boolean
) => ({ headers: renderHeaders(headers, redact, secrets), ...defined({ body: body && redact(body) }) })

const sizeOf = (body: string | undefined) => defined({ bytes: body === undefined ? undefined : wholeSize(body) })

export const outcomeOf = ({ isUnderway, product, fault, left, failure, answer }: Entry): Outcome => {
  if (isUnderway) return 'underway'
  return product === undefined ? 'unmatched' : answeredOutcome({ fault, left, failure }, answer.status)
}

/** The outcome of a finished request to a product. */
export const answeredOutcome = (
  { fault, left, failure }: Pick<Entry, 'fault' | 'left' | 'failure'>,
  status: number
): Outcome => {
  if (left) return 'left'
  if (fault !== undefined) return 'broken'
  return failure !== undefined || status >= 400 ? 'refused' : 'success'
}

/** Milliseconds with microseconds as decimals; 0 for infinite numbers, which JSON cannot express. */
export const roundedMs = (ms: number): number => (Number.isFinite(ms * 1000) ? Math.round(ms * 1000) / 1000 : 0)

const redactedData = (data: Readonly<Record<string, string>>, redact: Redactor): Record<string, string> =>
  Object.fromEntries(Object.entries(data).map(([name, value]) => [name, redact(value)]))

/** Headers of the same name are joined by commas (RFC 9110, 5.3). */
const renderHeaders = (
  all: readonly (readonly [string, string])[],
  redact: Redactor,
  secrets: boolean
): Record<string, string> => {
  const joined = new Map<string, string>()
  for (const [name, value] of all) {
    const text = secrets ? value : headerValue(name, value, redact)
    const before = joined.get(name)
    joined.set(name, before === undefined ? text : `${before}, ${text}`)
  }
  return Object.fromEntries(joined)
}

const pairs = (raw: readonly string[]): [string, string][] =>
  raw.flatMap((name, index): [string, string][] => (index % 2 === 0 ? [[name, raw[index + 1] ?? '']] : []))

/** The reason in words and as fields. An infinite lifetime is omitted, as JSON cannot express it. */
const factsOf = (why: Why, redact: Redactor): WhyFields => {
  const { reason, at, now: _now, request, ...others } = why
  const facts = Object.entries({ ...others, by: causeOf(why.by, why.request) })
  const rendered: object = Object.fromEntries(facts.flatMap(([name, value]) => fact(name, value, redact)))
  return {
    reason,
    words: redact(describeReason(why)),
    ...defined({ at: at === undefined ? undefined : formatInstant(at) }),
    ...rendered,
    ...(typeof request === 'number' && { request })
  }
}

const fact = (name: string, value: string | number | undefined, redact: Redactor): [string, string | number][] => {
  if (typeof value === 'string') return [[name, redact(value)]]
  return value !== undefined && Number.isFinite(value) ? [[name, value]] : []
}
