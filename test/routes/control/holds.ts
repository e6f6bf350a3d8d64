import { request } from 'node:http'
import t from 'tap'
import { clientOf, steered } from '../../support/control.js'
import { scenarioOf } from '../../support/scenario.js'
import { ask, serving } from '../../support/serving.js'
import { until } from '../../support/until.js'

const heldLogin = 'title: held\nrules: [{ on: login, then: { hold: a gate } }]'
const hcx = clientOf('hcx')

t.test('a held request is listed, waited for and released', async t => {
  const server = steered({ scenario: scenarioOf(heldLogin) })
  t.strictSame((await server.ask('GET /holds')).body, { holds: [] })
  const [one, other] = [server.send(hcx.login()), server.send({ ...hcx.login(), url: `/~a${hcx.login().url}` })]
  await until(() => server.app.spaces.find('a')?.holds.list().length === 1)
  t.strictSame((await server.ask('GET /holds')).body, {
    holds: [
      { space: 'default', name: 'a gate', waiting: 1 },
      { space: 'a', name: 'a gate', waiting: 1 }
    ]
  })
  t.strictSame((await server.ask('POST /holds/a%20gate/wait', { count: 2 })).body, {
    name: 'a gate',
    enough: true,
    waiting: 2
  })
  t.strictSame((await server.ask('POST /holds/a%20gate/release?space=a')).body, { name: 'a gate', released: 1 })
  t.ok(hcx.succeeded(await other))
  t.strictSame((await server.ask('POST /holds/a%20gate/release')).body, { name: 'a gate', released: 1 })
  t.ok(hcx.succeeded(await one))
  t.strictSame((await server.ask('GET /holds')).body, { holds: [] })
})

t.test('a hold without a request cannot be released, and the error lists the others', async t => {
  const server = steered({ scenario: scenarioOf(heldLogin) })
  const none = await server.ask('POST /holds/gate/release')
  t.equal(none.status, 404)
  t.match(none.body, { detail: 'No request is held by "gate"; there are no held requests.', held: [] })
  const login = server.send(hcx.login())
  await until(() => server.app.spaces.default.holds.list().length === 1)
  t.match((await server.ask('POST /holds/gate/release')).body, {
    detail: 'No request is held by "gate"; held are a gate.',
    held: ['a gate']
  })
  await server.ask('POST /holds/a gate/release'.replace(' gate', '%20gate'))
  await login
})

t.test('a wait for a hold ends with enough requests, or with a response at its time limit', async t => {
  const { url, app } = await serving(t, { scenario: scenarioOf(heldLogin) })
  const asking = ask(url, { method: 'POST', url: '/__admin/holds/a%20gate/wait', payload: '{"count":2}' })
  const logins = [ask(url, hcx.login()), ask(url, hcx.login())]
  t.equal((await asking).body, '{"name":"a gate","enough":true,"waiting":2}\n')
  const late = await ask(url, {
    method: 'POST',
    url: '/__admin/holds/a%20gate/wait',
    payload: '{"count":3,"within":"5ms"}'
  })
  t.equal(late.body, '{"name":"a gate","enough":false,"waiting":2}\n')
  t.equal(app.spaces.default.holds.release('a gate'), 2)
  await Promise.all(logins)
})

t.test('invalid waits are refused', async t => {
  const { ask } = steered()
  for (const [body, detail] of [
    [{ count: 0 }, 'body count: expected a whole number from 1, found 0'],
    [{ count: 2 ** 60 }, 'body count: expected a whole number from 1 to 9007199254740991, found 1152921504606847000'],
    [{ within: '11m' }, 'body within: expected at most 10m, found "11m"'],
    [{ withn: '1s' }, 'body withn: unknown key "withn"; expected count or within; did you mean within?']
  ] as const)
    t.match((await ask('POST /holds/x/wait', body)).body, { status: 400, detail })
})

t.test('a held request is removed when its client disconnects', async t => {
  const { url, app } = await serving(t, { scenario: scenarioOf(heldLogin) })
  const { method, url: path, headers, payload } = hcx.login()
  const sent = request(`${url}${path}`, { method, headers: { ...headers } }).on('error', () => undefined)
  sent.end(payload)
  await until(() => app.spaces.default.holds.list().length === 1)
  sent.destroy()
  await until(() => app.spaces.default.holds.list().length === 0)
  const { body } = await ask(url, { method: 'POST', url: '/__admin/requests/wait', payload: '{"outcome":"left"}' })
  t.match(JSON.parse(body), { enough: true, requests: [{ operation: 'login', outcome: 'left' }] })
})

t.test('a reset releases held requests, and none affects the new scenario', async t => {
  const server = steered({ scenario: scenarioOf(heldLogin) })
  const login = server.send(hcx.login())
  await until(() => server.app.spaces.default.holds.list().length === 1)
  await server.ask('POST /reset')
  const reply = await login
  t.equal(reply.statusCode, 503)
  t.match(reply.body, '"error":"Service Unavailable"')
  t.strictSame((await server.ask('GET /sessions')).body, { count: 0, sessions: [] })
  t.match((await server.ask('GET /requests')).body, { count: 0 })
})

/** A client that logs in once for all its callers, as its users want it to: whoever is refused meanwhile waits for the same login. */
const singleFlight = (url: string) => {
  const cbrain = clientOf('cbrain')
  let token: Promise<string> | undefined
  const login = async () => cbrain.issued(await ask(url, cbrain.login()))
  return async (): Promise<number> => {
    token ??= login()
    const used = token
    const reply = await ask(url, cbrain.use(await used))
    if (cbrain.succeeded(reply)) return reply.statusCode
    if (token === used) token = login()
    return (await ask(url, cbrain.use(await token))).statusCode
  }
}

t.test(
  'two clients with one expired token can be synchronized: the new login is held until both wait for it',
  async t => {
    const { url } = await serving(t)
    const control = async (method: 'POST' | 'PUT' | 'GET', path: string, payload?: string) =>
      JSON.parse((await ask(url, { method, url: `/__admin${path}`, ...(payload ? { payload } : {}) })).body)
    const call = singleFlight(url)
    t.equal(await call(), 200)
    await control(
      'PUT',
      '/scenario?keep=sessions',
      'title: the next login is held\nrules: [{ on: login, then: { hold: login } }]'
    )
    await control('POST', '/sessions/expire', '{}')
    const both = [call(), call()]
    t.match(await control('POST', '/requests/wait', '{"reason":"expired","count":2}'), { enough: true, count: 2 })
    t.match(await control('POST', '/holds/login/wait'), { enough: true, waiting: 1 })
    t.match(await control('POST', '/holds/login/release'), { released: 1 })
    t.strictSame(await Promise.all(both), [200, 200])
    t.match(await control('POST', '/requests/count', '{"operation":"login","after":1}'), { count: 1 })
    t.match(
      await control('POST', '/verify', '{"requests":[{"reason":"expired","count":2},{"operation":"login","count":2}]}'),
      {
        verified: true
      }
    )
  }
)
