import t from 'tap'
import { clientOf, steered } from '../../support/control.js'
import { products } from '../../support/known-products.js'
import { scenarioOf } from '../../support/scenario.js'
import { serving, talk } from '../../support/serving.js'

const hcx = clientOf('hcx')

t.test('health reports version, uptime and scenario', async t => {
  const { ask, systemClock } = steered({ version: '1.2.3' })
  systemClock.advance(2500)
  t.strictSame((await ask('GET /health')).body, {
    status: 'ok',
    version: '1.2.3',
    uptime: 2.5,
    products: products.map(({ name }) => name),
    scenario: 'a test',
    state: 'Started'
  })
})

t.test('health supports HEAD', async t => {
  const { url } = await serving(t)
  for (const path of ['health', 'ready']) {
    const received = await talk(url, `HEAD /__admin/${path} HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\r\n`)
    t.match(received, /^HTTP\/1\.1 200 OK\r\n[\s\S]*\r\n\r\n$/)
  }
})

t.test('ready reports whether the server accepts requests', async t => {
  const { ask, app } = steered()
  t.strictSame((await ask('GET /ready')).body, { ready: true })
  app.close()
  const told = await ask('GET /ready')
  t.equal(told.status, 503)
  t.strictSame(told.body, { ready: false })
  t.equal((await ask('GET /health')).status, 200)
})

const eventful = `title: eventful
seed: 7
clock: 2026-01-01T00:00:00Z
frozen: true
sessions: [{ product: hcx, login: demo, token: "78a7ac4e:ab72:483c:9f66:a76525838fd1" }]
rules: [{ on: hcx.login, call: 1, then: { state: Moved } }]`

t.test('a reset restarts the scenario: sessions, clock, counts, state, journal and tokens', async t => {
  const { ask, send } = steered({ scenario: scenarioOf(eventful) })
  const token = hcx.issued(await send(hcx.login()))
  await ask('PUT /clock', { action: 'advance', by: '5m' })
  await ask('POST /sessions/revoke', { token: hcx.unknownToken })
  t.match((await ask('GET /scenario')).body, { state: 'Moved', rules: [{ played: 1 }] })
  t.strictSame((await ask('POST /reset')).body, { reset: ['default'] })
  t.match((await ask('GET /scenario')).body, { state: 'Started', rules: [{ matched: 0, played: 0 }] })
  t.match((await ask('GET /clock')).body, { now: '2026-01-01T00:00:00.000Z', frozen: true })
  t.match((await ask('GET /requests')).body, { count: 0, dropped: 0 })
  t.match((await ask('GET /sessions')).body, { sessions: [{ token: '78a7…8fd1', uses: 0 }] })
  t.notOk(hcx.succeeded(await send(hcx.use(token))))
  t.match((await ask('GET /requests')).body, { requests: [{ number: 1, why: { reason: 'never-issued' } }] })
  t.equal(hcx.issued(await send(hcx.login())), token, 'the same seed gives the same tokens')
})

t.test('one space is reset, or all', async t => {
  const { ask } = steered()
  const counts = async () =>
    ((await ask('GET /spaces')).body.spaces as { sessions: number }[]).map(each => each.sessions)
  for (const space of ['default', 'a', 'b'])
    await ask(`POST /sessions?space=${space}`, { product: 'hcx', login: 'demo' })
  t.strictSame((await ask('POST /reset?space=a')).body, { reset: ['a'] })
  t.strictSame(await counts(), [1, 0, 1])
  t.strictSame((await ask('POST /reset')).body, { reset: ['default', 'a', 'b'] })
  t.strictSame(await counts(), [0, 0, 0])
})
