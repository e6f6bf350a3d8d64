import { once } from 'node:events'
import { connect } from 'node:net'
import t, { type Test } from 'tap'
import { Metrics } from '../../src/journal/metrics.js'
import type { Product } from '../../src/product/product.js'
import { systemClock } from '../../src/session/clock.js'
import { toyDriver as client, toy } from '../fixtures/toy.js'
import { double } from '../support/double.js'
import { scenarioOf } from '../support/scenario.js'
import { serving } from '../support/serving.js'
import { until } from '../support/until.js'
import { bytesOf, call, wired } from '../support/wire.js'

const loginForm = (prefer = '') =>
  bytesOf(
    {
      method: 'POST',
      url: '/session',
      headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded', prefer },
      payload: 'login=demo&password=demo'
    },
    'keep-alive'
  )

const statuses = (text: string) => [...text.matchAll(/HTTP\/1\.1 (\d+) /g)].map(([, status]) => Number(status))

/** A server whose waits are over at once, so that nobody waits a second for its interim response. */
const impatient = async (t: Test, scenario: string) => {
  const slept: number[] = []
  const sleep = (ms: number) => new Promise<void>(resolve => setTimeout(resolve, 5)).then(() => void slept.push(ms))
  const { app, url, close } = await serving(t, {
    scenario: scenarioOf(scenario),
    systemClock: { ...systemClock, sleep }
  })
  /** The server has probed a half-closed connection: a second after its FIN, and once more 100 ms later. */
  const hasProbed = () => until(() => slept.includes(1000) && slept.includes(100))
  return { app, port: Number(new URL(url).port), close, hasProbed }
}

const get = (headers = '') => `GET /session HTTP/1.1\r\nHost: x\r\n${headers}\r\n`

t.test('a logout and a use of one token in one packet are handled in order', async t => {
  const { port, send } = await wired(t)
  const login = await send({
    method: 'POST',
    url: '/session',
    headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' },
    payload: 'login=demo&password=demo'
  })
  const authorization = `Authorization: Bearer ${login.json().cbrain_api_token}\r\n`
  const line = call(port, `DELETE /session HTTP/1.1\r\nHost: x\r\n${authorization}\r\n${get(authorization)}`)
  await until(() => statuses(line.received()).length === 2)
  line.socket.destroy()
  t.strictSame(statuses(line.received()), [200, 401])
})

t.test('a request waits for the response to the previous one', async t => {
  const { app, port } = await wired(t, {
    scenario: scenarioOf('rules: [{ on: session, call: 1, then: { hold: gate } }]')
  })
  const space = app.spaces.default
  const line = call(port, get() + get())
  await until(() => space.holds.list().length > 0)
  t.equal(space.journal.size, 0)
  space.holds.release('gate')
  await until(() => statuses(line.received()).length === 2)
  line.socket.destroy()
  t.strictSame(
    space.journal.entries().map(({ number }) => number),
    [1, 2]
  )
})

t.test('pipelined requests of a disconnected client are recorded as left, and not counted as waiting', async t => {
  const { app, port } = await wired(t, { scenario: scenarioOf('rules: [{ on: session, then: { hold: gate } }]') })
  const { holds, journal } = app.spaces.default
  const line = call(port, get() + get())
  await until(() => holds.list().length > 0)
  line.over.catch(() => undefined)
  line.socket.resetAndDestroy()
  await until(() => journal.size === 2)
  t.ok(journal.entries().every(({ left }) => left))
  t.strictSame(holds.list(), [])
})

t.test('a closed connection is detected', async t => {
  const { app, port } = await impatient(t, 'rules: [{ on: session, then: { hold: gate } }]')
  const { holds, journal } = app.spaces.default
  const line = call(port, get() + get())
  await until(() => holds.list().length > 0)
  line.socket.destroy()
  await until(() => journal.size === 2)
  t.ok(journal.entries().every(({ left }) => left))
  t.strictSame(holds.list(), [])
})

t.test('a client that closes only its sending half gets its response', async t => {
  const { port, app } = await wired(t, { scenario: scenarioOf('rules: [{ on: login, then: { hold: gate } }]') })
  const { holds } = app.spaces.default
  const line = call(port, loginForm())
  await until(() => holds.list().length > 0)
  line.socket.end()
  await once(line.socket, 'finish')
  holds.release('gate')
  const { text, end } = await line.over
  t.match(text, /^HTTP\/1\.1 200 OK\r\n[\s\S]*cbrain_api_token/)
  t.equal(end, 'closed')
})

t.test('a half-closed client that still reads gets an interim response, then its response', async t => {
  const { port, app } = await impatient(t, 'rules: [{ on: login, then: { hold: gate } }]')
  const { holds } = app.spaces.default
  const line = call(port, loginForm())
  await until(() => holds.list().length > 0)
  line.socket.end()
  await until(() => line.received() !== '')
  t.equal(line.received(), 'HTTP/1.1 100 Continue\r\n\r\n')
  holds.release('gate')
  t.match((await line.over).text, /^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK\r\n/)
})

t.test('a half-closed client of HTTP/1.0 gets no interim response', async t => {
  const { port, app, hasProbed } = await impatient(t, 'rules: [{ on: login, then: { hold: gate } }]')
  const { holds } = app.spaces.default
  const line = call(port, loginForm().replace('HTTP/1.1', 'HTTP/1.0'))
  await until(() => holds.list().length > 0)
  line.socket.end()
  await hasProbed()
  holds.release('gate')
  t.match((await line.over).text, /^HTTP\/1\.1 200 OK\r\n/)
})

t.test('a half-closed client gets no interim response before a rule breaks the connection', async t => {
  const scenario = 'rules: [{ on: login, then: { hold: gate, connection: empty } }]'
  const { port, app, hasProbed } = await impatient(t, scenario)
  const { holds } = app.spaces.default
  const line = call(port, loginForm())
  await until(() => holds.list().length > 0)
  line.socket.end()
  await hasProbed()
  holds.release('gate')
  t.equal((await line.over).text, '')
})

t.test('a half-closed client on a hanging connection gets nothing', async t => {
  const { port, app, hasProbed, close } = await impatient(t, 'rules: [{ on: login, then: { connection: hang } }]')
  const line = call(port, loginForm())
  await until(() => app.spaces.default.journal.size > 0)
  line.socket.end()
  await hasProbed()
  await close()
  t.equal((await line.over).text, '')
})

t.test('a half-closed client gets every piece of a body that is sent slowly', async t => {
  const { port, app, hasProbed } = await impatient(
    t,
    'rules: [{ on: login, then: { headers: { Connection: close }, dribble: { chunks: 300, over: 5m } } }]'
  )
  const line = call(port, loginForm())
  await until(() => app.spaces.default.journal.size > 0)
  line.socket.end()
  await hasProbed()
  t.match((await line.over).text, /cbrain_api_token":"[0-9a-f]{32}"\}$/)
})

t.test('reading pauses on a connection with too many pipelined requests', async t => {
  const { app, url } = await serving(t, {
    limits: { maxPipelined: 10 },
    journal: 5,
    scenario: scenarioOf('rules: [{ on: session, call: 1, then: { hold: gate } }]')
  })
  const { holds } = app.spaces.default
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  let answered = 0
  socket.setEncoding('latin1').on('data', text => {
    answered += statuses(String(text)).length
  })
  const most = 300_000
  const batch = get().repeat(1000)
  for (let sent = 0; sent < most; sent += 1000) socket.write(batch)
  await until(() => holds.list().length > 0)
  const written = socket.bytesWritten
  t.ok(socket.writableLength > (most * get().length) / 4, `${socket.writableLength} of ${written} bytes are unread`)
  holds.release('gate')
  await until(() => answered > 5000)
  socket.destroy()
})

for (const [what, path, status] of [
  ['no product’s path', '/nowhere', 404],
  ['a path of the control API that takes a body', '/__admin/reset', 413],
  ['a path that the control API does not have', '/__admin/nowhere', 404]
] as const)
  t.test(`an endless body to ${what} is refused at the limit, and the connection is closed`, async t => {
    const { url } = await serving(t, { bodyLimit: 1000 })
    const line = call(
      Number(new URL(url).port),
      `POST ${path} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n400\r\n${'x'.repeat(1024)}\r\n`
    )
    const received = (await line.over).text
    t.match(received, new RegExp(`^HTTP/1\\.1 ${status} [\\s\\S]*Connection: close`))
  })

for (const [where, isRefused] of [
  ['one answer', (status: number) => status === 200],
  ['every answer', () => true]
] as const)
  t.test(`an invalid header on ${where} is a server error of that request only`, async t => {
    const product: Product = {
      ...toy,
      headers: ({ request }, { status }) => (request.url.includes('?') && isRefused(status) ? { 'X-User': 'Zoëł' } : {})
    }
    const { send, app } = double({ products: [product] })
    const logins = ['', '?odd', ''].map(query => send({ ...client.login(), url: `/toy/knock${query}` }))
    const replies = await Promise.all(logins)
    t.strictSame(
      replies.map(({ statusCode }) => statusCode),
      [200, 500, 200]
    )
    t.equal(replies[1]?.body, where === 'one answer' ? 'no: server-error\n' : '')
    t.match(
      app.spaces.default.journal.entries().find(({ url }) => url.includes('?')),
      { answer: { status: 500 }, failure: 'server-error', why: { reason: 'bug' } }
    )
  })

t.test('an error of an exchange listener is logged once, and the exchange continues', async t => {
  const bugs: unknown[] = []
  const boom = new Error('boom')
  const { send, app } = double({
    products: [toy],
    bug: error => bugs.push(error),
    onExchange: () => {
      throw boom
    }
  })
  t.equal((await send(client.login())).statusCode, 200)
  t.strictSame(bugs, [boom])
  t.equal(app.spaces.default.journal.size, 1)
})

t.test('a throwing event listener is removed, and the exchange continues', async t => {
  const bugs: unknown[] = []
  const boom = new Error('boom')
  const { send, app } = double({
    products: [toy],
    bug: error => bugs.push(error),
    onEvent: () => {
      throw boom
    }
  })
  t.equal((await send(client.login())).statusCode, 200)
  t.equal((await send(client.login())).statusCode, 200)
  t.strictSame(bugs, [boom], 'once')
  t.equal(app.spaces.default.journal.size, 2)
})

t.test('an error in the metrics is logged, and the exchange continues', async t => {
  const bugs: unknown[] = []
  const boom = new Error('boom')
  const { count } = Metrics.prototype
  t.teardown(() => {
    Metrics.prototype.count = count
  })
  Metrics.prototype.count = () => {
    throw boom
  }
  const { send } = double({ products: [toy], bug: error => bugs.push(error) })
  t.equal((await send(client.login())).statusCode, 200)
  t.strictSame(bugs, [boom])
})

t.test('a login whose connection is reset right behind it has an address', async t => {
  const { app, port } = await wired(t)
  const { journal, sessions } = app.spaces.default
  for (let number = 1; number <= 20; number += 1) {
    const line = call(port, '')
    line.over.catch(() => undefined)
    await once(line.socket, 'connect')
    await new Promise<void>(written => line.socket.write(loginForm(), () => written()))
    line.socket.resetAndDestroy()
    await until(() => journal.size === number)
  }
  t.ok(sessions.list(0).every(({ address }) => address === '127.0.0.1' || address === 'unknown'))
  t.equal(sessions.list(0).length, 20)
})

t.test('a foreign host name is refused also in a pipelined request whose connection is reset', async t => {
  const { app, port } = await wired(t, {
    scenario: scenarioOf('rules: [{ on: session, call: 1, then: { hold: gate } }]')
  })
  const space = app.spaces.default
  const status = 'GET /__admin/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'
  // The control API is loaded by its first request.
  t.match((await call(port, status).over).text, /^HTTP\/1\.1 200 /)
  const reset = 'POST /__admin/reset HTTP/1.1\r\nHost: evil.com\r\nContent-Length: 0\r\n\r\n'
  const line = call(port, get() + reset + get())
  await until(() => space.holds.list().length > 0)
  line.over.catch(() => undefined)
  line.socket.resetAndDestroy()
  await until(() => space.journal.size === 2)
  t.match((await call(port, status).over).text, /^HTTP\/1\.1 200 /)
  t.equal(space.generation, 0)
})

t.test('a request that the HTTP parser refuses is logged, at most once a minute', async t => {
  const hints: string[] = []
  let elapsed = 0
  const { url } = await serving(t, {
    hint: sentence => hints.push(sentence),
    systemClock: { ...systemClock, elapsed: () => elapsed }
  })
  const { port } = new URL(url)
  const refused = `a request of 127.0.0.1 to port ${port} is refused`
  const say = (bytes: string) => call(Number(port), bytes).over
  for (const _each of 'abc') t.match((await say('FOO / HTTP/1.1\r\n\r\n')).text, /^HTTP\/1\.1 400 /)
  t.match((await say(get(`X-Big: ${'x'.repeat(100_000)}\r\n`))).text, /^HTTP\/1\.1 431 /)
  t.match(hints, [
    `${refused} with 400: it is not HTTP/1.1 (Invalid method encountered)`,
    `${refused} with 431: its headers are too large; see --max-header-size`
  ])
  elapsed = 60_000
  await say('BAR / HTTP/1.1\r\n\r\n')
  t.match(hints[2], / \(and 2 more since the last of these\)$/)
})

t.test('an unknown expectation and a tunnel are refused, with a row', async t => {
  const { app, port } = await wired(t)
  const { journal } = app.spaces.default
  const cake = await call(port, loginForm().replace('\r\n', '\r\nExpect: cake\r\n')).over
  t.match(cake.text, /^HTTP\/1\.1 417 [\s\S]*"detail": "The header Expect: cake is not supported, only 100-continue."/)
  const tunnel = await call(port, 'CONNECT example.com:443 HTTP/1.1\r\nHost: x\r\n\r\n').over
  t.match(tunnel.text, /^HTTP\/1\.1 501 [\s\S]*"detail": "The client asks for a tunnel: /)
  const { text } = await call(port, `${get()}CONNECT example.com:443 HTTP/1.1\r\nHost: x\r\n\r\n`).over
  t.notMatch(text, / 501 /, 'one behind another request closes the connection')
  t.match(journal.entries(), [
    { method: 'POST', url: '/session', answer: { status: 417 }, why: { reason: 'unmet-expectation' } },
    { method: 'CONNECT', url: 'example.com:443', answer: { status: 501 }, why: { reason: 'no-proxy' } }
  ])
  t.strictSame(app.spaces.default.sessions.list(0), [])
})
