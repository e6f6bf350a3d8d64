import { once } from 'node:events'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import t from 'tap'
import type { Driver } from '../../support/driver.js'
import { drivers } from '../../support/drivers.js'
import { engineProcess, noEngine } from '../../support/engine-process.js'
import { replicaGroup } from '../../support/replicas.js'

const [, , driver] = drivers as [Driver, Driver, Driver]
const rules = (...lines: string[]) => `title: shared\nrules:\n${lines.map(line => `  - ${line}\n`).join('')}`

t.test('three replicas behave as one server', { skip: noEngine }, async t => {
  const { url } = await engineProcess(t)
  const { send, control, urls } = await replicaGroup(t, { store: url })
  let spaces = 0
  /** A space that no test has used yet. */
  const newSpace = () => {
    spaces += 1
    const name = `s${spaces}`
    return {
      name,
      send: (request: Parameters<typeof send>[0]) => send({ ...request, url: `/~${name}${request.url}` }),
      control: (line: string, body?: unknown) => {
        const [method, path = ''] = line.split(' ')
        return control(`${method} ${path}${path.includes('?') ? '&' : '?'}space=${name}`, body)
      }
    }
  }
  const times = <Value>(count: number, make: () => Promise<Value>) => Promise.all(Array.from({ length: count }, make))

  for (const driver of drivers)
    t.test(`of 60 parallel logouts of one token exactly one succeeds: ${driver.product.title}`, async t => {
      const { send } = newSpace()
      const token = driver.issued(await send(driver.login()))
      t.ok(driver.succeeded(await send(driver.use(token))))
      const replies = await times(60, () => send(driver.logout(token)))
      t.equal(replies.filter(driver.succeeded).length, 1)
      const found = await control(`POST /requests/count`, { token, operation: 'logout', outcome: 'success' })
      t.strictSame(found.body, { count: 1 })
    })

  t.test('call, every, times and per: login count over all replicas', async t => {
    const { send, control } = newSpace()
    await control(
      'PUT /scenario',
      rules(
        '{ on: cbrain.session, call: 50, then: { fail: unavailable } }',
        '{ on: cbrain.session, every: 25, then: { headers: { x-every: 1 } } }',
        '{ on: cbrain.session, times: 7, then: { headers: { x-times: 1 } } }',
        '{ on: cbrain.session, per: login, times: 3, then: { headers: { x-per: 1 } } }'
      )
    )
    const token = driver.issued(await send(driver.login()))
    const replies = await times(100, () => send(driver.use(token)))
    const having = (name: string) => replies.filter(({ headers }) => headers[name] !== undefined).length
    t.equal(replies.filter(({ statusCode }) => statusCode === 503).length, 1)
    t.equal(having('x-every'), 3, 'the 50th is decided by the first rule')
    t.equal(having('x-times'), 7)
    t.equal(having('x-per'), 3)
    const { body } = await control('GET /scenario')
    t.match(body, { rules: [{ matched: 100, played: 1 }, { played: 3 }, { played: 7 }, { played: 3 }] })
  })

  t.test('a limit of sessions and an eviction apply across replicas', async t => {
    const { send, control } = newSpace()
    await control('PUT /scenario', 'title: limit\nproducts:\n  cbrain: { limit: 2 }\n')
    await times(20, () => send(driver.login()))
    t.equal((await control('GET /sessions')).body.count, 2)
    await control('PUT /scenario', rules('{ on: cbrain.login, then: evict }'))
    await times(20, () => send(driver.login()))
    t.equal((await control('GET /sessions')).body.count, 1)
  })

  t.test('advancing the clock on one replica expires sessions on all', async t => {
    const { send, control } = newSpace()
    const tokens = (await times(6, () => send(driver.login()))).map(driver.issued)
    await control('PUT /clock', { action: 'advance', by: '25h' })
    for (const token of tokens) t.notOk(driver.succeeded(await send(driver.use(token))))
    t.match((await control('POST /requests/find', { reason: 'expired' })).body, { count: 6 })
  })

  t.test('an end at a later time, and the number of a session, are the same on all replicas', async t => {
    const { send, control } = newSpace()
    await control(
      'PUT /scenario',
      rules(
        '{ on: cbrain.session, when: { opened: 1 }, then: { revoke: 5m } }',
        '{ on: cbrain.login, call: 3, then: [{ expire: { of: account, after: 10m } }, { fail: unavailable }] }'
      )
    )
    await control('PUT /clock', { action: 'freeze' })
    const [first, second] = [driver.issued(await send(driver.login())), driver.issued(await send(driver.login()))]
    for (const token of [first, second]) t.ok(driver.succeeded(await send(driver.use(token))))
    t.equal((await send(driver.login())).statusCode, 503)
    for (const _replica of [1, 2, 3])
      t.match((await control('GET /sessions')).body, {
        sessions: [
          { opened: 1, left: 300, scheduled: { cause: 'revoked' } },
          { opened: 2, left: 600, scheduled: { cause: 'expired' } }
        ]
      })
    await control('PUT /clock', { action: 'advance', by: '5m' })
    for (const _replica of [1, 2, 3]) {
      t.notOk(driver.succeeded(await send(driver.use(first))))
      t.ok(driver.succeeded(await send(driver.use(second))))
    }
    await control('PUT /clock', { action: 'next-expiry' })
    for (const _replica of [1, 2, 3]) t.notOk(driver.succeeded(await send(driver.use(second))))
    t.match((await control('GET /sessions/ended')).body, { sessions: [{ cause: 'revoked' }, { cause: 'expired' }] })
  })

  t.test('a request held on one replica is released through another', async t => {
    const { send, control } = newSpace()
    await control('PUT /scenario', rules('{ on: cbrain.login, then: { hold: gate } }'))
    const held = times(3, () => send(driver.login()))
    t.match((await control('POST /holds/gate/wait', { count: 3 })).body, { enough: true, waiting: 3 })
    t.match((await control('GET /holds')).body, { holds: [{ name: 'gate', waiting: 3 }] })
    t.match((await control('POST /holds/gate/release')).body, { released: 3 })
    t.ok((await held).every(driver.succeeded))
    t.match((await control('GET /holds')).body, { holds: [] })
  })

  t.test('a delay ends in real time, and has the same row on all', async t => {
    const { send, control } = newSpace()
    await control('PUT /scenario', rules('{ on: cbrain.login, then: { delay: 50ms } }'))
    t.ok(driver.succeeded(await send(driver.login())))
    const rows = await times(3, () => control('GET /requests'))
    t.strictSame(rows[0]?.body, rows[1]?.body)
    t.strictSame(rows[1]?.body, rows[2]?.body)
    const found = rows[0]?.body.requests as readonly { readonly milliseconds: number }[] | undefined
    const row = found?.[0]
    t.ok(Number(row?.milliseconds) >= 45)
  })

  t.test('the row of a request exists on all replicas when its response arrives', async t => {
    const { send, control } = newSpace()
    for (let number = 1; number <= 30; number += 1) {
      await send(driver.login())
      t.equal((await control('POST /requests/count', { operation: 'login' })).body.count, number)
    }
    const numbers = ((await control('GET /requests')).body.requests as { number: number }[]).map(({ number }) => number)
    t.strictSame(
      numbers,
      Array.from({ length: 30 }, (_, index) => index + 1)
    )
  })

  t.test('a wait on one replica includes requests of others', async t => {
    const { send, control } = newSpace()
    await control('POST /spaces', undefined).catch(() => undefined)
    const waits = times(3, () => control('POST /requests/wait', { count: 2, within: '10s' }))
    await send(driver.login())
    await send(driver.login())
    t.ok((await waits).every(({ body }) => body.enough === true))
  })

  t.test('each replica verifies the requests of all', async t => {
    const { send, control } = newSpace()
    const token = driver.issued(await send(driver.login()))
    await times(6, () => send(driver.use(token)))
    const expected = {
      requests: [
        { operation: 'login', count: 1 },
        { operation: 'session', count: 6 }
      ]
    }
    for (const { status, body } of await times(3, () => control('POST /verify', expected)))
      t.match({ status, body }, { status: 200, body: { verified: true } })
    for (const { status } of await times(3, () =>
      control('POST /verify', { requests: [{ operation: 'session', count: 7 }] })
    ))
      t.equal(status, 406)
  })

  t.test('a token selects its space on every replica', async t => {
    const { name, send: sendTo } = newSpace()
    const token = driver.issued(await sendTo(driver.login()))
    for (const reply of await times(6, () => send(driver.use(token)))) t.ok(driver.succeeded(reply))
    t.match((await control(`POST /requests/count?space=${name}`, { operation: 'session' })).body, { count: 6 })
    const other = newSpace()
    t.notOk(driver.succeeded(await other.send(driver.use(token))))
    t.match((await other.control('POST /requests/find', { failure: 'no-session' })).body, {
      requests: [{ why: { reason: 'of-another-space', owner: name } }]
    })
  })

  t.test('a scenario for all spaces applies to later spaces', async t => {
    t.equal((await control('PUT /scenario', rules('{ on: cbrain, then: { fail: unavailable } }'))).status, 200)
    t.equal((await newSpace().send(driver.login())).statusCode, 503)
    t.equal((await control('PUT /scenario', 'default')).status, 200)
    t.ok(driver.succeeded(await newSpace().send(driver.login())))
  })

  t.test('a space is forked and deleted for all', async t => {
    const { name, send: sendTo, control: controlOf } = newSpace()
    const token = driver.issued(await sendTo(driver.login()))
    t.equal((await control(`POST /spaces/${name}/fork`, { to: 'forked' })).status, 201)
    for (const reply of await times(3, () => send({ ...driver.use(token), url: `/~forked${driver.use(token).url}` })))
      t.ok(driver.succeeded(reply))
    t.strictSame((await control('DELETE /spaces?space=forked')).body, { dropped: ['forked'] })
    for (const { status } of await times(3, () => control('GET /requests?space=forked'))) t.equal(status, 404)
    t.match((await controlOf('GET /sessions')).body, { count: 1 })
  })

  t.test('events of one replica are sent by another, and can be resumed there', async t => {
    const { name, send } = newSpace()
    await send(driver.login())
    const first = await listen(`${urls[0]}/~${name}/__admin/events`)
    await send(driver.login())
    const received = await first.until(/event: request/)
    const last =
      received
        .match(/^id: (.*)$/gm)
        ?.at(-1)
        ?.slice(4) ?? ''
    first.close()
    await send(driver.login())
    const second = await listen(`${urls[1]}/~${name}/__admin/events`, { 'last-event-id': last })
    const rest = await second.until(/event: request[\s\S]*\n\n/)
    second.close()
    t.equal(rest.match(/^event: request$/gm)?.length, 1)
    t.match(rest, /"number":3/)
    t.notMatch(rest, /event: missed/)
  })
})

const listen = async (url: string, headers: Record<string, string> = {}) => {
  const sent = httpRequest(url, { headers }).end()
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  let received = ''
  let told = () => {}
  response.setEncoding('utf8').on('error', () => undefined)
  response.on('data', text => {
    received += text
    told()
  })
  const until = async (pattern: RegExp) => {
    while (!pattern.test(received))
      await new Promise<void>(resolve => {
        told = resolve
      })
    return received
  }
  return { until, close: () => sent.destroy() }
}

t.test('a copy over the limit of open sessions is refused, over a store too', { skip: noEngine }, async t => {
  const { url } = await engineProcess(t)
  const { send, control } = await replicaGroup(t, { store: url, maxSessions: 3 }, 2)
  for (let login = 0; login < 2; login += 1) await send({ ...driver.login(), url: `/~a${driver.login().url}` })
  t.match(await control('POST /spaces/a/fork', { to: 'b' }), { status: 409, body: { title: 'Too many sessions' } })
  t.match((await control('GET /sessions?space=a')).body, { count: 2 })
})
