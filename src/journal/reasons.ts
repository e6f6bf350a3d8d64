import { formatDuration } from '../base/duration.js'
import { formatInstant } from '../base/instant.js'
import type { Why } from '../product/failure.js'

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
