import t from 'tap'
import { nearestRoute } from '../../../src/product/routes.js'
import { type SystemClock, systemClock } from '../../../src/session/clock.js'
import { clientOf, steered } from '../../support/control.js'
import { products } from '../../support/known-products.js'
import { scenarioOf } from '../../support/scenario.js'
import { ask, serving } from '../../support/serving.js'
import { until } from '../../support/until.js'
import { bytesOf, call } from '../../support/wire.js'

const hcx = clientOf('hcx')

/** What the journal has by now, through a socket of its own. */
const rows = async (url: string): Promise<Record<string, unknown>[]> =>
  JSON.parse((await ask(url, { method: 'GET', url: '/__admin/requests' })).body).requests

const portOf = (url: string): number => Number(new URL(url).port)

for (const fault of ['hang', 'reset', 'empty', 'garbage', 'truncate', 'malformed'])
  t.test(`the row exists before the first byte, also for the connection fault ${fault}`, async t => {
    const { url } = await serving(t, {
      scenario: scenarioOf(`title: x\nrules: [{ on: hcx.login, then: { connection: ${fault} } }]`)
    })
    const line = call(portOf(url), bytesOf(hcx.login()))
    if (fault !== 'hang') await line.over
    await ask(url, { method: 'POST', url: '/__admin/requests/wait', payload: '{"operation":"login"}' })
    t.match(await rows(url), [{ number: 1, operation: 'login', outcome: 'broken', fault, rules: [{ number: 1 }] }])
    if (fault === 'hang') t.equal(line.received(), '', 'and nothing has come over the wire')
    line.socket.destroy()
  })

t.test('the row exists before the first byte, also for a response in pieces', async t => {
  const { url } = await serving(t, {
    scenario: scenarioOf('title: x\nrules: [{ on: hcx.login, then: { dribble: { chunks: 2, over: 1h } } }]')
  })
  const line = call(portOf(url), bytesOf(hcx.login()))
  await until(() => line.received().includes('{"success"'))
  t.match(await rows(url), [
    { operation: 'login', outcome: 'success', status: 200, answer: { body: /"success":true/ } }
  ])
  t.notOk(line.received().endsWith('}'), 'half of the answer is still to come')
  line.socket.destroy()
})

t.test('the row exists whenever the client has the response', async t => {
  const { url } = await serving(t)
  for (let each = 1; each <= 20; each += 1) {
    await ask(url, hcx.use(hcx.unknownToken))
    t.equal((await rows(url)).length, each)
  }
})

t.test('a client that disconnects during a delay is recorded as left, and its request is executed', async t => {
  const slept: number[] = []
  const sleep: SystemClock['sleep'] = (ms, signal) => {
    slept.push(ms)
    return systemClock.sleep(ms, signal)
  }
  const scenario = scenarioOf('title: x\nrules: [{ on: hcx.login, then: { delay: 1h } }]')
  const { url } = await serving(t, { scenario, systemClock: { ...systemClock, sleep } })
  const line = call(portOf(url), bytesOf(hcx.login()))
  line.over.catch(() => undefined)
  await until(() => slept.includes(3_600_000))
  line.socket.destroy()
  const { body } = await ask(url, { method: 'POST', url: '/__admin/requests/wait', payload: '{"outcome":"left"}' })
  t.match(JSON.parse(body), { enough: true, requests: [{ operation: 'login', outcome: 'left' }] })
  t.match(JSON.parse((await ask(url, { method: 'GET', url: '/__admin/sessions' })).body), { count: 1 })
})

t.test('an unmatched request is recorded with its body', async t => {
  const { ask, send } = steered({ bodyLimit: 20 })
  await send({ method: 'POST', url: '/nowhere?a=1', headers: { 'x-a': 'b' }, payload: 'hello' })
  await send({ method: 'PUT', url: '/~a/nowhere', payload: 'x'.repeat(50) })
  t.match((await ask('GET /requests')).body, {
    requests: [
      {
        space: 'default',
        outcome: 'unmatched',
        path: '/nowhere',
        status: 404,
        request: { line: 'POST /nowhere?a=1 HTTP/1.1', headers: { 'x-a': 'b' }, body: 'hello' },
        answer: { headers: { 'Content-Type': 'application/problem+json' }, body: /belongs to none of the products/ }
      },
      { space: 'a', number: 1, request: { body: 'x'.repeat(20) } }
    ]
  })
})

t.test('an unmatched request with an incomplete body is recorded as left', async t => {
  const { url } = await serving(t)
  const line = call(portOf(url), 'POST /nowhere HTTP/1.1\r\nhost: test\r\ncontent-length: 10\r\n\r\nhal')
  line.over.catch(() => undefined)
  await until(() => line.socket.bytesWritten > 0)
  await ask(url, hcx.use(hcx.unknownToken))
  line.socket.resetAndDestroy()
  const { body } = await ask(url, { method: 'POST', url: '/__admin/requests/wait', payload: '{"path":"/nowhere"}' })
  t.match(JSON.parse(body), { enough: true, requests: [{ outcome: 'unmatched', request: { body: 'hal' } }] })
})

t.test('the nearest route is the most similar one, preferably with the same method', async t => {
  for (const [method, path, route] of [
    ['POST', '/sesion', 'POST /session'],
    ['GET', '/sesion', 'GET /session'],
    ['DELETE', '/session/', 'DELETE /session'],
    ['POST', '/session/logn', 'POST /session/login'],
    ['GET', '/servicesapi/api/v1/cmdb/tenant', 'GET /ServicesAPI/API/V1/CMDB/Tenants'],
    ['GET', '/api/admin/v2/sessions?x=1', 'GET /api/admin/v1/sessions']
  ] as const)
    t.equal(nearestRoute(method, path, products), route, path)
})
