import { defined } from '../base/collections.js'
import { formatDuration, formatInstant } from '../base/duration.js'
import { wholeSize } from '../base/truncate.js'
import type { Row, Why as WhyFields } from '../client/api-types.js'
import { isBodiless } from '../http/delivery.js'
import { headerLines, pathOf } from '../http/response.js'
import type { Why } from '../product/failure.js'
import { shortToken } from '../session/accounts.js'
import type { Entry } from './entry.js'
import { headerValue, Redaction, type Redactor } from './redactor.js'

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

type Describe = (why: Why) => string

const ago = ({ at, now }: Why): string => {
  if (at === undefined || typeof now !== 'number') return ''
  if (now < at) return ` at ${formatInstant(at)}, in the future by the clock`
  return now - at < 1 ? ' just now' : ` ${formatDuration(now - at)} ago`
}

const by = (why: Why): string => {
  const cause = causeOf(why.by, why.request)
  return cause === undefined ? '' : ` by ${cause}`
}

type Fact = Why[string]

/** The cause in words: `request 7`, `rule "…"`, `the control API`. */
export const causeOf = (by: Fact, request: Fact): string | undefined => {
  if (by !== undefined) return String(by)
  return request === undefined ? undefined : `request ${request}`
}

const describeLimits = ({ idle, lifetime }: Why): string => {
  const spans = [
    ...(typeof idle === 'number' && Number.isFinite(idle) ? [`idle ${formatDuration(idle)}`] : []),
    ...(typeof lifetime === 'number' && Number.isFinite(lifetime) ? [`lifetime ${formatDuration(lifetime)}`] : [])
  ]
  return spans.length === 0 ? '' : ` (${spans.join(', ')})`
}

const nearest = ({ nearest, owner, hint }: Why): string => {
  if (hint !== undefined) return `; ${hint}`
  const place = owner === undefined ? '' : `; it belongs to ${owner}, which is not on this port`
  return nearest === undefined || owner !== undefined ? place : `; the nearest is ${nearest}`
}

/** Reasons without an entry are shown by their name. */
const descriptions: Readonly<Record<string, Describe>> = {
  'no-token': () => 'the request has no token',
  'repeated-token': ({ header, times }) =>
    `the header ${header} was sent ${times} times: the token must be in one header`,
  'never-issued': () => 'the token was never issued',
  'of-another-product': ({ owner }) => `the token belongs to ${owner}`,
  'of-another-space': ({ owner }) => `the token belongs to the space ${owner}`,
  expired: why => (why.by === undefined ? `expired${ago(why)}${describeLimits(why)}` : `expired${ago(why)}${by(why)}`),
  'logged-out': why => `logged out${ago(why)}${by(why)}`,
  revoked: why => `revoked${ago(why)}${by(why)}`,
  evicted: why => `evicted${ago(why)}${by(why)}`,
  moved: why => `ended${ago(why)}, after use from another address${why.by === undefined ? '' : `, ${why.by}`}`,
  'wrong-password': ({ login }) => `the password of ${login} does not match`,
  'unknown-login': ({ login }) => (login === '' ? 'no login was sent' : `no account has the login ${login}`),
  'wrong-account-number': ({ login }) => `the account number of ${login} does not match`,
  'wrong-authentication-id': ({ login }) => `${login} is an external user, and its authentication_id does not match`,
  'no-role': ({ login }) => `${login} has no role`,
  locked: ({ login }) => `the account of ${login} is locked`,
  'unknown-grant': ({ grant }) =>
    grant === ''
      ? 'the form has no grant_type, or the body is not a form'
      : `the grant type is ${grant}, not client_credentials`,
  'unknown-client': ({ client }) => (client === '' ? 'no client_id was sent' : `no account has the client ${client}`),
  'wrong-client-secret': ({ client }) => `the secret of the client ${client} does not match`,
  'unknown-parameters': ({ count }) => `the login has ${count} unknown parameters, as in an attack`,
  'blocked-address': ({ address, until }) =>
    `requests from ${address} are refused until ${formatInstant(Number(until))}, after a login with unknown parameters`,
  'missing-field': ({ field }) => `the field ${field} is missing or empty`,
  malformed: ({ error }) => `the request cannot be read${error === undefined ? '' : `: ${error}`}`,
  'content-encoding': ({ encoding }) =>
    `the body has the Content-Encoding ${encoding}, and encoded bodies are not read`,
  'media-type': () => 'the media type of the body is not supported',
  'too-large': () => 'the body is larger than the limit',
  'unknown-path': why => `no operation has this path${nearest(why)}`,
  'unmet-expectation': () => 'the request has an Expect header that is not 100-continue',
  'no-proxy': () => 'the client takes this server for a proxy, and asks it for a tunnel',
  'unknown-method': why =>
    `the path does not support this method${why.allow === undefined ? nearest(why) : `; it supports ${why.allow}`}`,
  'unknown-format': () => 'the client accepts none of the available formats',
  'unknown-auth-type': ({ authType }) => `there is no authType ${authType}`,
  'no-access': ({ value }) => `the account has no access to ${value}`,
  'unknown-tenant': ({ value }) => `there is no tenant ${value}`,
  'unknown-domain': ({ value }) => `there is no domain ${value}`,
  'no-such-tenant': ({ value }) => `there is no tenant ${value}`,
  rule: ({ by }) => `${by}`,
  reset: () => 'its space was reset during the request',
  store: ({ detail }) => `the store cannot be used: ${detail}`,
  bug: () => 'a bug in session-mock'
}

/** The reasons with a description. */
export const describedReasons: readonly string[] = Object.keys(descriptions)

/** `expired 12s ago (idle 30m)`, `logged out 3s ago by request 7`, `the token was never issued`. */
export const describeReason = (why: Why): string =>
  Object.hasOwn(descriptions, why.reason) ? (descriptions[why.reason]?.(why) ?? '') : why.reason.replaceAll('-', ' ')
