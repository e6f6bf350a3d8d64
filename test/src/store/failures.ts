import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import t, { type Test } from 'tap'
import { start } from '../../../src/index.js'
import type { Driver } from '../../support/driver.js'
import { drivers } from '../../support/drivers.js'
import { engineCommand, engineProcess, noEngine } from '../../support/engine-process.js'
import { replicaGroup } from '../../support/replicas.js'
import { ask } from '../../support/serving.js'
import { until } from '../../support/until.js'

const [, , driver] = drivers as [Driver, Driver, Driver]

/** A way to the engine that a test can slow down or cut. */
const wire = async (t: Test, port: number) => {
  const pairs = new Set<Socket>()
  const state = { delay: 0 }
  const server = createServer(client => {
    const engine = connect(port, '127.0.0.1')
    pairs.add(client)
    for (const [from, to] of [
      [client, engine],
      [engine, client]
    ] as const) {
      from.on('data', data => void setTimeout(() => to.write(data), state.delay))
      from.on('error', () => undefined)
      from.on('close', () => to.destroy())
    }
    client.once('close', () => pairs.delete(client))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    for (const socket of pairs) socket.destroy()
    server.close()
  })
  const cut = () => {
    for (const socket of pairs) socket.destroy()
  }
  return { url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}/0`, state, cut }
}

t.test('an unusable store is reported at the start, without its password', { skip: noEngine }, async t => {
  const { port } = await engineProcess(t)
  const secured = await engineProcess(t, '--requirepass', 'secret-word')
  const bare = await engineProcess(t, '--rename-command', 'EVALSHA', '')
  const replica = await engineProcess(t, '--replicaof', '127.0.0.1', String(port))
  const silent = createServer().listen(0, '127.0.0.1')
  await once(silent, 'listening')
  t.teardown(() => silent.close())
  const silentPort = (silent.address() as AddressInfo).port
  await engineCommand(port, 'SET', 'taken:1:{default}:log', 'something else')
  const rows: readonly (readonly [store: string, words: RegExp, prefix?: string])[] = [
    [
      'redis://127.0.0.1:1/0',
      /^--store redis:\/\/127\.0\.0\.1:1\/0: the connection is refused: nothing listens there$/
    ],
    ['redis://no-such-host.invalid/0', /there is no such host$/],
    [`redis://127.0.0.1:${port}/99`, /it has no database of that number$/],
    [`redis://:wrong-word@127.0.0.1:${secured.port}/0`, /user or password is wrong$/],
    [`redis://127.0.0.1:${secured.port}/0`, /it requires a password$/],
    [`rediss://127.0.0.1:${port}/0`, /no response within 4\.5 s; does that port use TLS\?$/],
    [`redis://127.0.0.1:${silentPort}/0`, /no response (?:in time|within 4\.5 s)$/],
    [`redis://127.0.0.1:${bare.port}/0`, /it lacks the command EVALSHA; Valkey, or Redis 6\.2 or later/],
    [`redis://127.0.0.1:${replica.port}/0`, /it is a read-only replica$/],
    [
      `redis://127.0.0.1:${port}/0`,
      /the key taken:1:\{default\}:log holds a string, which does not belong to session-mock: use another --store-prefix/,
      'taken'
    ],
    ['unix:///no/such.sock', /there is no such socket$/],
    ['http://127.0.0.1/', /^store: expected redis:\/\/host:6379\/0/],
    ['redis://user:pass word@host:port', /^store: expected redis:\/\/host:6379\/0/]
  ]
  for (const [store, words, storePrefix = 'session-mock'] of rows) {
    const error = await start({ store, storePrefix }).then(
      async client => {
        await client.stop()
        return new Error('it has started')
      },
      thrown => thrown as Error
    )
    t.match(error.message, words, store)
    t.notMatch(error.message, /wrong-word|secret-word|pass word/)
  }
})

t.test('replicas with other settings refuse to start, and name the differences', { skip: noEngine }, async t => {
  const { url } = await engineProcess(t)
  await replicaGroup(t, { store: url, journal: 50 }, 1)
  await t.rejects(start({ store: url }), { message: /--journal is 10000 here, and 50 there/ })
  const other = await start({ store: url, storePrefix: 'other' })
  await other.stop()
})

t.test(
  'without the engine, products respond with unavailable, and continue when it is back',
  { skip: noEngine },
  async t => {
    const engine = await engineProcess(t)
    let log = ''
    const output = {
      write: (text: string) => {
        log += text
      }
    }
    const client = await start({ store: engine.url, output, log: 'json' })
    t.teardown(() => client.stop())
    const url = client.url()
    t.ok(driver.succeeded(await ask(url, driver.login())))
    await engine.stop()
    await until(async () => (await fetch(`${url}/__admin/ready`)).status === 503)
    t.match(await (await fetch(`${url}/__admin/ready`)).json(), { ready: false, reason: /^the store cannot be used: / })
    t.equal((await fetch(`${url}/__admin/health`)).status, 200)
    for (const each of drivers) t.equal((await ask(url, each.login())).statusCode, 503, each.product.title)
    t.equal((await fetch(`${url}/__admin/requests`)).status, 503)
    await engine.start()
    await until(async () => (await fetch(`${url}/__admin/ready`)).status === 200)
    await until(async () => driver.succeeded(await ask(url, driver.login())))
    t.equal(log.match(/ is gone: /g)?.length, 1)
    t.equal(log.match(/0 is back"/g)?.length, 1)
  }
)

t.test('an emptied engine makes sessions unknown, and has no other effect', { skip: noEngine }, async t => {
  const { url, port } = await engineProcess(t)
  const { send, control } = await replicaGroup(t, { store: url })
  const token = driver.issued(await send(driver.login()))
  t.ok(driver.succeeded(await send(driver.use(token))))
  await engineCommand(port, 'FLUSHALL')
  for (let turn = 0; turn < 6; turn += 1) t.notOk(driver.succeeded(await send(driver.use(token))))
  t.match((await control('POST /requests/find', { operation: 'session', limit: 1 })).body, {
    requests: [{ why: { reason: 'never-issued' } }]
  })
  const next = driver.issued(await send(driver.login()))
  for (let turn = 0; turn < 3; turn += 1) t.ok(driver.succeeded(await send(driver.use(next))))
})

t.test('a full engine refuses inputs, and keeps its data', { skip: noEngine }, async t => {
  const { url, port } = await engineProcess(t)
  const { send } = await replicaGroup(t, { store: url }, 1)
  const token = driver.issued(await send(driver.login()))
  await engineCommand(port, 'CONFIG', 'SET', 'maxmemory', '1')
  t.equal((await send(driver.use(token))).statusCode, 503)
  await engineCommand(port, 'CONFIG', 'SET', 'maxmemory', '0')
  t.ok(driver.succeeded(await send(driver.use(token))))
})

t.test('a slow engine changes no response', { skip: noEngine }, async t => {
  const { port } = await engineProcess(t)
  const { url, state } = await wire(t, port)
  const { send } = await replicaGroup(t, { store: url })
  const token = driver.issued(await send(driver.login()))
  state.delay = 100
  const replies = await Promise.all(Array.from({ length: 30 }, () => send(driver.logout(token))))
  t.equal(replies.filter(driver.succeeded).length, 1)
})

t.test('connections broken during a script execute nothing twice', { skip: noEngine }, async t => {
  const { port } = await engineProcess(t)
  const { url, state, cut } = await wire(t, port)
  const { send, control } = await replicaGroup(t, { store: url })
  state.delay = 5
  let done = 0
  const logins = Promise.all(
    Array.from({ length: 60 }, async (_, index) => {
      await new Promise(resolve => setTimeout(resolve, index * 10))
      const reply = await send(driver.login())
      done += 1
      return reply
    })
  )
  for (let at = 10; at < 60; at += 10) {
    await until(() => done >= at)
    cut()
  }
  const succeeded = (await logins).filter(driver.succeeded)
  state.delay = 0
  await until(async () => (await control('GET /ready')).status === 200)
  const tokens = new Set(succeeded.map(driver.issued))
  t.equal(tokens.size, succeeded.length)
  for (const token of tokens) t.ok(driver.succeeded(await send(driver.use(token))))
  const { count } = (await control('GET /sessions')).body as { count: number }
  t.ok(count >= tokens.size && count <= 60, `${count} sessions of 60 logins, of which ${tokens.size} were answered`)
})

t.test('an engine in cluster mode is used with scripts of one slot each', { skip: noEngine }, async t => {
  const { url, port } = await engineProcess(t, '--cluster-enabled', 'yes')
  await engineCommand(port, 'CLUSTER', 'ADDSLOTSRANGE', '0', '16383')
  await until(async () => /cluster_state:ok/.test(await engineCommand(port, 'CLUSTER', 'INFO')))
  const { send, control } = await replicaGroup(t, { store: url })
  const login = await send({ ...driver.login(), url: `/~a${driver.login().url}` })
  for (let turn = 0; turn < 3; turn += 1) t.ok(driver.succeeded(await send(driver.use(driver.issued(login)))))
  t.match((await control('GET /spaces')).body, { spaces: [{ name: 'default' }, { name: 'a' }] })
  await control('DELETE /spaces')
})

t.test('the state persists without replicas', { skip: noEngine }, async t => {
  const { url } = await engineProcess(t)
  const first = await start({ store: url })
  const token = driver.issued(await ask(first.url(), driver.login()))
  await ask(first.url(), { ...driver.login(), url: `/~a${driver.login().url}` })
  await first.clock.advance('10m')
  const before = await first.requests.list()
  await first.stop()
  const second = await start({ store: url })
  t.ok(driver.succeeded(await ask(second.url(), driver.use(token))))
  t.strictSame((await second.requests.list()).slice(0, before.length), before)
  t.equal((await second.space('a').sessions.list()).length, 1)
  await second.stop()
  const third = await start({ store: url, storeReset: true })
  t.notOk(driver.succeeded(await ask(third.url(), driver.use(token))))
  await third.stop()
})

t.test('a long log is truncated, and a new replica has the same space', { skip: noEngine }, async t => {
  const { url, port } = await engineProcess(t)
  const { send, clients, urls } = await replicaGroup(t, { store: url, journal: 20 }, 2)
  const [first] = clients
  await first?.clock.advance('10m')
  const token = driver.issued(await send(driver.login()))
  const padding = 'x'.repeat(10_000)
  for (let round = 0; round < 30; round += 1)
    await Promise.all(
      Array.from({ length: 10 }, () => {
        const use = driver.use(token)
        return send({ ...use, headers: { ...use.headers, 'x-padding': padding } })
      })
    )
  await until(
    async () => !/\$1\r\n1\r\n/.test(await engineCommand(port, 'HGET', 'session-mock:1:{default}:meta', 'first'))
  )
  t.match(await engineCommand(port, 'EXISTS', 'session-mock:1:{default}:checkpoint'), /^:1/)
  const later = await start({ store: url, journal: 20 })
  t.teardown(() => later.stop())
  const textOf = async (base: string, path: string) => (await fetch(`${base}/__admin${path}`)).text()
  for (const path of ['/requests', '/sessions/ended', '/scenario'])
    t.equal(await textOf(later.url(), path), await textOf(urls[1] ?? '', path), path)
  const [session] = await later.sessions.list()
  t.equal(session?.uses, 300)
  t.ok(driver.succeeded(await ask(later.url(), driver.use(token))))
  const next = driver.issued(await ask(later.url(), driver.login()))
  t.ok(driver.succeeded(await send(driver.use(next))))
  t.ok(driver.succeeded(await send(driver.use(next))))
})

t.test('a server with another scenario uses that of the store, and logs this', { skip: noEngine }, async t => {
  const { url } = await engineProcess(t)
  const first = await start({ store: url, scenario: 'outage' })
  t.teardown(() => first.stop())
  let log = ''
  const output = {
    write: (text: string) => {
      log += text
    }
  }
  const second = await start({ store: url, output, log: 'json' })
  t.teardown(() => second.stop())
  t.equal((await second.scenario.get()).title, (await first.scenario.get()).title)
  t.match(log, /keeps its scenario, .* is not used; set it by the control API, or reset the store with --store-reset/)
  await second.scenario.set('session-limit')
  t.equal((await first.scenario.get()).title, (await second.scenario.get()).title)
})
