import t from 'tap'
import { describeReason } from '../../src/journal/reasons.js'
import { double } from '../support/double.js'
import type { Driver } from '../support/driver.js'
import { drivers } from '../support/drivers.js'
import { loginAs } from '../support/login-form.js'
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

t.test('the requested status is also in a body that has a status', async t => {
  const { send } = double()
  const [, , cbrain, hcx] = drivers as readonly [Driver, Driver, Driver, Driver]
  const asked = async ({ login }: Driver, status: number, more = {}) => {
    const { headers, ...request } = login()
    return send({ ...request, headers: { ...headers, prefer: `status=${status}`, ...more } })
  }
  t.equal((await asked(cbrain, 418)).body, '{"status":418,"error":"I\'m a Teapot"}')
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
    t.ok(driver.succeeded(await send(driver.use(token))), 'the session lives on')
  }
})
