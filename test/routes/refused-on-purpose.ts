import t from 'tap'
import { products } from '../../routes/index.js'
import { describeReason } from '../../src/journal/rendering.js'
import { failureNames } from '../../src/product/failure.js'
import { double } from '../support/double.js'
import type { Driver } from '../support/driver.js'
import { drivers, everyDriver } from '../support/drivers.js'
import { loginAs } from '../support/login-form.js'
import { isReply, words } from '../support/refusals.js'
import { scenarioOf } from '../support/scenario.js'
import { call, wired } from '../support/wire.js'

const allows: Readonly<Record<string, string | undefined>> = {
  netbrain: 'POST, GET, DELETE',
  videntity: 'POST',
  cbrain: undefined,
  hcx: 'POST, GET, DELETE'
}

t.test('an injected method-not-allowed has the allowed methods, like a real one', async t => {
  const rule = '{ on: login, when: { login: misrouted }, then: { fail: method-not-allowed } }'
  const { send } = double({
    scenario: scenarioOf(
      `{ accounts: [{ login: demo, password: demo }, { login: misrouted, password: demo }], rules: [${rule}] }`
    )
  })
  for (const driver of drivers) {
    const { title, name } = driver.product
    const { headers = {}, ...login } = driver.login()
    const really = await send({ ...login, method: 'PATCH', headers })
    t.equal(really.headers.allow, allows[name], title)
    const asked = await send({ ...login, headers: { ...headers, prefer: 'fail=method-not-allowed' } })
    t.equal(asked.headers.allow, allows[name], `${title}, Prefer`)
    const status = await send({ ...login, headers: { ...headers, prefer: 'status=405' } })
    t.equal(status.headers.allow, allows[name], `${title}, Prefer: status`)
    t.equal((await send(loginAs(driver, 'misrouted'))).headers.allow, allows[name], `${title}, by a rule`)
  }
})

for (const driver of everyDriver)
  t.test(`${driver.product.title}: each failure of a login, a use and a logout has its words`, async t => {
    const { send, app } = double({ products })
    const token = driver.issued(await send(driver.login()))
    for (const failure of failureNames)
      for (const by of ['login', 'use', 'logout'] as const) {
        const { headers, ...request } = by === 'login' ? driver.login() : driver[by](token)
        const reply = await send({ ...request, headers: { ...headers, prefer: `fail=${failure}` } })
        isReply(t, reply, words(driver, by, failure))
      }
    t.match(await app.spaces.default.sessions.list(0), [{ token, uses: 0 }], 'they are without effect')
  })

t.test('the requested status is also in a body that has a status', async t => {
  const { send } = double()
  const [, , cbrain, hcx] = drivers as readonly [Driver, Driver, Driver, Driver]
  const asked = async ({ login }: Driver, status: number, more = {}) => {
    const { headers, ...request } = login()
    return send({ ...request, headers: { ...headers, prefer: `status=${status}`, ...more } })
  }
  for (const [status, error] of [
    [405, 'Method Not Allowed'],
    [418, "I'm a Teapot"],
    [422, 'Unprocessable Entity'],
    [502, 'Bad Gateway'],
    [599, 'Status 599']
  ] as const) {
    t.equal((await asked(cbrain, status)).body, `{"status":${status},"error":"${error}"}`)
    if (status !== 405) t.match((await asked(hcx, status)).body, `"error":"${error}"`)
  }
  t.match((await asked(cbrain, 502, { accept: 'application/xml' })).body, '<status type="integer">502</status>')
  t.match((await asked(hcx, 418)).body, '"errorCode":"BAD_REQUEST","error":"I\'m a Teapot"')
  t.match((await asked(hcx, 504)).body, '"errorCode":"INTERNAL_SERVER_ERROR","error":"Gateway Timeout"')
})

t.test('a repeated token header is refused, and named in the reason', async t => {
  const headers: Readonly<Record<string, string>> = { netbrain: 'token', hcx: 'x-hm-authorization' }
  for (const driver of drivers) {
    const name = headers[driver.product.name]
    if (name === undefined) continue
    const { app, send, port } = await wired(t)
    const token = driver.issued(await send(driver.login()))
    const { method, url } = driver.use(token)
    const twice = `${name}: ${token}\r\n`.repeat(2)
    const { text } = await call(port, `${method} ${url} HTTP/1.1\r\nHost: test\r\nConnection: close\r\n${twice}\r\n`)
      .over
    t.match(text, /^HTTP\/1.1 401 /, driver.product.title)
    const why = app.spaces.default.journal.entries().at(-1)?.why
    t.equal(why && describeReason(why), `the header ${name} was sent 2 times: the token must be in one header`)
    t.ok(driver.succeeded(await send(driver.use(token))), 'the session stays open')
  }
})
