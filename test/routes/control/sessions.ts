import t from 'tap'
import { clientOf, type Steered, steered } from '../../support/control.js'
import { double } from '../../support/double.js'
import { drivers } from '../../support/drivers.js'
import { scenarioOf } from '../../support/scenario.js'

interface Told {
  readonly token: string
  readonly login: string
  readonly product: string
  readonly space: string
}

const sessionsOf = async ({ ask }: Steered, query = ''): Promise<Told[]> =>
  (await ask(`GET /sessions${query}`)).body.sessions as Told[]

const login = async ({ send }: Steered, product: string): Promise<string> => {
  const client = clientOf(product)
  return client.issued(await send(client.login()))
}

const isGood = async ({ send }: Steered, product: string, token: string): Promise<boolean> => {
  const client = clientOf(product)
  return client.succeeded(await send(client.use(token)))
}

t.test('an open session has its age, remaining lifetime and abbreviated token', async t => {
  const server = steered()
  const token = await login(server, 'hcx')
  server.systemClock.advance(600_000)
  await isGood(server, 'hcx', token)
  server.systemClock.advance(90_000)
  t.strictSame((await server.ask('GET /sessions')).body, {
    count: 1,
    sessions: [
      {
        space: 'default',
        product: 'hcx',
        login: 'demo',
        token: `${token.slice(0, 4)}…${token.slice(-4)}`,
        openedAt: '2026-01-01T12:00:00.000Z',
        usedAt: '2026-01-01T12:10:00.000Z',
        uses: 1,
        opened: 1,
        age: 690,
        left: 3510,
        expiresAt: '2026-01-01T13:10:00.000Z'
      }
    ]
  })
})

t.test('an end at a later time is listed with its cause, and is the next expiry of the clock', async t => {
  const server = steered({
    scenario: scenarioOf('rules: [{ name: five more minutes, on: hcx.session, then: { revoke: 5m } }]')
  })
  const token = await login(server, 'hcx')
  await isGood(server, 'hcx', token)
  const scheduled = {
    cause: 'revoked',
    at: '2026-01-01T12:05:00.000Z',
    by: 'rule "five more minutes" (scenario.yaml:1)'
  }
  t.match(await sessionsOf(server), [{ left: 300, expiresAt: '2026-01-01T12:05:00.000Z', scheduled }])
  t.match((await server.ask('GET /clock')).body, { nextExpiry: '2026-01-01T12:05:00.000Z' })
  await server.ask('PUT /clock', { action: 'next-expiry' })
  t.strictSame(await sessionsOf(server), [])
  t.match((await server.ask('GET /sessions/ended')).body, {
    count: 1,
    sessions: [{ endedAt: '2026-01-01T12:05:00.000Z', cause: 'revoked', by: scheduled.by }]
  })
  t.notMatch((await server.ask('GET /sessions/ended')).text, 'scheduled')
})

t.test('a session without a timeout has no remaining lifetime, also beyond the largest date', async t => {
  for (const idle of [Number.POSITIVE_INFINITY, 9e15]) {
    const server = steered({ scenario: { products: { hcx: { idle } } } })
    await login(server, 'hcx')
    const [session] = await sessionsOf(server)
    t.notOk(session && ('left' in session || 'expiresAt' in session))
  }
})

t.test('sessions are found by product, login and token, whole or abbreviated, limited to the newest', async t => {
  const server = steered({ scenario: { accounts: 'any' } })
  const token = await login(server, 'cbrain')
  await server.ask('POST /sessions', { product: 'cbrain', login: 'ann' })
  await server.ask('POST /sessions', { product: 'hcx', login: 'ann' })
  const found = async (query: string) => (await sessionsOf(server, query)).map(each => `${each.product} ${each.login}`)
  t.strictSame(await found('?login=ann'), ['cbrain ann', 'hcx ann'])
  t.strictSame(await found('?product=cbrain'), ['cbrain demo', 'cbrain ann'])
  t.strictSame(await found('?product=cbrain&limit=1'), ['cbrain ann'])
  t.strictSame(await found('?limit=0'), [])
  t.strictSame(await found(`?token=${token}`), ['cbrain demo'])
  t.strictSame(await found(`?token=${encodeURIComponent(`${token.slice(0, 4)}…${token.slice(-4)}`)}`), ['cbrain demo'])
  t.strictSame(await found('?login=nobody'), [])
})

t.test('with --show-secrets, tokens are whole', async t => {
  const server = steered({ showSecrets: true })
  const token = await login(server, 'netbrain')
  t.equal((await sessionsOf(server))[0]?.token, token)
  t.match((await server.ask('POST /sessions/expire')).body, { ended: [{ token }] })
})

for (const { product, unknownToken } of drivers)
  t.test(`a session of ${product.title} is opened without a login, with a generated or given token`, async t => {
    const server = steered()
    const drawn = await server.ask('POST /sessions', { product: product.name, login: 'demo' })
    t.equal(drawn.status, 201)
    t.ok(await isGood(server, product.name, String(drawn.body.token)))
    t.match(String(drawn.body.token), product.sessions.token)
    const chosen = await server.ask('POST /sessions', { product: product.name, login: 'demo', token: unknownToken })
    t.match(chosen.body, { token: unknownToken, uses: 0, age: 0 })
    t.ok(await isGood(server, product.name, unknownToken))
    const taken = await server.ask('POST /sessions', { product: product.name, login: 'demo', token: unknownToken })
    t.equal(taken.status, 409)
    t.equal(taken.body.detail, `A session of ${product.name} with this token is open; end it first.`)
    await server.ask('POST /sessions/revoke', { token: unknownToken })
    t.equal(
      (await server.ask('POST /sessions', { product: product.name, login: 'demo', token: unknownToken })).status,
      201
    )
    t.ok(await isGood(server, product.name, unknownToken), 'a token that was revoked is opened anew')
  })

t.test('a given token does not change the generated ones of a seed', async t => {
  const drawn = async (first?: string) => {
    const server = steered({ scenario: { seed: 7 } })
    if (first) await server.ask('POST /sessions', { product: 'hcx', login: 'demo', token: first })
    return login(server, 'hcx')
  }
  t.equal(await drawn(), await drawn(clientOf('hcx').unknownToken))
})

t.test('invalid sessions are refused with a valid value', async t => {
  const { ask } = steered()
  const wrong: readonly (readonly [body: object, detail: string])[] = [
    [
      {},
      'body: the key "product" is missing: a session requires it\nbody: the key "login" is missing: a session requires it'
    ],
    [
      { product: 'hcxx', login: 'demo' },
      'body product: expected netbrain, videntity, cbrain or hcx, found "hcxx"; did you mean hcx?'
    ],
    [{ product: 'hcx', login: 'dmeo' }, 'body login: no account has the login "dmeo"'],
    [{ product: 'hcx', login: 7 }, 'body login: expected a text, found 7; write it in quotes: "7"'],
    [
      { product: 'hcx', login: 'demo', tokn: 'x' },
      'body tokn: unknown key "tokn"; expected product, login or token; did you mean token?'
    ],
    [
      { product: 'videntity', login: 'demo', token: 'short' },
      'body token: this is not a token of Videntity: expected ^[A-Za-z0-9]{15}$'
    ]
  ]
  for (const [body, detail] of wrong) {
    const told = await ask('POST /sessions', body)
    t.equal(told.status, 400)
    t.equal(told.body.detail, detail)
  }
  t.match((await ask('GET /sessions?product=x')).body, { detail: /^query product: expected netbrain, / })
  t.match((await ask('POST /sessions/expire', { product: 'x' })).body, { detail: /^body product: expected netbrain, / })
  t.match((await ask('GET /sessions?limit=-1')).body, { detail: 'query limit: expected a whole number, found "-1"' })
  t.match((await ask('GET /sessions')).body, { count: 0 })
})

const endings = [
  ['expire', 'expired-session', 'expired just now by the control API'],
  ['revoke', 'no-session', 'revoked just now by the control API']
] as const

for (const [path, failure, words] of endings)
  for (const { product, use, refusalOf } of drivers)
    t.test(`${path} ends a session of ${product.title}, which refuses it in its wire format`, async t => {
      const server = steered()
      const token = await login(server, product.name)
      const other = await login(server, product.name)
      const { ended } = (await server.ask(`POST /sessions/${path}`, { token })).body
      t.strictSame(ended, [
        { space: 'default', product: product.name, login: 'demo', token: `${token.slice(0, 4)}…${token.slice(-4)}` }
      ])
      const [status, body] = refusalOf(path === 'expire' ? 'expired' : 'ended', 'use', 'documented')
      const reply = await server.send(use(token))
      t.equal(reply.statusCode, status)
      t.equal(reply.body === '', body === '')
      t.match((await server.ask('GET /requests?limit=1')).body, { requests: [{ failure, why: { words } }] })
      t.ok(await isGood(server, product.name, other), 'the other one stays open')
      t.strictSame((await server.ask(`POST /sessions/${path}`, { token })).body, { ended: [] })
    })

t.test('sessions are ended by login, by product, or all, in one space or all', async t => {
  const server = steered({ scenario: { accounts: 'any' } })
  const { ask } = server
  for (const space of ['a', 'b'])
    for (const product of ['hcx', 'cbrain'])
      for (const login of ['ann', 'bob']) await ask(`POST /sessions?space=${space}`, { product, login })
  const left = async () => (await sessionsOf(server)).map(each => `${each.space} ${each.product} ${each.login}`)
  t.match((await ask('POST /sessions/expire?space=a', { login: 'ann' })).body.ended, { length: 2 })
  t.match((await ask('POST /~b/__admin/sessions/revoke', { product: 'hcx' })).body.ended, { length: 2 })
  t.strictSame(await left(), ['a hcx bob', 'a cbrain bob', 'b cbrain ann', 'b cbrain bob'])
  t.match((await ask('POST /sessions/expire')).body.ended, { length: 4 })
  t.strictSame(await left(), [])
  t.equal((await ask('POST /sessions/expire?space=c', {})).status, 404, 'nobody has been in that space')
})

t.test('no session can be opened for a locked account', async t => {
  const { send } = double({ scenario: scenarioOf('accounts: [{ login: eve, password: e, cbrain: { locked: true } }]') })
  const open = (product: string) =>
    send({ method: 'POST', url: '/__admin/sessions', payload: JSON.stringify({ product, login: 'eve' }) })
  const refused = await open('cbrain')
  t.equal(refused.statusCode, 400)
  t.match(refused.body, 'the account of \\"eve\\" is locked, and may have no session')
  t.equal((await open('hcx')).statusCode, 201)
})

t.test('an abbreviated token is revealed; no match and a wrong one are reported', async t => {
  const server = steered()
  const token = await login(server, 'hcx')
  const short = `${token.slice(0, 4)}…${token.slice(-4)}`
  t.match((await server.ask('POST /sessions/reveal', { token: short })).body, { sessions: [{ token, login: 'demo' }] })
  t.strictSame((await server.ask('POST /sessions/reveal', { token: 'none…none' })).body, { sessions: [] })
  for (const body of [{}, { token: 7 }, { token: '' }, { token: short, product: 'hxc' }, { token: short, other: 1 }])
    t.equal((await server.ask('POST /sessions/reveal', body)).status, 400, JSON.stringify(body))
})

t.test('all sessions with the same abbreviated token are revealed, in each product', async t => {
  const server = steered()
  const tokens = ['0123456789abcdef0123456789abcdef', '0123aaaaaaaaaaaaaaaaaaaaaaaacdef']
  for (const token of tokens) await server.ask('POST /sessions', { product: 'cbrain', login: 'demo', token })
  const { sessions } = (await server.ask('POST /sessions/reveal', { token: '0123…cdef' })).body
  t.strictSame(
    (sessions as Told[]).map(({ token }) => token),
    tokens
  )
})

t.test('recently ended sessions are listed with time and cause, and searched like open ones', async t => {
  const server = steered()
  await login(server, 'hcx')
  const cbrain = await login(server, 'cbrain')
  await server.send(clientOf('cbrain').logout(cbrain))
  server.systemClock.advance(3_600_000)
  const { body } = await server.ask('GET /sessions/ended?product=hcx')
  t.match(body, { count: 1, sessions: [{ cause: 'expired', endedAt: '2026-01-01T13:00:00.000Z' }] })
  t.match((await server.ask('GET /sessions/ended?product=cbrain')).body, {
    sessions: [{ cause: 'logged-out', endedAt: '2026-01-01T12:00:00.000Z', by: 'request 3' }]
  })
  t.match((await server.ask('GET /sessions/ended?limit=1')).body, { count: 2, sessions: [{ product: 'hcx' }] })
  for (const query of ['product=hxc', 'limit=x', 'limit=-1', 'color=red'])
    t.equal((await server.ask(`GET /sessions/ended?${query}`)).status, 400, query)
})
