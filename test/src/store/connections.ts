import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { start } from '../../../src/index.js'
import { Authority } from '../../../src/server/authority.js'
import type { Driver } from '../../support/driver.js'
import { drivers } from '../../support/drivers.js'
import { engineCommand, engineProcess, freePort, noEngine } from '../../support/engine-process.js'
import { replicaGroup } from '../../support/replicas.js'
import { ask } from '../../support/serving.js'

const [, , driver] = drivers as [Driver, Driver, Driver]

/** The path of a socket has 107 bytes at most, so it is in no folder of the tests. */
const shortFolder = (t: Test): string => {
  const folder = mkdtempSync(join(tmpdir(), 'sm-'))
  t.teardown(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Replicas share their sessions by this store. */
const sharesSessions = async (t: Test, options: { readonly store: string; readonly storeCa?: string }) => {
  const { send } = await replicaGroup(t, options, 2)
  const token = driver.issued(await send(driver.login()))
  for (let turn = 0; turn < 4; turn += 1) t.ok(driver.succeeded(await send(driver.use(token))))
}

t.test('an engine behind a Unix socket is shared, with its database', { skip: noEngine }, async t => {
  const socket = join(shortFolder(t), 'engine.sock')
  const { port } = await engineProcess(t, '--unixsocket', socket)
  await sharesSessions(t, { store: `unix://${socket}?db=3` })
  t.match(await engineCommand(port, 'INFO', 'keyspace'), /^db3:keys=/m)
  t.notMatch(await engineCommand(port, 'INFO', 'keyspace'), /^db0:/m)
})

t.test('an engine with user and password is shared', { skip: noEngine }, async t => {
  const user = 'mock on >p@ss:word ~session-mock:* &session-mock:* +@all'
  const { port } = await engineProcess(t, '--user', ...user.split(' '), '--user', 'default', 'off')
  await sharesSessions(t, { store: `redis://mock:p%40ss%3Aword@127.0.0.1:${port}/0` })
})

t.test('an engine with TLS is trusted by its authority only', { skip: noEngine }, async t => {
  const folder = shortFolder(t)
  const file = (name: string, text: string): string => {
    const path = join(folder, name)
    writeFileSync(path, text)
    return path
  }
  const authority = await Authority.create(Date.now())
  const { cert, key } = await authority.issue(['localhost', '127.0.0.1'], Date.now())
  const ca = file('ca.pem', authority.identity.cert)
  const other = file('other.pem', (await Authority.create(Date.now())).identity.cert)
  const files = ['--tls-cert-file', file('cert.pem', cert), '--tls-key-file', file('key.pem', key)]
  const port = await freePort()
  await engineProcess(t, '--tls-port', String(port), ...files, '--tls-ca-cert-file', ca, '--tls-auth-clients', 'no')
  await sharesSessions(t, { store: `rediss://127.0.0.1:${port}/0`, storeCa: ca })
  await sharesSessions(t, { store: `valkeys://localhost:${port}/0`, storeCa: ca })
  await t.rejects(start({ store: `rediss://127.0.0.1:${port}/0`, storeCa: other }), { message: /certificate/ })
  await t.rejects(start({ store: `rediss://127.0.0.1:${port}/0` }), { message: /certificate/ })
})

t.test('the keys of a space expire after --store-ttl', { skip: noEngine }, async t => {
  const { url, port } = await engineProcess(t)
  const client = await start({ store: url, storeTtl: '2h' })
  t.teardown(() => client.stop())
  const login = await ask(client.url(), { ...driver.login(), url: `/~a${driver.login().url}` })
  t.ok(driver.succeeded(login))
  const keys = (await engineCommand(port, 'KEYS', '*')).split('\r\n').filter(line => line.startsWith('session-mock:'))
  t.ok(keys.includes('session-mock:1:{a}:log') && keys.some(key => key.startsWith('session-mock:1:token:')))
  for (const key of keys) {
    const left = Number(/^:(-?\d+)/.exec(await engineCommand(port, 'PTTL', key))?.[1])
    t.ok(left > 7_100_000 && left <= 7_200_000, `${key} is kept for ${left} ms more`)
  }
})

t.test('another version of session-mock is refused, and changes nothing', { skip: noEngine }, async t => {
  const { url, port } = await engineProcess(t)
  const first = await start({ store: url })
  await first.stop()
  await engineCommand(port, 'HSET', 'session-mock:1:{:}:meta', 'version', '99.0.0')
  await t.rejects(start({ store: url }), {
    message:
      /it is used by session-mock 99\.0\.0, and this is \d+\.\d+\.\d+: run the same version everywhere, or reset the store with --store-reset$/
  })
  t.match(await engineCommand(port, 'HGET', 'session-mock:1:{:}:meta', 'version'), /99\.0\.0/)
  const anew = await start({ store: url, storeReset: true })
  t.ok(driver.succeeded(await ask(anew.url(), driver.login())))
  await anew.stop()
})
