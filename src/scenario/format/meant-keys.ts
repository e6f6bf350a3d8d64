import { failureOf } from '../../product/failure-status.js'

/** Suggests the valid key for a key of another tool or a likely guess; `value` is its value. */
type Remedy = string | ((value: unknown) => string)

/** A single word as YAML, or dots for another value. */
const short = (value: unknown): string => (typeof value === 'object' ? '…' : String(value))

const written =
  (pattern: string): Remedy =>
  value =>
    `write ${pattern.replace('…', () => short(value))}`

const named = (key: string): Remedy => `write ${key}`

const each = (words: string, remedy: Remedy): Record<string, Remedy> =>
  Object.fromEntries(words.split(' ').map(word => [word, remedy]))

const status: Remedy = value => {
  const failure = failureOf(Number(value))
  const own = failure === undefined ? '' : `, or { fail: ${failure} } for the response of the product`
  return `write reply: { status: ${short(value)} }${own}`
}

/** Keys by their path, without list indexes. */
const places: Readonly<Record<string, Readonly<Record<string, Remedy>>>> = {
  '': {
    ...each('users logins credentials', named('accounts')),
    ...each('name description scenario', named('title')),
    ...each('steps stubs mocks routes faults scenarios', named('rules')),
    ...each('time now date start', written('clock: …')),
    ...each('on when then fail delay reply', 'a rule belongs to the list under rules: write - before its first key'),
    ...each('login password user', 'an account belongs to the list under accounts: write - before its first key'),
    ...each('settings config', named('products'))
  },
  accounts: {
    ...each('user username name email', written('login: …')),
    ...each('pass pwd secret', named('password'))
  },
  sessions: {
    ...each('user username name account', written('login: …')),
    ...each('state', written('status: …')),
    ...each('id key', written('token: …'))
  },
  products: {
    ...each('ttl expiry expires expiration maxAge max_age max-age', written('lifetime: …')),
    ...each('timeout inactivity idleTimeout idle_timeout', written('idle: …')),
    ...each('max maxSessions max_sessions sessions', written('limit: …')),
    ...each('mode behaviour behavior', written('fidelity: …'))
  },
  rules: {
    ...each(
      'operation op method path url endpoint route request call_of match',
      named('on, with an operation such as login')
    ),
    ...each('if where condition conditions', named('when')),
    ...each('do effect effects action actions response', named('then')),
    ...each('count repeat max', written('times: …')),
    ...each('nth number at', written('call: …')),
    ...each('probability rate percentage', named('chance, from 0 to 1')),
    ...each('after start since', written('from: …')),
    ...each('before end', written('until: …')),
    ...each('duration during lasts lasting', written('for: …')),
    ...each('id title description', written('name: …')),
    ...each('user username', written('when: { login: … }')),
    ...each('fail delay hold reply headers connection dribble', 'an effect belongs under then: indent it there')
  },
  'rules.when': {
    ...each('user username name account', written('login: …')),
    ...each('cookie', 'write header: { Cookie: … }'),
    ...each('params parameters', named('query')),
    ...each('content text', named('body')),
    ...each('operation method path url', 'name the operation in on, next to when'),
    ...each('attempts count tries', 'the number of the call is set by call, next to when'),
    ...each('call every times chance for per', 'it belongs next to when, not in it')
  },
  'rules.then.reply': {
    ...each('json text content data', named('body')),
    ...each('code statusCode', written('status: …')),
    ...each('header', named('headers'))
  },
  'rules.then': {
    ...each('status code statusCode', status),
    ...each('body', written('reply: { body: … }')),
    ...each('respond response answer return', named('reply')),
    ...each('error failure refuse', written('fail: …')),
    ...each('wait sleep latency pause', written('delay: …')),
    ...each('fault break', written('connection: …')),
    ...each('logout end kill', named('revoke, or expire')),
    ...each('timeout', named('connection: hang')),
    ...each('for', 'it belongs next to then; for a temporary state, write state: { to: Locked, for: 10m }'),
    ...each('when call every times chance per name', 'it belongs next to then, not in it')
  }
}

/** Suggestion for an unknown key. */
export const meantByKey = (place: string, key: string, value: unknown): string | undefined => {
  const remedies = places[place.startsWith('products.') ? 'products' : place] ?? {}
  const remedy = Object.hasOwn(remedies, key) ? remedies[key] : undefined
  return typeof remedy === 'function' ? remedy(value) : remedy
}
