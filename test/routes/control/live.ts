import { once } from 'node:events'
import { IncomingMessage, request, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import t, { type Test } from 'tap'
import { clientOf, steered } from '../../support/control.js'
import { double } from '../../support/double.js'
import { scenarioOf } from '../../support/scenario.js'
import { ask, serving } from '../../support/serving.js'
import { until } from '../../support/until.js'
import { wired } from '../../support/wire.js'

const hcx = clientOf('hcx')

interface Received {
  readonly event: string
  readonly id: number
  readonly data: Readonly<Record<string, unknown>>
}

/** Listens as a browser's EventSource does; what it has received grows. */
const listening = async (t: Test, url: string, { space = '', last }: { space?: string; last?: number } = {}) => {
  const headers = last === undefined ? {} : { 'last-event-id': String(last) }
  const sent = request(`${url}/__admin/events${space}`, { headers }).on('error', () => undefined)
  t.teardown(() => sent.destroy())
  sent.end()
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  let text = ''
  response.setEncoding('utf8').on('data', chunk => {
    text += chunk
  })
  response.on('error', () => undefined)
  const received = (): Received[] =>
    text
      .split('\n\n')
      .slice(0, -1)
      .filter(block => /^event:/m.test(block))
      .map(block => {
        const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(block)?.[1] ?? ''
        return { event: field('event'), id: Number(field('id')), data: JSON.parse(field('data')) }
      })
  return { sent, response, received, receives: (count: number) => until(() => received().length >= count) }
}

t.test('events report sessions, requests, rules, holds and the clock', async t => {
  const { url } = await serving(t, {
    scenario: scenarioOf('title: x\nrules: [{ on: hcx.logout, name: gate, then: { hold: gate } }]')
  })
  const { response, received, receives } = await listening(t, url)
  t.match(response.headers, {
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no'
  })
  const token = hcx.issued(await ask(url, hcx.login()))
  const leaving = ask(url, hcx.logout(token))
  await receives(4)
  await ask(url, { method: 'POST', url: '/__admin/holds/gate/release' })
  await leaving
  await ask(url, { method: 'PUT', url: '/__admin/clock', payload: '{"action":"freeze"}' })
  await receives(9)
  const short = `${token.slice(0, 4)}…${token.slice(-4)}`
  t.match(received(), [
    {
      event: 'session',
      id: 1,
      data: { space: 'default', change: 'opened', product: 'hcx', login: 'demo', token: short }
    },
    { event: 'request', id: 2, data: { number: 1, operation: 'login', outcome: 'success', session: short } },
    { event: 'underway', id: 3, data: { number: 2, outcome: 'underway', status: 0 } },
    { event: 'hold', id: 4, data: { name: 'gate', waiting: 1 } },
    { event: 'hold', id: 5, data: { name: 'gate', waiting: 0 } },
    { event: 'session', id: 6, data: { change: 'ended', cause: 'logged-out', by: 'request 2' } },
    { event: 'request', id: 7, data: { number: 2, operation: 'logout' } },
    { event: 'rule', id: 8, data: { rule: 'rule "gate" (scenario.yaml:2)', request: 2 } },
    { event: 'clock', id: 9, data: { frozen: true } }
  ])
  t.notMatch(JSON.stringify(received()), token)
})

t.test('the end of a session has its time by the clock, even if it is detected later', async t => {
  const { url, app } = await serving(t)
  const { received, receives } = await listening(t, url)
  await ask(url, hcx.login())
  await receives(2)
  const opened = received()[0]?.data.at
  app.spaces.default.clock.advance(86_400_000)
  await ask(url, { method: 'GET', url: '/__admin/sessions', headers: {} })
  await receives(3)
  const data = received().find(each => each.data.change === 'ended')?.data ?? {}
  t.match(data, { cause: 'expired' })
  t.equal(Date.parse(String(data.at)) - Date.parse(String(opened)), 3_600_000)
})

t.test('events of one space can be selected', async t => {
  const { url, app } = await serving(t)
  app.spaces.get('a')
  const { received, receives } = await listening(t, url, { space: '?space=a' })
  await ask(url, hcx.use(hcx.unknownToken))
  await ask(url, { ...hcx.use(hcx.unknownToken), url: `/~a${hcx.use('').url}` })
  await receives(1)
  t.match(received(), [{ event: 'request', id: 2, data: { space: 'a', number: 1 } }])
})

t.test('a reconnected listener continues at its last event; lost events are counted', async t => {
  const { url, app } = await serving(t, { keptEvents: 10 })
  for (let each = 0; each < 5; each += 1) await ask(url, hcx.use(hcx.unknownToken))
  const again = await listening(t, url, { last: 3 })
  await again.receives(2)
  t.match(
    again.received().map(({ id }) => id),
    [4, 5]
  )
  for (let each = 0; each < 9; each += 1) app.spaces.get(`space-${each}`)
  await ask(url, { method: 'PUT', url: '/__admin/clock', payload: '{"action":"run"}' })
  const late = await listening(t, url, { last: 3 })
  await late.receives(11)
  t.match(late.received().slice(0, 2), [{ event: 'missed', data: { missed: 2 } }, { id: 6 }])
  const restarted = await listening(t, url, { last: 999_999 })
  await restarted.receives(11)
  t.match(restarted.received()[1], { id: 6 }, 'a number that was never told is of a server before this one')
  const odd = await listening(t, url, { last: Number.NaN })
  await ask(url, hcx.use(hcx.unknownToken))
  await odd.receives(1)
  t.match(odd.received(), [{ id: 16 }])
})

t.test('a limited number of listeners is accepted, and a disconnect makes room', async t => {
  const { url, systemClock } = await wired(t, { eventListeners: 2 })
  const listeners = [await listening(t, url), await listening(t, url)]
  const refused = await ask(url, { method: 'GET', url: '/__admin/events' })
  t.equal(refused.statusCode, 503)
  t.match(JSON.parse(refused.body), {
    title: 'Too many listeners',
    detail: '2 clients are listening already; close one of them.'
  })
  t.equal((await ask(url, { method: 'GET', url: '/__admin/health' })).statusCode, 200)
  listeners[0]?.sent.destroy()
  await until(async () => {
    // A keep-alive comment shows that a client has left.
    systemClock.advance(15_000)
    return (await listening(t, url)).response.statusCode === 200
  })
})

t.test('a slow listener is disconnected before it fills the memory, and others are not affected', async t => {
  const { app, send } = double({ unreadEvents: 20_000 })
  // A client that never reads: its socket takes the first bytes, and no more.
  const unread = new Duplex({ read: () => undefined, write: () => undefined }) as Socket
  const request = Object.assign(new IncomingMessage(unread), { method: 'GET', url: '/__admin/events' })
  const response = new ServerResponse(request)
  response.assignSocket(unread)
  app.handle(request, response)
  await until(() => response.headersSent)
  let events = 0
  for (; !response.destroyed && events < 100; events += 1) await send(hcx.use(hcx.unknownToken))
  t.ok(events > 5 && events < 100, `${events} events`)
  t.equal((await send(hcx.login())).statusCode, 200)
})

t.test('the stream ends at the stop of the server', async t => {
  const { url, close } = await serving(t)
  const { response } = await listening(t, url)
  const ended = once(response, 'end')
  await close()
  await ended
  t.ok(response.complete)
})

t.test('an idle stream sends keep-alive comments', async t => {
  const { app, systemClock, send } = steered()
  const every = systemClock.every.bind(systemClock)
  const periods: number[] = []
  systemClock.every = (ms, task) => {
    periods.push(ms)
    return every(ms, task)
  }
  const received = send({ method: 'GET', url: '/__admin/events' })
  await until(() => periods.includes(15_000))
  systemClock.advance(15_000)
  app.close()
  t.equal((await received).body, ': session-mock\n\n:\n\n')
})

t.test('metrics are in the format of Prometheus', async t => {
  const { ask, send } = steered({ journal: 1 })
  const token = hcx.issued(await send(hcx.login()))
  await send(hcx.use(token))
  await send(hcx.use(hcx.unknownToken))
  await send({ method: 'GET', url: '/nowhere' })
  await ask('POST /sessions?space=a', { product: 'cbrain', login: 'demo' })
  const told = await ask('GET /metrics')
  t.equal(told.type, 'text/plain; version=0.0.4; charset=utf-8')
  const lines = told.text.split('\n')
  for (const line of [
    'session_mock_requests_total{product="hcx",operation="login",outcome="success"} 1',
    'session_mock_requests_total{product="hcx",operation="session",outcome="success"} 1',
    'session_mock_requests_total{product="hcx",operation="session",outcome="refused"} 1',
    'session_mock_requests_total{product="none",operation="none",outcome="unmatched"} 1',
    'session_mock_open_sessions{product="hcx"} 1',
    'session_mock_open_sessions{product="cbrain"} 1',
    'session_mock_open_sessions{product="netbrain"} 0',
    'session_mock_spaces 2',
    'session_mock_journal_dropped_total 3',
    'session_mock_request_duration_seconds_count{product="hcx",operation="login",outcome="success"} 1',
    'session_mock_request_duration_seconds_bucket{le="+Inf",product="hcx",operation="login",outcome="success"} 1'
  ])
    t.ok(lines.includes(line), line)
  for (const line of lines) t.match(line, /^(?:#.*|[a-z_]+(?:\{[^{}]*\})? [\d.e+-]+|)$/)
})

t.test('the stream has the start time of the server', async t => {
  const { url } = await serving(t)
  const { response } = await listening(t, url)
  t.match(response.headers['x-mock-started'], /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
})
