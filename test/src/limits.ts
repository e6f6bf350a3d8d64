import { fork } from 'node:child_process'
import { once } from 'node:events'
import { Agent } from 'node:http'
import { connect, type Socket } from 'node:net'
import t from 'tap'
import { flagOf } from '../../src/config/settings.js'
import { tlsIdentity } from '../../src/server/identity.js'
import { systemClock } from '../../src/session/clock.js'
import { ask, serving, talk } from '../support/serving.js'

const who = { method: 'GET', url: '/session' } as const
const late = 'HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n'

/** The response to a client that sends a byte now and then, for ever. */
const dribbling = async (url: string, bytes: string): Promise<string> => {
  const { hostname, port } = new URL(url)
  const socket = connect({ host: hostname, port: Number(port) })
  let received = ''
  socket.setEncoding('latin1').on('data', text => {
    received += text
  })
  socket.on('error', () => undefined)
  socket.write(bytes)
  const stop = systemClock.every(10, () => void (socket.writable && socket.write('x')))
  await once(socket, 'close')
  stop()
  return received
}

t.test('a slow request is closed at its time limit, and others are not affected', async t => {
  const { url, app } = await serving(t, { limits: { headersTimeout: 100, requestTimeout: 200 } })
  const slow = Promise.all([
    dribbling(url, 'GET /session HTTP/1.1\r\nHost: x\r\nX-Slow: '),
    dribbling(url, 'POST /session HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n'),
    talk(url, ''),
    talk(url, 'GET /ses')
  ])
  t.equal((await ask(url, who)).statusCode, 401)
  t.same(await slow, [late, late, late, late])
  t.strictSame(await app.spaces.default.sessions.list(0), [])
  t.equal((await ask(url, who)).statusCode, 401)
})

t.test('an idle connection to the HTTPS port is closed at its time limit', async t => {
  const tls = await tlsIdentity({ names: [], min: '1.2', now: systemClock.now() })
  const { url } = await serving(t, { listeners: [{ port: 0, tls }], limits: { headersTimeout: 100 } })
  for (const bytes of ['', '\x16', '\x16\x03\x01\x00\xc8']) t.equal(await talk(url, bytes), '', JSON.stringify(bytes))
})

t.test('a connection without a new request is closed at its time limit', async t => {
  const { url } = await serving(t, { limits: { keepAliveTimeout: 50 } })
  t.match(await talk(url, 'GET /session HTTP/1.1\r\nHost: x\r\n\r\n'), /^HTTP\/1\.1 401 /)
})

t.test('headers are accepted up to the limit', async t => {
  const { url } = await serving(t, { limits: { maxHeaderSize: 2048 } })
  const sized = (size: number) => ask(url, { ...who, headers: { 'x-big': 'x'.repeat(size) } })
  t.equal((await sized(1500)).statusCode, 401)
  t.equal((await sized(3000)).statusCode, 431)
})

t.test('connections over the limit are closed, and logged once until there is room', async t => {
  const hints: string[] = []
  const { url } = await serving(t, { limits: { maxConnections: 2 }, hint: sentence => hints.push(sentence) })
  const crowd = [await dial(url), await dial(url)]
  for (const _each of 'ab') await t.rejects(ask(url, who), { code: /ECONNRESET|EPIPE/ })
  t.same(hints, [
    `a port has 2 connections, the limit; further ones are closed; see ${flagOf('maxConnections')} and ulimit -n`
  ])
  for (const socket of crowd) await leave(socket)
  t.equal((await ask(url, who, new Agent())).statusCode, 401)
})

t.test('connections beyond the open files of the process are closed by the server, and logged', async t => {
  const hints: string[] = []
  const { url } = await serving(t, { openFiles: 65, hint: sentence => hints.push(sentence) })
  await dial(url)
  await t.rejects(ask(url, who), { code: /ECONNRESET|EPIPE/ })
  t.match(hints, [/^a port has 1 connections, the limit; .* ulimit -n$/])
})

t.test('ten thousand idle connections do not affect others', async t => {
  const { url, close } = await serving(t)
  const crowd = fork(new URL('../support/crowd.mjs', import.meta.url), [url, '10000'], { execArgv: [] })
  t.teardown(() => crowd.kill())
  const [count] = await once(crowd, 'message')
  t.ok(count > 0, `${count} connections are open`)
  t.equal((await ask(url, who)).statusCode, 401)
  await close()
  const [code] = await once(crowd, 'exit')
  t.equal(code, 0, 'all are closed at the end')
})

t.test('TLS on a plain HTTP port is refused, and logged with the valid scheme', async t => {
  const hints: string[] = []
  const { url } = await serving(t, { hint: sentence => hints.push(sentence) })
  t.match(await talk(url, Buffer.from('16030100c8010000c40303', 'hex')), /^HTTP\/1\.1 400 /)
  const { port } = new URL(url)
  t.same(hints, [
    `127.0.0.1 sent TLS to port ${port}, which is for plain HTTP: begin its URL with http://, or add a port for HTTPS with --https-port`
  ])
})

const dial = async (url: string): Promise<Socket> => {
  const { hostname, port } = new URL(url)
  const socket = connect({ host: hostname, port: Number(port) })
  await once(socket, 'connect')
  return socket
}

const leave = async (socket: Socket): Promise<void> => {
  socket.end()
  await once(socket.resume(), 'close')
}
