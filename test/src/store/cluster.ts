import { join } from 'node:path'
import t, { type Test } from 'tap'
import { start } from '../../../src/index.js'
import { Authority } from '../../../src/server/authority.js'
import type { Driver, Request } from '../../support/driver.js'
import { drivers } from '../../support/drivers.js'
import {
  addReplica,
  type ClusterNode,
  clusterNodes,
  makeCluster,
  untilReplicated
} from '../../support/engine-cluster.js'
import { engineCommand, noEngine } from '../../support/engine-process.js'
import { replicaGroup } from '../../support/replicas.js'
import { ask } from '../../support/serving.js'
import { until } from '../../support/until.js'

const [, , driver] = drivers as [Driver, Driver, Driver]

/** Spaces in the slots 3300, 7365 and 15495, of the first, second and third node; the registry is in the slot 5913. */
const spaces = ['b', 'c', 'a'] as const

const inSpace = (name: string, request: Request): Request => ({ ...request, url: `/~${name}${request.url}` })

const isOn = async ({ port }: ClusterNode, key: string): Promise<boolean> =>
  (await engineCommand(port, 'EXISTS', key)).startsWith(':1')

/** The files of a certificate for 127.0.0.1. */
const tlsFiles = async (t: Test) => {
  const authority = await Authority.create(Date.now())
  const { cert, key } = await authority.issue(['127.0.0.1'], Date.now())
  const folder = t.testdir({ ca: authority.identity.cert, cert, key })
  return { ca: join(folder, 'ca'), cert: join(folder, 'cert'), key: join(folder, 'key') }
}

/** Adds a user with a password, without whom no script and no subscription is permitted. */
const protect = async ({ port }: ClusterNode): Promise<void> => {
  const user = 'on >secret-word ~session-mock:* &* +@all'
  await engineCommand(port, 'ACL', 'SETUSER', 'mock', ...user.split(' '))
  await engineCommand(port, 'ACL', 'SETUSER', 'default', '-@scripting', 'resetchannels')
}

t.test('a cluster of three nodes is the store of two replicas', { skip: noEngine }, async t => {
  const { ca, cert, key } = await tlsFiles(t)
  const tls = ['--tls-cert-file', cert, '--tls-key-file', key, '--tls-ca-cert-file', ca, '--tls-auth-clients', 'no']
  const all = await clusterNodes(t, 4, '--cluster-require-full-coverage', 'no', ...tls)
  const [first, second, third, replica] = all as [ClusterNode, ClusterNode, ClusterNode, ClusterNode]
  const nodes = [first, second, third]
  await makeCluster(nodes)
  await addReplica(nodes, third, replica)
  for (const node of all) await protect(node)
  const store = `redis://mock:secret-word@127.0.0.1:${first.port}/0`

  await t.test('only database 0 is accepted', async t => {
    await t.rejects(start({ store: store.replace(/0$/, '1') }), {
      message: /^--store redis:\/\/127\.0\.0\.1:\d+\/1: it is a cluster, which has database 0 only$/
    })
  })

  await t.test('spaces on different nodes are shared', async t => {
    const { send, control, clients } = await replicaGroup(t, { store }, 2)
    for (const [index, name] of spaces.entries()) {
      const token = driver.issued(await send(inSpace(name, driver.login())))
      for (let turn = 0; turn < 4; turn += 1) t.ok(driver.succeeded(await send(driver.use(token))), name)
      const logouts = await Promise.all(Array.from({ length: 100 }, () => send(inSpace(name, driver.logout(token)))))
      t.equal(logouts.filter(driver.succeeded).length, 1, name)
      t.ok(await isOn(all[index] as ClusterNode, `session-mock:1:{${name}}:log`), `${name} is on the node ${index}`)
    }
    const names = (await control('GET /spaces')).body.spaces as { readonly name: string }[]
    t.strictSame(names.map(({ name }) => name).sort(), ['a', 'b', 'c', 'default'])
    t.equal((await control('GET /ready')).status, 200)
    for (const client of clients) t.equal((await client.space('a').requests.find({ operation: 'logout' })).length, 100)
  })

  await t.test('events of all spaces arrive at each replica', async t => {
    const { urls } = await replicaGroup(t, { store }, 2)
    const [one = '', other = ''] = urls
    const stop = new AbortController()
    const response = await fetch(`${one}/__admin/events`, { signal: stop.signal })
    t.equal(response.status, 200)
    let seen = ''
    const reading = response.body?.pipeThrough(new TextDecoderStream()).pipeTo(
      new WritableStream({
        write: text => {
          seen += text
        }
      })
    )
    for (const name of spaces) {
      t.ok(driver.succeeded(await ask(other, inSpace(name, driver.login()))))
      await until(() => seen.includes(`"space":"${name}"`))
    }
    const ended = t.rejects(reading ?? Promise.resolve())
    stop.abort()
    await ended
  })

  await t.test('the state persists without replicas, is used through TLS, and ends by a reset', async t => {
    const before = await start({ store })
    const tokens = []
    for (const name of spaces) tokens.push(driver.issued(await ask(before.url(), inSpace(name, driver.login()))))
    await before.stop()
    const after = await start({ store: `rediss://mock:secret-word@127.0.0.1:${second.tlsPort}/0`, storeCa: ca })
    for (const token of tokens) t.ok(driver.succeeded(await ask(after.url(), driver.use(token))))
    await after.stop()
    const anew = await start({ store, storeReset: true })
    for (const token of tokens) t.notOk(driver.succeeded(await ask(anew.url(), driver.use(token))))
    await anew.stop()
  })

  await t.test('a lost node affects its own spaces only, until its replica takes over', async t => {
    let log = ''
    const output = {
      write: (text: string) => {
        log += text
      }
    }
    const client = await start({ store, output, log: 'json' })
    t.teardown(() => client.stop())
    const url = client.url()
    const token = driver.issued(await ask(url, inSpace('a', driver.login())))
    await untilReplicated(third, replica)
    await third.stop()
    t.equal((await ask(url, inSpace('a', driver.use(token)))).statusCode, 503)
    t.ok(driver.succeeded(await ask(url, inSpace('b', driver.login()))))
    const ready = await fetch(`${url}/__admin/ready`)
    t.equal(ready.status, 503)
    t.match(await ready.json(), {
      reason: `the store cannot be used: its node 127.0.0.1:${third.port} cannot be used: the connection is refused: nothing listens there`
    })
    t.equal((await fetch(`${url}/__admin/health`)).status, 200)
    await engineCommand(replica.port, 'CLUSTER', 'FAILOVER', 'TAKEOVER')
    await until(async () => (await fetch(`${url}/__admin/ready`)).status === 200)
    t.ok(driver.succeeded(await ask(url, driver.use(token))))
    t.equal(log.match(/ refuses inputs: its node /g)?.length, 1)
    t.equal(log.match(/ takes inputs again/g)?.length, 1)
  })
})
