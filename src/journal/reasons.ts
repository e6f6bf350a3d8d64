import { formatDuration } from '../base/duration.js'
import { formatInstant } from '../base/instant.js'
import type { Why } from '../product/failure.js'

type Describe = (why: Why) => string

const ago = ({ at, now }: Why): string => {
  if (at === undefined || typeof now !== 'number') return ''
  if (now < at) return ` at ${formatInstant(at)}, which by the clock is still to come`
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
  const place = owner === undefined ? '' : `; it is one of ${owner}, which is not at this port`
  return nearest === undefined || owner !== undefined ? place : `; the nearest is ${nearest}`
}

/** Reasons without an entry are shown by their name. */
const descriptions: Readonly<Record<string, Describe>> = {
  'no-token': () => 'the request carried no token',
  'repeated-token': ({ header, times }) =>
    `the header ${header} came ${times} times: one header of that name may carry the token`,
  'never-issued': () => 'the token was never issued',
  'of-another-product': ({ owner }) => `the token is one of ${owner}`,
  'of-another-space': ({ owner }) => `the token is one of the space ${owner}`,
  expired: why => (why.by === undefined ? `expired${ago(why)}${describeLimits(why)}` : `expired${ago(why)}${by(why)}`),
  'logged-out': why => `logged out${ago(why)}${by(why)}`,
  revoked: why => `revoked${ago(why)}${by(why)}`,
  evicted: why => `evicted${ago(why)}${by(why)}`,
  moved: why => `ended${ago(why)}, as it was used from another address${why.by === undefined ? '' : `, ${why.by}`}`,
  'wrong-password': ({ login }) => `the password of ${login} is another`,
  'unknown-login': ({ login }) => (login === '' ? 'no login was sent' : `no account is called ${login}`),
  'wrong-account-number': ({ login }) => `the account number of ${login} is another`,
  'wrong-authentication-id': ({ login }) => `${login} is an external user, and its authentication_id is another`,
  'no-role': ({ login }) => `${login} has no role`,
  locked: ({ login }) => `the account of ${login} is locked`,
  'unknown-grant': ({ grant }) =>
    grant === ''
      ? 'the form names no grant_type, or the body is no form'
      : `the grant type is ${grant}, not client_credentials`,
  'unknown-client': ({ client }) => (client === '' ? 'no client_id was sent' : `no account has the client ${client}`),
  'wrong-client-secret': ({ client }) => `the secret of the client ${client} is another`,
  'unknown-parameters': ({ count }) => `the login has ${count} parameters that are not known, as an attack would`,
  'blocked-address': ({ address, until }) =>
    `no request is taken from ${address} until ${formatInstant(Number(until))}, after a login with unknown parameters`,
  'missing-field': ({ field }) => `the field ${field} is missing or empty`,
  malformed: ({ error }) => `the request cannot be read${error === undefined ? '' : `: ${error}`}`,
  'content-encoding': ({ encoding }) =>
    `the body is encoded by its Content-Encoding, ${encoding}, and encoded bodies are not read`,
  'media-type': () => 'the body is of a type that is not taken',
  'too-large': () => 'the body is larger than the limit',
  'unknown-path': why => `no operation has this path${nearest(why)}`,
  'unknown-method': why =>
    `the path does not take this method${why.allow === undefined ? nearest(why) : `; it takes ${why.allow}`}`,
  'unknown-format': () => 'the client accepts none of the formats that there are',
  'unknown-auth-type': ({ authType }) => `there is no authType ${authType}`,
  'no-access': ({ value }) => `the account may not enter ${value}`,
  'unknown-tenant': ({ value }) => `there is no tenant ${value}`,
  'unknown-domain': ({ value }) => `there is no domain ${value}`,
  'no-such-tenant': ({ value }) => `there is no tenant ${value}`,
  rule: ({ by }) => `${by}`,
  reset: () => 'its space began anew while it was under way',
  store: ({ detail }) => `the store cannot be used: ${detail}`,
  bug: () => 'a bug in session-mock'
}

/** The reasons with a description. */
export const describedReasons: readonly string[] = Object.keys(descriptions)

/** `expired 12s ago (idle 30m)`, `logged out 3s ago by request 7`, `the token was never issued`. */
export const describeReason = (why: Why): string =>
  Object.hasOwn(descriptions, why.reason) ? (descriptions[why.reason]?.(why) ?? '') : why.reason.replaceAll('-', ' ')
