import t, { type Test } from 'tap'
import { systemClock } from '../../../src/session/clock.js'
import { clientOf, toldBy } from '../../support/control.js'
import { ask, serving } from '../../support/serving.js'
import { until } from '../../support/until.js'

const hcx = clientOf('hcx')

/** A server that says when somebody waits for something. */
const waitedAt = async (test: Test) => {
  const waits: number[] = []
  const sleep: typeof systemClock.sleep = (ms, signal) => {
    waits.push(ms)
    return systemClock.sleep(ms, signal)
  }
  const server = await serving(test, { systemClock: { ...systemClock, sleep } })
  const post = async (path: string, body: object) => {
    const reply = await ask(server.url, { method: 'POST', url: `/__admin${path}`, payload: JSON.stringify(body) })
    return toldBy(reply.statusCode, reply.headers, reply.body).body
  }
  return { ...server, post, waiting: (count: number) => until(() => waits.length >= count) }
}

t.test('existing and new matches count', async t => {
  const { url, post, waiting } = await waitedAt(t)
  await ask(url, hcx.use(hcx.unknownToken))
  const two = post('/requests/wait', { product: 'hcx', count: 2, within: '1m' })
  const three = post('/requests/wait', { product: 'hcx', count: 3, within: '1m' })
  await waiting(2)
  await ask(url, hcx.use(hcx.unknownToken))
  t.match(await two, { enough: true, count: 2 })
  await ask(url, hcx.use(hcx.unknownToken))
  t.match(await three, { enough: true, count: 3 })
})

t.test('requests without a match do not count', async t => {
  const { url, post, waiting } = await waitedAt(t)
  const pending = post('/requests/wait', { reason: 'never-issued', within: '1m' })
  await waiting(1)
  await ask(url, hcx.login())
  await ask(url, hcx.use(hcx.unknownToken))
  t.match(await pending, { enough: true, count: 1, requests: [{ number: 2 }] })
})

t.test('a waiting client gets a response when the server stops', async t => {
  const { post, waiting, close } = await waitedAt(t)
  const pending = [post('/requests/wait', { within: '10m' }), post('/verify', { requests: [{}], within: '10m' })]
  await waiting(2)
  await close()
  t.match(await Promise.all(pending), [
    { enough: false, count: 0 },
    { status: 406, verified: false }
  ])
})

t.test('a wait continues after a reset', async t => {
  const { url, post, waiting } = await waitedAt(t)
  const pending = post('/requests/wait', { product: 'hcx', within: '1m' })
  await waiting(1)
  await ask(url, { method: 'POST', url: '/__admin/reset' })
  await ask(url, hcx.use(hcx.unknownToken))
  t.match(await pending, { enough: true, requests: [{ number: 1 }] })
})
