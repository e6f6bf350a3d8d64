import t from 'tap'
import { double } from '../../../support/double.js'
import type { Driver } from '../../../support/driver.js'
import { drivers } from '../../../support/drivers.js'
import { scenarioOf } from '../../../support/scenario.js'

const [, , , client] = drivers as readonly [Driver, Driver, Driver, Driver]

/** What HCX Manager answers to a login under these rules. */
const answer = async (rules: string) => double({ scenario: scenarioOf(`rules:\n${rules}`) }).send(client.login())

t.test('the first deciding effect determines the response', async t => {
  const teapot = await answer('  - { on: login, then: [{ reply: { status: 418 } }, { fail: server-error }] }')
  t.equal(teapot.statusCode, 418)
  t.equal(teapot.body, '')
  t.notOk('x-frame-options' in teapot.headers)
  const refused = await answer('  - { on: login, then: [{ fail: unavailable }, { reply: { status: 418 } }, pretend] }')
  t.equal(refused.statusCode, 503)
  t.match(refused.body, '"error":"Service Unavailable"')
  t.equal(refused.headers['x-frame-options'], 'SAMEORIGIN')
})

t.test('no rule after a deciding one applies', async t => {
  const reply = await answer(`
    - { on: login, then: { fail: unavailable, headers: { Retry-After: 1 } } }
    - { on: login, then: { headers: { Retry-After: 2, X-Late: 1 }, delay: 5s, state: Late } }
  `)
  t.equal(reply.statusCode, 503)
  t.equal(reply.headers['retry-after'], '1')
  t.notOk('x-late' in reply.headers)
})

t.test('all rules that do not decide apply in order, and the last value of a header is used', async t => {
  const { send, systemClock, app } = double({
    scenario: scenarioOf(`
      rules:
        - { on: login, then: [{ delay: 2s }, { delay: 1s }, { state: One }] }
        - { on: "*", then: { delay: 3s, headers: { X-Frame-Options: DENY, X-Rule: 2 }, state: Two } }
        - { on: hcx, then: { headers: { x-rule: 3 } } }
        - { on: [hcx.login, login], then: { delay: 4s } }
        - { on: logout, then: { delay: 5s } }
    `)
  })
  const reply = await send(client.login())
  t.ok(client.succeeded(reply))
  t.strictSame(systemClock.slept, [2000, 1000, 3000, 4000])
  t.equal(reply.headers['x-rule'], '3')
  t.equal(reply.headers['x-frame-options'], 'DENY')
  t.equal(app.spaces.default.state, 'Two')
})

t.test('a decided response can be changed and broken by the same rule', async t => {
  const reply = await answer(
    '  - { on: login, then: [{ headers: { X-A: 1 } }, { reply: { status: 202, headers: { X-A: 0 } } }, { headers: { X-B: 2 } }] }'
  )
  t.equal(reply.statusCode, 202)
  t.match(reply.headers, { 'x-a': '1', 'x-b': '2' })
})
