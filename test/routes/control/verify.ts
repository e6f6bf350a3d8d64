import t from 'tap'
import { clientOf, type Steered, steered } from '../../support/control.js'
import { scenarioOf } from '../../support/scenario.js'
import { ask as askSocket, serving } from '../../support/serving.js'
import { until } from '../../support/until.js'

const hcx = clientOf('hcx')

/** A login, two uses, a logout, and a use of the refused token a minute later. */
const lived = async (): Promise<Steered> => {
  const server = steered()
  const token = hcx.issued(await server.send(hcx.login()))
  for (const each of [hcx.use(token), hcx.use(token), hcx.logout(token)]) await server.send(each)
  server.systemClock.advance(60_000)
  await server.send(hcx.use(token))
  return server
}

const good: readonly (readonly [what: string, expected: object])[] = [
  ['one that came', { requests: [{ operation: 'login' }] }],
  ['so many', { requests: [{ operation: 'session', count: 3 }] }],
  ['at least, at most', { requests: [{ product: 'hcx', count: { least: 2, most: 5 } }] }],
  ['none', { requests: [{ product: 'cbrain', count: 0 }] }],
  ['several', { requests: [{ operation: 'login' }, { operation: 'logout', count: 1 }] }],
  [
    'in their order',
    {
      requests: [
        { operation: 'login' },
        { operation: 'session', outcome: 'success', count: 2 },
        { operation: 'logout' },
        { reason: 'logged-out' }
      ],
      order: 'strict'
    }
  ],
  ['in another order, where that does not matter', { requests: [{ operation: 'logout' }, { operation: 'login' }] }]
]

t.test('expected requests are verified', async t => {
  const { ask } = await lived()
  for (const [what, expected] of good) {
    const told = await ask('POST /verify', expected)
    t.equal(told.status, 200, what)
    t.strictSame(told.body, { verified: true }, what)
  }
})

const login = 'request 1 (hcx.login by demo, 200)'
const late = 'request 5 (hcx.session by demo, 401: logged out 1m ago by request 4)'
const uses = `request 2 (hcx.session by demo, 200); request 3 (hcx.session by demo, 200); ${late}`

const bad: readonly (readonly [expected: object, difference: string])[] = [
  [
    { requests: [{ operation: 'login', count: 2 }] },
    `expectation 1: expected 2 of requests with operation login, found 1: ${login}`
  ],
  [
    { requests: [{ operation: 'session', count: { most: 2 } }] },
    `expectation 1: expected at most 2 of requests with operation session, found 3: ${uses}`
  ],
  [
    { requests: [{ operation: 'session', count: { least: 4 } }] },
    `expectation 1: expected at least 4 of requests with operation session, found 3: ${uses}`
  ],
  [
    { requests: [{ operation: 'session', count: 0 }] },
    `expectation 1: expected 0 of requests with operation session, found 3: ${uses}`
  ],
  [
    { requests: [{ operation: 'login' }, { operation: 'session', reason: 'expired' }] },
    `expectation 2: expected at least 1 of requests with operation session, reason expired, found 0; the nearest is ${late}, which differs in reason`
  ],
  [
    { requests: [{ product: 'cbrain' }] },
    'expectation 1: expected at least 1 of requests with product cbrain, found 0'
  ],
  [
    { requests: [{ header: { accept: '/json/' } }] },
    'expectation 1: expected at least 1 of requests with header {"accept":"/json/"}, found 0'
  ],
  [
    { requests: [{ operation: 'logout' }, { operation: 'login' }], order: 'strict' },
    'expectation 2: found requests with operation login, but not after request 4 (hcx.logout by demo, 200)'
  ]
]

t.test('differences are reported as text', async t => {
  const { ask } = await lived()
  for (const [expected, difference] of bad) {
    const told = await ask('POST /verify', expected)
    t.equal(told.status, 406)
    t.equal(told.type, 'application/problem+json')
    t.match(told.body, { title: 'Not as expected', verified: false, detail: difference, differences: [difference] })
  }
})

t.test('several differences are reported together, without unexpected matches', async t => {
  const { ask } = steered()
  const { body } = await ask('POST /verify', { requests: [{ login: 'ann' }, { login: 'bob', count: 2 }, {}] })
  t.strictSame(body.differences, [
    'expectation 1: expected at least 1 of requests with login ann, found 0',
    'expectation 2: expected 2 of requests with login bob, found 0',
    'expectation 3: expected at least 1 of any request, found 0'
  ])
})

t.test('within waits until the expectation is met, or its time limit', async t => {
  const { url } = await serving(t)
  const verify = (payload: object) =>
    askSocket(url, { method: 'POST', url: '/__admin/verify', payload: JSON.stringify(payload) })
  const pending = verify({ requests: [{ product: 'hcx', reason: 'never-issued', count: 2 }], within: '1m' })
  await askSocket(url, hcx.use(hcx.unknownToken))
  await askSocket(url, hcx.use(hcx.unknownToken))
  t.equal((await pending).statusCode, 200)
  const vain = await verify({ requests: [{ product: 'hcx', count: 3 }], within: '5ms' })
  t.equal(vain.statusCode, 406)
  t.match(JSON.parse(vain.body), { detail: /^expectation 1: expected 3 of requests with product hcx, found 2: / })
})

t.test('verification applies to one space', async t => {
  const { ask, send } = steered()
  await send({ ...hcx.login(), url: `/~a${hcx.login().url}` })
  await send(hcx.login())
  t.equal((await ask('POST /verify?space=a', { requests: [{ count: 1 }] })).status, 200)
  t.equal((await ask('POST /verify', { requests: [{ count: 2 }] })).status, 200)
  t.equal((await ask('POST /verify?space=b', { requests: [{ count: 0 }] })).status, 404)
})

t.test('impossible expectations are refused', async t => {
  const { ask } = steered()
  for (const [body, detail] of [
    [{}, 'body: the key "requests" is missing: a verification requires it'],
    [{ requests: [] }, 'body requests: expected a list that is not empty, found an empty list'],
    [
      { requests: [{ count: { least: 3, most: 2 } }] },
      'body requests[0].count: at least 3 and at most 2 is impossible'
    ],
    [
      { requests: [{ count: {} }] },
      'body requests[0].count: expected a whole number, or { least, most }, with keys such as least and most, found no keys'
    ],
    [{ requests: [{}], order: 'any order' }, 'body order: expected any or strict, found "any order"'],
    [{ requests: [{}], within: '1h' }, 'body within: expected at most 10m, found "1h"']
  ] as const) {
    const told = await ask('POST /verify', body)
    t.equal(told.status, 400)
    t.equal(told.body.detail, detail)
  }
})

t.test('a difference contains no secret', async t => {
  const { ask, send } = steered()
  const token = hcx.issued(await send(hcx.login()))
  await send(hcx.use(token))
  await send({ method: 'GET', url: `/nowhere?token=${token}` })
  const { text } = await ask('POST /verify', {
    requests: [
      { path: '/nowhere', count: 2 },
      { operation: 'session', count: 0 }
    ]
  })
  t.notMatch(text, token)
})

t.test('verdicts have findings, for all spaces or one', async t => {
  const { ask, send } = await lived()
  const { body } = await ask('GET /verdicts')
  t.equal(body.passed, false)
  t.match(
    (body.verdicts as { verdict: string; passed: boolean }[]).filter(({ passed }) => !passed),
    [
      {
        verdict: 'call-after-logout',
        description: 'requests with a token after its logout',
        findings: [{ space: 'default', requests: [5], words: late }]
      },
      { verdict: 'refusal-without-login', findings: [{ requests: [5], words: `no login followed ${late}` }] }
    ]
  )
  await send({ ...hcx.use(hcx.unknownToken), url: `/~a${hcx.use('').url}` })
  t.match((await ask('GET /verdicts?space=a')).body, { passed: false })
  await send({ ...hcx.login(), url: `/~a${hcx.login().url}` })
  await ask('POST /sessions/expire?space=a')
  t.match((await ask('GET /verdicts?space=a')).body, { passed: true, verdicts: [{ passed: true }] })
})

t.test('a held login can be waited for, in any order of responses', async t => {
  const server = steered({ scenario: scenarioOf('title: held\nrules: [{ on: login, then: { hold: gate } }]') })
  const held = server.send(hcx.login())
  await until(() => server.app.spaces.default.holds.list().length === 1)
  await server.send(hcx.use(hcx.unknownToken))
  await server.ask('POST /holds/gate/release')
  await held
  const told = await server.ask('POST /verify', {
    requests: [{ operation: 'login' }, { operation: 'session' }],
    order: 'strict'
  })
  t.equal(told.status, 200, 'they are in the order in which they came')
})
