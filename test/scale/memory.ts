// What is about memory: in a process of its own.
import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { connect } from 'node:net'
import t from 'tap'
import { BoundedMap } from '../../src/base/collections.js'
import { type Policy, Session, SessionStore } from '../../src/session/session-store.js'
import { startCommand } from '../support/command.js'
import { retainedBytes } from '../support/heap.js'
import { serving } from '../support/serving.js'
import { until } from '../support/until.js'

const minutes = 60_000
const policy: Policy = {
  idle: 30 * minutes,
  lifetime: Number.POSITIVE_INFINITY,
  renewed: true,
  limit: Number.POSITIVE_INFINITY,
  pinned: false
}

t.test('a large run is streamed: memory does not grow with its size', async t => {
  const file = `${t.testdir({})}/run.json`
  const out = createWriteStream(file)
  const row = JSON.stringify({ number: 1, body: 'x'.repeat(100_000) })
  out.write(`{"version":"1.2.3","startedAt":"x","scenario":{"title":"x"},"rows":[${row}`)
  for (let each = 1; each < 1000; each += 1) if (!out.write(`,${row}`)) await once(out, 'drain')
  out.end(']}')
  await once(out, 'finish')
  const { url, out: said } = await startCommand(t, ['show', file])
  t.match(said(), '1000 requests')
  let most = 0
  let bytes = 0
  for await (const chunk of (await fetch(`${url}/run.json`)).body ?? []) {
    bytes += chunk.length
    const { heapUsed, external } = process.memoryUsage()
    most = Math.max(most, heapUsed + external)
  }
  t.ok(bytes > 100_000_000)
  t.ok(most < 300_000_000, `${most}`)
})

t.test('responses are not generated faster than the client reads', async t => {
  const { url } = await serving(t)
  const socket = connect(Number(new URL(url).port), '127.0.0.1').pause()
  const one = 'GET /__admin/openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n'
  await fetch(`${url}/__admin/openapi.json`)
  const { external: bytes, heapUsed: heap } = process.memoryUsage()
  const before = bytes + heap
  socket.write(one.repeat(2000))
  await until(() => socket.bytesWritten > 0)
  await until(async () => (await fetch(`${url}/__admin/health`)).status === 200)
  const { external, heapUsed } = process.memoryUsage()
  t.ok(external + heapUsed - before < 50_000_000, `${external + heapUsed - before} bytes`)
  socket.destroy()
})

t.test('a key that is set repeatedly retains no memory', async t => {
  const map = new BoundedMap<number>(10)
  for (let key = 0; key < 11; key += 1) map.set(`first ${key}`, key)
  const before = await retainedBytes()
  for (let turn = 0; turn < 50_000; turn += 1) map.set('again', turn)
  t.ok((await retainedBytes()) - before < 1_000_000)
  t.equal(map.get('again'), 49_999)
})

t.test('a token that is opened and ended repeatedly retains no memory', async t => {
  const sessions = new SessionStore({ remember: 100 })
  const turn = (at: number) => {
    sessions.open(new Session('shop', 'a', 'norm', 'home', at, policy), at)
    sessions.end('shop', 'a', { cause: 'logged-out', at })
  }
  turn(0)
  const before = await retainedBytes()
  for (let at = 1; at < 50_000; at += 1) turn(at)
  t.ok((await retainedBytes()) - before < 1_000_000)
})
