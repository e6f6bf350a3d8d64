import fc from 'fast-check'
import { filterKeys } from '../../src/journal/search.js'
import { bodies, oddTexts, utf8 } from './bodies.js'
import type { FuzzRequest } from './request.js'
import { openTokens } from './tokens.js'

/** Requests to the control API that leave products as they are: searches, waits, reading, and much that is refused. */
export const controlRequests = (): fc.Arbitrary<FuzzRequest> =>
  fc.oneof(
    { weight: 3, arbitrary: searches },
    {
      weight: 3,
      arbitrary: fc.tuple(fc.constantFrom(...readable), queries).map(([path, query]) => request('GET', path + query))
    },
    {
      weight: 2,
      arbitrary: fc
        .tuple(
          fc.constantFrom('GET', 'HEAD', 'PATCH', 'OPTIONS', 'POST', 'DELETE', 'PUT'),
          fc.constantFrom(...absent),
          bodies(openTokens)
        )
        .map(([method, path, { type, text }]) => request(method, path, text, type))
    },
    { weight: 1, arbitrary: moves },
    { weight: 1, arbitrary: holdWaits }
  )

/** Requests after which products may behave otherwise: scenarios, sessions, clocks, spaces, resets. */
export const steeringRequests = (): fc.Arbitrary<FuzzRequest> =>
  fc.oneof(
    { weight: 3, arbitrary: scenarios },
    { weight: 2, arbitrary: moves },
    { weight: 2, arbitrary: sessions },
    fc
      .tuple(fc.constantFrom(...steering), queries)
      .map(([[method, path, body], query]) => request(method, path + query, body))
  )

const readable = [
  '/health',
  '/ready',
  '/scenario',
  '/scenarios',
  '/schema',
  '/clock',
  '/sessions',
  '/requests',
  '/requests/unmatched',
  '/spaces',
  '/holds',
  '/metrics',
  '/openapi.json',
  '/products',
  '/products/cbrain/openapi.json',
  '/products/nope/openapi.json',
  '/verdicts',
  '/ca.pem'
]

const absent = [
  '',
  '/',
  '/nope',
  '/requests/find',
  '/requests/count',
  '/holds/%00',
  '/holds/a%2Fb/release',
  '/products/%zz/openapi.json',
  '/%2e%2e'
]

const steering = [
  ['POST', '/reset', undefined],
  ['DELETE', '/scenario', undefined],
  ['DELETE', '/requests', undefined],
  ['DELETE', '/spaces', undefined],
  ['POST', '/spaces', '{"name":"w1"}'],
  ['POST', '/spaces', '{"name":"../w1"}'],
  ['POST', '/holds/gate/release', undefined],
  ['POST', '/holds/gate/wait', '{"count":2,"within":"5ms"}'],
  ['POST', '/sessions/expire', '{}'],
  ['POST', '/sessions/revoke', '{"product":"hcx"}']
] as const

const queries = fc.constantFrom(
  ...[
    '',
    '',
    '',
    '?space=w1',
    '?space=default',
    '?space=nope',
    '?space=',
    '?space=a&space=b',
    '?limit=0',
    '?limit=999999999',
    '?limit=-1',
    '?keep=sessions',
    '?product=%00',
    '?why=/x/',
    '?body=/(/',
    '?status=teapot'
  ]
)

const request = (method: string, path: string, body = '', type?: string): FuzzRequest => ({
  method,
  target: `/__admin${path}`,
  headers: type === undefined ? [] : [['Content-Type', type]],
  body,
  framing: 'length'
})

const texts = fc.oneof(
  fc.constantFrom(
    ...[
      'hcx',
      'login',
      'demo',
      '401',
      'no-session',
      '/./',
      '/(a+)+$/',
      '/(?=a)b/',
      '/[/',
      '/a{99999}/',
      '/\\p{L}+/iu',
      '/x/gy',
      '/(.*)*\\1/',
      '//',
      `/${'a?'.repeat(25)}${'a'.repeat(25)}/`,
      `/${'('.repeat(5000)}/`,
      'x'.repeat(100_000),
      ...openTokens
    ]
  ),
  oddTexts
)

const values: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  integer: fc.oneof(fc.integer(), fc.constantFrom(0, 1, 200, 1e9, -1, 1.5)),
  object: fc.dictionary(fc.constantFrom('token', 'Content-Type', '__proto__', 'x'), texts, { maxKeys: 3 }),
  string: fc.oneof(texts, fc.constantFrom('2026-01-01T00:00:00Z', '2026-13-01T00:00:00Z', '1ms', '5s', '1e9d'))
}

const filter = fc
  .array(
    fc.constantFrom(...Object.entries(filterKeys)).chain(([key, schema]) => {
      const fitting = values['type' in schema ? schema.type : 'string'] ?? texts
      return fc.tuple(
        fc.constant(key),
        fc.oneof({ weight: 9, arbitrary: fitting }, fc.constantFrom(null, [], {}, true))
      )
    }),
    { maxLength: 3 }
  )
  .map(pairs => Object.fromEntries(pairs))

/** Logins, and then a search for what is in them. */
export const slowSearches = (): fc.Arbitrary<readonly FuzzRequest[]> =>
  fc
    .tuple(slowFilter, fc.constantFrom('find', 'count'), fc.integer({ min: 20, max: 40 }))
    .map(([search, kind, length]) => [
      {
        ...request('POST', '', `login=${'a'.repeat(length)}!&password=${'a'.repeat(length)}!`, form),
        target: '/session'
      },
      request('POST', `/requests/${kind}`, jsonOf(search))
    ])

const form = 'application/x-www-form-urlencoded'

/** Expressions that take for ever on texts that clients send, where they are run as JavaScript runs them. */
const slowFilter = fc
  .tuple(
    fc.constantFrom('body', 'url', 'path', 'login', 'why', 'answer'),
    fc.constantFrom('/(a+)+$/', '/^(a|a)*$/i', '/(?:a*)*b/', '/(.*a){20}$/')
  )
  .map(([key, expression]) => ({ [key]: expression }))

const searches = fc
  .tuple(
    fc.constantFrom('find', 'count', 'wait', 'verify'),
    fc.oneof({ weight: 4, arbitrary: filter }, { weight: 1, arbitrary: slowFilter }),
    fc.constantFrom('1ms', '20ms', 'soon', '-1s'),
    queries
  )
  .map(([kind, search, within, query]) => {
    if (kind === 'verify')
      return request(
        'POST',
        `/verify${query}`,
        jsonOf({ requests: [search, { ...search, count: 1 }], within, order: 'strict' })
      )
    return request(
      'POST',
      `/requests/${kind}${query}`,
      jsonOf(kind === 'wait' ? { ...search, count: 2, within } : search)
    )
  })

const moves = fc
  .record(
    {
      action: fc.constantFrom('freeze', 'run', 'set', 'advance', 'stop'),
      to: fc.constantFrom('2026-01-01T00:00:00Z', '0000-01-01T00:00:00Z', '9999-12-31T23:59:59Z', 'soon'),
      by: fc.constantFrom('1ms', '25h', '9999d', '99999999999999d', '-1s', '')
    },
    { requiredKeys: ['action'] }
  )
  .map(move => request('PUT', '/clock?space=w1', jsonOf(move)))

/** Each says how long it waits: without `within`, it would be 5 s, as long as the fuzzer waits for a response. */
const holdWaits = fc
  .tuple(fc.constantFrom('gate', '%00', 'a%2Fb', '%zz'), fc.constantFrom('1ms', '20ms', 'soon', '-1s'), queries)
  .map(([name, within, query]) => request('POST', `/holds/${name}/wait${query}`, jsonOf({ within })))

const sessions = fc
  .record(
    {
      product: fc.constantFrom('netbrain', 'videntity', 'cbrain', 'hcx', 'x'),
      login: fc.constantFrom('demo', 'nobody', '', '__proto__'),
      token: fc.oneof(fc.constantFrom(...openTokens), oddTexts)
    },
    { requiredKeys: ['product', 'login'] }
  )
  .chain(session =>
    fc.constantFrom('', '/expire', '/revoke').map(path => request('POST', `/sessions${path}`, jsonOf(session)))
  )

const effects = fc.constantFrom<unknown>(
  ...[
    'expire',
    'revoke',
    'pretend',
    'nonsense',
    { delay: '5ms' },
    { delay: '1h' },
    { hold: 'gate' },
    { fail: 'server-error' },
    { fail: 'rate-limited' },
    { connection: 'reset' },
    { connection: 'garbage' },
    { state: 'Next' },
    { truncate: 3 },
    { dribble: { chunks: 3, over: '5ms' } },
    { reply: { status: 503, headers: { 'X-User': 'Zoë', 'Retry-After': 3 }, body: { a: 1 } } },
    { reply: { status: 204, body: 'x' } },
    { reply: { headers: { 'X-User': 'Łł' } } },
    { header: { 'X-A': '\u0000' } }
  ]
)

const rule = fc.record(
  {
    on: fc.constantFrom<unknown>('*', 'login', 'cbrain.session', 'logout', ['login', 'logout'], 'lgoin', 5),
    call: fc.constantFrom<unknown>(1, '2-3', 'first', -1),
    every: fc.constantFrom<unknown>(2, 0),
    chance: fc.constantFrom<unknown>(0.5, 2, '10%'),
    per: fc.constantFrom<unknown>('session', 'login', 'moon'),
    when: fc.constantFrom<unknown>(
      { login: 'demo' },
      { header: { 'X-Many': '/x+/' } },
      { body: '/(a+)+$/' },
      { session: 'open' },
      {}
    ),
    then: effects
  },
  { requiredKeys: ['on', 'then'] }
)

const scenarios = fc
  .tuple(
    fc.oneof(
      {
        weight: 4,
        arbitrary: fc
          .record({ title: fc.constant('Fuzz'), rules: fc.array(rule, { maxLength: 3 }) }, { requiredKeys: ['rules'] })
          .map(scenario => JSON.stringify(scenario))
      },
      fc.constantFrom(
        'default',
        'outage',
        'nope',
        'rate-limit',
        'truncated-login',
        'accounts: any',
        'rules: [',
        'a: &a [*a,*a]',
        '%YAML 9',
        '',
        `x: ${'{a: '.repeat(2000)}`,
        'seed: 7',
        '- - - -',
        'rules: {on: login}'
      ),
      fc.json({ maxDepth: 4 }),
      oddTexts
    ),
    queries
  )
  .map(([text, query]) => request('PUT', `/scenario${query}`, utf8(text)))

const jsonOf = (value: unknown): string => utf8(JSON.stringify(value))
