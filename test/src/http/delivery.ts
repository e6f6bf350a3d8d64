import { type IncomingMessage, request } from 'node:http'
import { connect } from 'node:net'
import t, { type Test } from 'tap'
import { createApp } from '../../../src/app.js'
import { faultNames } from '../../../src/http/fault-names.js'
import { listen } from '../../../src/server/listeners.js'
import { systemClock } from '../../../src/session/clock.js'
import type { Request } from '../../support/driver.js'
import { products } from '../../support/known-products.js'
import { scenarioOf } from '../../support/scenario.js'
import { until } from '../../support/until.js'
import { ask, bytesOf, call, type Received, replyOf, wired } from '../../support/wire.js'

/** A login to CBRAIN that asks for a fault. */
const login = (prefer: string, more: Partial<Request> = {}): Request => ({
  method: 'POST',
  url: '/session',
  headers: { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded', prefer },
  payload: 'login=demo&password=demo',
  ...more
})

/** Requests whose answers have no body that a client would read, each in its own way. */
const bodiless: Readonly<Record<string, (prefer: string) => Request>> = {
  'a 204': prefer => login(`status=204, ${prefer}`),
  'a 304': prefer => login(`status=304, ${prefer}`),
  'the answer to a HEAD': prefer => login(prefer, { method: 'HEAD' as 'GET', url: '/session?login=demo', payload: '' }),
  'an empty 401': prefer => login(prefer, { payload: 'login=demo&password=wrong' })
}

const answers = { 'an answer with a body': login, ...bodiless }

/** What a client that wants whole answers makes of one: its status, or the code of what went wrong. */
const fetched = (port: number, { method, url, headers, payload }: Request): Promise<string> =>
  new Promise(resolve => {
    const failed = (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message)
    request({ port, method, path: url, headers, agent: false }, (response: IncomingMessage) => {
      response.on('error', failed).on('end', () => resolve(`whole ${response.statusCode}`))
      response.resume()
    })
      .on('error', failed)
      .end(payload)
  })

const errors = {
  reset: ['ECONNRESET'],
  empty: ['ECONNRESET'],
  truncate: ['ECONNRESET', 'HPE_INVALID_EOF_STATE'],
  garbage: ['HPE_INVALID_CONSTANT'],
  malformed: ['HPE_INVALID_CHUNK_SIZE', 'HPE_INVALID_HEADER_TOKEN']
}

for (const [name, asking] of Object.entries(answers))
  t.test(`clients detect a broken connection within ${name}`, async t => {
    const { port } = await wired(t)
    t.match(await fetched(port, asking('delay=1ms')), /^whole \d+$/)
    for (const [fault, codes] of Object.entries(errors)) {
      const said = await fetched(port, asking(`connection=${fault}`))
      t.ok(codes.includes(said), `${fault}: ${said}`)
    }
  })

for (const [name, asking] of Object.entries(bodiless))
  t.test(`${name} that is truncated has fewer bytes than announced`, async t => {
    const { port } = await wired(t)
    const { text, end } = await ask(port, asking('connection=truncate'))
    t.equal(end, 'closed')
    t.match(text, /^HTTP\/1\.1 (?:204|304|401) .*\r\n(?:.*\r\n)*Content-Length: [1-9]\d*\r\n(?:\r\n)?$/)
  })

t.test('a response is truncated within its bytes', async t => {
  const { port } = await wired(t, {
    scenario: scenarioOf(`
      rules:
        - { on: login, call: 1, then: { reply: { body: été }, connection: truncate } }
        - { on: login, call: 2, then: { reply: { body: x }, connection: truncate } }
    `)
  })
  const sent = async () => replyOf(await ask(port, login('')))
  t.match(await sent(), { headers: { date: / GMT$/, 'content-length': '5' }, body: '\xc3\xa9' })
  t.match(await sent(), { headers: { date: / GMT$/, 'content-length': '1' }, body: '' })
})

t.test('garbage and malformed chunks are the same bytes on every run', async t => {
  const told = async (fault: string) => ask((await wired(t)).port, login(`connection=${fault}`))
  for (const fault of ['garbage', 'malformed']) t.strictSame(await told(fault), await told(fault))
})

t.test('the connection closes cleanly even if the client is still sending', async t => {
  const { port } = await wired(t, { bodyLimit: 100 })
  for (const fault of ['empty', 'truncate', 'garbage', 'malformed']) {
    const received = await sendAll(port, bytesOf(login(`connection=${fault}`, { payload: 'x'.repeat(8_000_000) })))
    t.equal(received.end, 'closed', fault)
  }
})

/** Sends every byte whatever comes back, and only then says how the connection ended. */
const sendAll = (port: number, text: string): Promise<Received> =>
  new Promise(resolve => {
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true })
    let received = ''
    let end: Received['end'] = 'closed'
    socket.setEncoding('latin1').on('data', (chunk: string) => {
      received += chunk
    })
    socket.on('error', () => {
      end = 'reset'
    })
    socket.on('close', () => resolve({ text: received, end }))
    socket.end(text)
  })

for (const fault of faultNames)
  t.test(`responses before a broken one (${fault}) are complete and in order`, async t => {
    const { app, port, close } = await wired(t, {
      scenario: scenarioOf('rules: [{ on: login, call: 1, then: { hold: gate } }]')
    })
    const { holds } = app.spaces.default
    const requests = [bytesOf(login(''), 'keep-alive'), bytesOf(login(`connection=${fault}`), 'keep-alive')]
    const line = call(port, requests.join(''))
    await until(() => holds.list().length > 0)
    t.equal(line.received(), '')
    t.ok(line.socket.readable)
    holds.release('gate')
    await until(() => line.received().includes('cbrain_api_token'))
    if (fault === 'hang') await close()
    const { text } = await line.over
    t.match(text, /^HTTP\/1\.1 200 OK\r\n[\s\S]*\r\n\r\n\{"user_id":1,"cbrain_api_token":"[0-9a-f]{32}"\}/)
  })

t.test('any number of connections can hang, until a disconnect or the stop of the server', async t => {
  const { app, port, close } = await wired(t)
  const warnings: string[] = []
  const warned = ({ message }: Error) => warnings.push(message)
  process.on('warning', warned)
  t.teardown(() => process.off('warning', warned))
  const lines = Array.from({ length: 20 }, () => call(port, bytesOf(login('connection=hang'))))
  await until(() => app.spaces.default.journal.size === lines.length)
  t.ok(lines.every(({ socket, received }) => socket.readable && received() === ''))
  lines[0]?.socket.destroy()
  await close()
  await Promise.all(lines.slice(1).map(({ over }) => over))
  t.strictSame(warnings, [])
})

t.test('hanging and held requests end at the stop of the server', async t => {
  const { app, port } = await wired(t, { scenario: scenarioOf('rules: [{ on: logout, then: { hold: gate } }]') })
  app.close()
  t.equal((await ask(port, login('connection=hang'))).text, '')
  t.match((await ask(port, login('', { method: 'DELETE', payload: '' }))).text, /^HTTP\/1\.1 401 /)
})

t.test('a dribbled body has the requested number of pieces within the requested time', async t => {
  const { port, systemClock } = await wired(t, {
    scenario: scenarioOf('rules: [{ on: login, then: { dribble: { chunks: 4, over: 45ms } } }]')
  })
  const { text } = await call(port, bytesOf(login(''))).over
  t.strictSame(systemClock.slept, [15, 15, 15], 'the waits between the four pieces')
  t.match(text, /\r\n\r\n\{"user_id":1,"cbrain_api_token":"[0-9a-f]{32}"\}$/)
})

t.test('pieces of a body that is not sent cause no delay', async t => {
  const { port, systemClock } = await wired(t, {
    scenario: scenarioOf('rules: [{ on: cbrain, then: { dribble: { chunks: 4, over: 2s } } }]')
  })
  for (const asking of Object.values(bodiless)) t.match(await fetched(port, asking('foo=bar')), /^whole/)
  t.strictSame(systemClock.slept, [])
})

t.test('a disconnect ends the waits of its request', async t => {
  const { app, port, close } = await realTime(
    t,
    `rules:
       - { on: login, call: 1, then: { dribble: { chunks: 2, over: 1h } } }
       - { on: login, call: 2, then: { delay: 1h } }
       - { on: login, call: 3, then: { hold: gate } }`
  )
  const lines = [1, 2, 3].map(() => call(port, bytesOf(login(''))))
  const { holds } = app.spaces.default
  // The held one has come last.
  await until(() => lines.some(({ received }) => received() !== '') && holds.list().length > 0)
  for (const { socket } of lines) socket.destroy()
  await close()
  t.strictSame(holds.list(), [])
})

/** The app as it is served to people: its waits are real. */
const realTime = async (t: Test, scenario: string) => {
  const app = createApp({ products, scenario: scenarioOf(scenario), systemClock })
  const { listeners, close } = await listen(app, {
    host: '127.0.0.1',
    listeners: [{ port: 0 }],
    systemClock,
    grace: 60_000
  })
  t.teardown(close)
  return { app, port: listeners[0]?.port ?? 0, close }
}
