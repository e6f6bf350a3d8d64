import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import type { Row } from '../../src/client/api-types.js'
import type { SettingName } from '../../src/config/settings.js'
import type { Fault } from '../../src/http/fault-names.js'
import type * as face from '../../src/index.js'
import { type Client, ControlError, connect, type StartOptions, spaceNameOf, start } from '../../src/index.js'
import type { Filter } from '../../src/journal/search.js'
import type { Expected, Verdict } from '../../src/journal/verdicts.js'
import type { FailureName } from '../../src/product/failure.js'
import type { When } from '../../src/scenario/engine/conditions.js'
import type { EffectName, wiremockFaults } from '../../src/scenario/engine/effects.js'
import type { ScenarioDocument } from '../../src/scenario/format/compile.js'
import { engineProcess, noEngine } from '../support/engine-process.js'

/** A test of the client, both where the server runs in this process and where it is only connected to. */
const told = (name: string, scenario: (t: Test, client: Client) => Promise<void>, options: StartOptions = {}) =>
  t.test(name, async t => {
    for (const kind of ['in this process', 'connected']) {
      const server = await start({ adminToken: 'let-me-in', ...options })
      t.teardown(() => server.stop().catch(() => undefined))
      const client = kind === 'connected' ? await connect(server.url(), { token: 'let-me-in' }) : server
      await t.test(kind, t => scenario(t, client))
    }
  })

const form = new URLSearchParams({ login: 'demo', password: 'demo' })
const login = (client: Client) => client.inject({ method: 'POST', url: '/session', payload: form })
const tokenOf = ({ body }: { readonly body: string }) => /[0-9a-f]{32}/.exec(body)?.[0] ?? ''
const use = (client: Client, token: string) =>
  client.inject({ url: '/session', headers: { Authorization: `Bearer ${token}` } })

told('each product has the base URL that its clients are configured with', async (t, client) => {
  t.match(client.url(), /^http:\/\/127\.0\.0\.1:\d+$/)
  t.equal(client.url('netbrain'), `${client.url()}/ServicesAPI/API`)
  t.equal(client.url('cbrain'), client.url())
  t.equal(client.space('blue').url('netbrain'), `${client.url()}/~blue/ServicesAPI/API`)
  t.equal(client.space('default').url('hcx'), client.url())
  // @ts-expect-error There is no such product.
  t.throws(() => client.url('netbrian'), { message: 'there is no product "netbrian"; did you mean netbrain?' })
  t.throws(() => client.space('a b'), { message: /^a space's name has 1 to 64 letters/ })
})

told('a token expires by the clock of its space alone', async (t, client) => {
  const [blue, red] = [client.space('blue'), client.space('red')]
  const [inBlue, inRed] = [tokenOf(await login(blue)), tokenOf(await login(red))]
  const before = await blue.clock.freeze()
  const after = await blue.clock.advance('25h')
  t.equal(after.getTime() - before.getTime(), 90_000_000)
  t.same(await blue.clock.now(), after)
  t.equal((await use(client, inBlue)).statusCode, 401)
  t.equal((await use(client, inRed)).statusCode, 200)
  t.same(await blue.clock.set(new Date(0)), new Date(0))
  t.same(await blue.clock.set('2026-01-01T00:00:00Z'), new Date('2026-01-01T00:00:00Z'))
  t.same(await blue.clock.advance(1500), new Date('2026-01-01T00:00:01.500Z'))
  t.ok((await blue.clock.run()).getTime() >= Date.parse('2026-01-01T00:00:01.500Z'))
})

told('a session can be opened without a login, and ended by others', async (t, client) => {
  const opened = await client.sessions.open({ product: 'cbrain', login: 'demo' })
  t.equal((await use(client, opened.token)).statusCode, 200)
  const [listed] = await client.sessions.list({ product: 'cbrain' })
  t.match(listed, { space: 'default', product: 'cbrain', login: 'demo', uses: 1 })
  t.same(await client.sessions.list({ login: 'nobody' }), [])
  t.match(await client.sessions.revoke({ token: opened.token }), [{ product: 'cbrain', login: 'demo' }])
  t.equal((await use(client, opened.token)).statusCode, 401)
  await login(client)
  t.equal((await client.sessions.expire()).length, 1)
  t.same(await client.sessions.list(), [])
})

told('the journal is searched, counted, waited for and emptied', async (t, client) => {
  const token = tokenOf(await login(client))
  await use(client, token)
  await use(client, '0'.repeat(32))
  await client.inject('/nowhere')
  t.same(
    (await client.requests.list()).map(({ outcome }) => outcome),
    ['success', 'success', 'refused', 'unmatched']
  )
  t.match(await client.requests.list({ limit: 1 }), [{ path: '/nowhere' }])
  const [refused] = await client.requests.find({ outcome: 'refused' })
  t.match(refused, { product: 'cbrain', operation: 'session', status: 401, failure: 'no-session' })
  t.match(refused?.why, { reason: 'never-issued', words: 'the token was never issued' })
  t.match(await client.requests.unmatched(), [{ nearest: /\S/ }])
  t.equal(await client.requests.count(), 4)
  t.equal(await client.requests.count({ login: 'demo', operation: 'login' }), 1)
  t.match(await client.requests.wait({ operation: 'session' }, { count: 2 }), { enough: true, count: 2 })
  t.match(await client.requests.wait({ operation: 'session' }, { count: 3, within: 1 }), { enough: false, count: 2 })
  t.equal(await client.requests.clear(), 4)
  t.equal(await client.requests.count(), 0)
})

told('who waits for a request is told as soon as it has come', async (t, client) => {
  const waiting = client.requests.wait({ operation: 'logout' }, { within: '10m' })
  await client.inject({ method: 'DELETE', url: '/session' })
  t.match(await waiting, { enough: true, requests: [{ operation: 'logout' }] })
})

told(
  'the scenario is another one by object, text or name, and the first again',
  async (t, client) => {
    const rules = [{ on: 'login', then: { fail: 'unavailable' } }] as const
    t.match(await client.scenario.set({ title: 'closed', rules }), { title: 'closed', rules: [{ played: 0 }] })
    t.equal((await login(client)).statusCode, 503)
    t.equal((await client.scenario.get()).rules[0]?.played, 1)
    await client.scenario.set('rules:\n  - on: login\n    then: { fail: rate-limited }\n', { keep: 'sessions' })
    t.equal((await login(client)).statusCode, 429)
    t.equal(await client.requests.count(), 2)
    t.match((await client.scenario.set('token-expires-mid-run')).title, /^The token of a session expires /)
    t.match((await client.scenario.reset()).title, 'the first')
  },
  { scenario: { title: 'the first' } }
)

told('a scenario with mistakes changes nothing, and all of them are said', async (t, client) => {
  const broken = 'title: broken\nrules:\n  - on: logn\n    then: expire\n  - on: login\n    then: explode\n'
  const error = await client.scenario.set(broken).catch(thrown => thrown)
  t.ok(error instanceof ControlError)
  t.match(error, { name: 'ControlError', status: 400, message: /rules\[0\]\.on.*\n.*rules\[1\]\.then/ })
  t.not((await client.scenario.get()).title, 'broken')
})

told('what was expected and did not come is an error in words', async (t, client) => {
  await login(client)
  await client.verify({ operation: 'login' })
  await client.verify(
    [
      { operation: 'login', count: 1 },
      { operation: 'logout', count: 0 }
    ],
    { order: 'strict' }
  )
  await t.rejects(client.verify({ operation: 'logout' }, { within: 1 }), {
    status: 406,
    message: 'expectation 1: expected at least 1 of requests with operation logout, found 0'
  })
})

told('verdicts fail while a session is left open', async (t, client) => {
  const token = tokenOf(await login(client))
  const { passed, verdicts } = await client.verdicts()
  t.notOk(passed)
  t.same(
    verdicts.filter(({ passed }) => !passed).map(({ verdict }) => verdict),
    ['session-left-open']
  )
  await client.inject({ method: 'DELETE', url: '/session', headers: { Authorization: `Bearer ${token}` } })
  t.ok((await client.verdicts()).passed)
})

told(
  'a request is held until its name is released',
  async (t, client) => {
    const held = login(client)
    t.same(await client.holds.wait('the gate/1'), { name: 'the gate/1', enough: true, waiting: 1 })
    t.match(await client.holds.wait('the gate/1', { count: 2, within: 1 }), { enough: false, waiting: 1 })
    t.match(await client.holds.list(), [{ space: 'default', name: 'the gate/1', waiting: 1 }])
    t.equal(await client.holds.release('the gate/1'), 1)
    t.equal((await held).statusCode, 200)
    await t.rejects(client.holds.release('the gate/1'), {
      status: 404,
      message: /^No request is held by "the gate\/1"/
    })
  },
  { scenario: { rules: [{ on: 'login', then: { hold: 'the gate/1' } }] } }
)

told('a reset ends every session, and leaves the scenario', async (t, client) => {
  await login(client)
  await client.reset()
  t.same(await client.sessions.list(), [])
  t.equal(await client.requests.count(), 0)
})

told('a space is gone when its client stops', async (t, client) => {
  const space = client.space('short')
  await login(space)
  await client.space('other').sessions.list()
  await space[Symbol.asyncDispose]()
  t.same(await space.sessions.list(), [], 'and one of that name begins anew')
  t.equal((await login(client)).statusCode, 200)
})

/** Each call on a space of its own that nothing has reached. */
const inUnusedSpaces = async (t: Test, client: Client) => {
  let number = 0
  const space = () => client.space(`unused-${++number}`)
  await space().verify({ operation: 'login', count: 0 })
  await t.rejects(space().verify({ operation: 'login' }), { status: 406, message: /found 0$/ })
  t.same(await space().requests.list(), [])
  t.same(await space().requests.find({ outcome: 'refused' }), [])
  t.same(await space().requests.unmatched(), [])
  t.equal(await space().requests.count(), 0)
  t.equal(await space().requests.clear(), 0)
  t.match(await space().requests.wait({ operation: 'login' }, { within: 1 }), { enough: false, count: 0 })
  t.same(await space().sessions.list(), [])
  t.same(await space().sessions.expire(), [])
  t.same(await space().sessions.revoke(), [])
  t.same(await space().holds.list(), [])
  t.ok((await space().verdicts()).passed)
  t.ok(Number.isFinite((await space().clock.now()).getTime()))
  t.equal((await space().scenario.get()).title, (await client.scenario.get()).title)
  t.equal((await space().scenario.reset()).title, (await client.scenario.get()).title)
  const named = space()
  t.match(await named.snapshot(), { space: `unused-${number}` })
  const fork = await space().fork('forked')
  t.equal(await fork.requests.count(), 0)
  await fork.stop()
  await space().reset()
  await space().stop()
  const again = client.space('stopped')
  await again.stop()
  await again.stop()
}

told('a space asked for by name exists before its first request', inUnusedSpaces)

told(
  'a session ends some time after another call, and a condition selects the first session of an account',
  async (t, client) => {
    await client.clock.freeze()
    const [first, second] = [tokenOf(await login(client)), tokenOf(await login(client))]
    t.equal((await login(client)).statusCode, 503)
    for (const token of [first, second]) t.equal((await use(client, token)).statusCode, 200)
    const sessions = await client.sessions.list()
    t.match(sessions, [
      { opened: 1, left: 60, scheduled: { cause: 'expired' } },
      { opened: 2, left: 300, scheduled: { cause: 'revoked' } }
    ])
    await client.clock.advance('1m')
    t.equal((await use(client, first)).statusCode, 401)
    t.equal((await use(client, second)).statusCode, 200)
    await client.clock.advance('4m')
    t.equal((await use(client, second)).statusCode, 401)
  },
  {
    scenario: {
      rules: [
        {
          on: 'cbrain.login',
          call: 3,
          then: [{ revoke: { of: 'account', after: '5m' } }, { fail: 'unavailable' }]
        },
        { on: 'cbrain.session', when: { opened: 1 }, then: { expire: '1m' } }
      ]
    }
  }
)

t.test('it does so over a store, in each of its servers', { skip: noEngine }, async t => {
  const { url } = await engineProcess(t)
  const servers = [await start({ store: url }), await start({ store: url })]
  t.teardown(() => Promise.all(servers.map(server => server.stop())))
  const [first, second] = servers
  await t.test('in this process', t => inUnusedSpaces(t, first as Client))
  await first?.reset()
  t.same(await second?.space('unused-3').requests.list(), [])
  await t.test('connected', async t => inUnusedSpaces(t, (await connect(second?.url() ?? '')).space('default')))
})

told('a mistyped name is a 404 of the control API itself', async (t, client) => {
  await client.space('checkout').clock.now()
  const { status, body } = await raw(client, '/__admin/clock?space=chekout')
  t.equal(status, 404)
  t.match(JSON.parse(body), { detail: 'There is no space "chekout"; did you mean checkout?' })
})

const raw = async (client: Client, path: string) => {
  const response = await fetch(`${client.url()}${path}`, { headers: { Authorization: 'Bearer let-me-in' } })
  return { status: response.status, body: await response.text() }
}

told('a path without a slash, or with steps upwards, stays in its space', async (t, client) => {
  const space = client.space('w')
  for (const path of ['session', '/session', '../session', '/a/../session', '/%2e%2e/session#x'])
    t.equal((await space.inject(path)).statusCode, 401, path)
  t.equal((await space.inject({ url: 'session?cbrain_api_token=\u00e9' })).statusCode, 401)
  t.equal(await space.requests.count({ operation: 'session' }), 6)
  t.equal(await client.requests.count({ operation: 'session' }), 6)
  t.equal((await client.inject('session')).statusCode, 401)
  await t.rejects(space.inject('http://127.0.0.1/session'), {
    message: 'expected a path, such as /session, found "http://127.0.0.1/session"'
  })
})

t.test('the titles of a test make the name of its space', async t => {
  t.equal(spaceNameOf('checkout'), 'checkout')
  t.equal(spaceNameOf('a client logs in again'), 'a-client-logs-in-again-14ae8269ae0b')
  t.equal(spaceNameOf('a client logs in again'), spaceNameOf('a client logs in again'))
  const names = [
    spaceNameOf('a b'),
    spaceNameOf('a-b'),
    spaceNameOf('a', 'b'),
    spaceNameOf('\u4e00'),
    spaceNameOf(''),
    spaceNameOf('x '.repeat(100)),
    spaceNameOf('x '.repeat(101))
  ]
  t.equal(new Set(names).size, names.length)
  for (const name of names) t.match(name, /^[\w.-]{1,64}$/)
})

told('a request carries what it was given: a text, a form or an object', async (t, client) => {
  const json = await client.inject({
    method: 'POST',
    url: '/api/admin/v1/sessions',
    payload: { username: 'demo', password: 'demo' }
  })
  t.equal(json.statusCode, 200)
  t.match(json.headers['x-hm-authorization'], /\S/)
  t.match(json.json(), { success: true })
  const text = await client.inject({
    method: 'POST',
    url: '/session',
    headers: { 'Content-Type': 'text/plain' },
    payload: 'demo'
  })
  t.equal(text.statusCode, 401)
  t.throws(() => text.json(), SyntaxError)
})

told('a fork and a restored snapshot go on from the state of a space', async (t, client) => {
  const base = client.space('base')
  await base.clock.freeze()
  const token = tokenOf(await login(base))
  await base.clock.advance('23h')
  const fork = await base.fork('fork')
  const restored = client.space('restored')
  await restored.restore(await base.snapshot())
  await base.stop()
  for (const space of [fork, restored]) {
    await space.clock.advance('59m')
    t.equal((await use(space, token)).statusCode, 200)
    await space.clock.advance('24h')
    t.equal((await use(space, token)).statusCode, 401)
    t.same(await space.requests.count(), 2)
  }
  await t.rejects(fork.fork('restored'), { message: /There is a space "restored"/ })
  t.throws(() => client.space('a b'))
})

told('rows of the journal go along where they are asked for', async (t, client) => {
  await login(client)
  t.same(await (await client.fork('with', { rows: true })).requests.count(), 1)
  t.same(await (await client.fork('without')).requests.count(), 0)
  const saved = await client.snapshot({ rows: true })
  await client.reset()
  await client.restore(JSON.parse(JSON.stringify(saved)))
  t.same(await client.requests.count({ operation: 'login' }), 1)
  await t.rejects(client.restore({ ...saved, version: 9 }), {
    message: /version: expected 1, which this session-mock reads, found 9/
  })
})

t.test('a closed connection does not stop the server', async t => {
  const server = await start()
  t.teardown(() => server.stop())
  await (await connect(`${server.url()}/`)).stop()
  t.equal((await server.inject('/session')).statusCode, 401)
})

t.test('the control API can have its own port', async t => {
  const products = createServer((_request, response) => response.end('product'))
  await new Promise<void>(resolve => products.listen(0, '127.0.0.1', resolve))
  t.teardown(() => products.close())
  const url = `http://127.0.0.1:${(products.address() as AddressInfo).port}`
  const server = await start()
  t.teardown(() => server.stop())
  const client = await connect(url, { admin: server.url() })
  t.equal(client.url('netbrain'), `${url}/ServicesAPI/API`)
  t.equal((await client.inject('/session')).body, 'product')
  t.same(await client.sessions.list(), [])
})

t.test('a failed connection is reported with its reason', async t => {
  const server = await start({ adminToken: 'let-me-in' })
  const url = server.url()
  await t.rejects(connect(url), { name: 'ControlError', status: 401, message: /^Send the token of --admin-token/ })
  await t.rejects(connect('127.0.0.1:4100'), { message: /^expected the URL of a server, such as http:/ })
  await server.stop()
  await t.rejects(connect(url), { message: /^GET http:\/\/127\.0\.0\.1:\d+\/__admin\/products: \S/ })
  const other = createServer((_request, response) => response.end('hello'))
  await new Promise<void>(resolve => other.listen(0, '127.0.0.1', resolve))
  t.teardown(() => other.close())
  await t.rejects(connect(`http://127.0.0.1:${(other.address() as AddressInfo).port}`), {
    message: 'unexpected response of the control API, with status 200'
  })
})

/** The URL of a server that is no session-mock. */
const otherServer = async (t: Test, listener: RequestListener): Promise<string> => {
  const server = createServer(listener)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

t.test('no redirect is followed, and no other host is given the token', async t => {
  const received: string[] = []
  const target = await otherServer(t, ({ url = '' }, response) => {
    received.push(url)
    response.end('{}')
  })
  const url = await otherServer(
    t,
    (_request, response) => void response.writeHead(307, { Location: `${target}/x` }).end()
  )
  await t.rejects(connect(url, { token: 'secret' }), {
    name: 'ControlError',
    status: 307,
    message: `unexpected response of the control API, with status 307, a redirect to ${target}/x`
  })
  t.same(received, [])
})

t.test('a response that drips, never ends or breaks is a ControlError without a status', async t => {
  const products = JSON.stringify({ products: [] })
  /** Resolves when the client has gone. */
  const gone: Promise<unknown>[] = []
  const serve =
    (answer: RequestListener) =>
    (request: Parameters<RequestListener>[0], response: Parameters<RequestListener>[1]) => {
      gone.push(once(response, 'close'))
      if (request.url === '/__admin/products') response.end(products)
      else answer(request, response)
    }
  const endless: RequestListener = (_request, response) => {
    const more = () => {
      while (!response.destroyed && response.write('x'.repeat(65_536)));
    }
    response.on('drain', more)
    more()
  }
  const drips = await otherServer(
    t,
    serve((_request, response) => void response.write('x'))
  )
  // The request for the version must be answered within the same time, on a busy machine too.
  const client = await connect(drips, { timeout: 4000 })
  await Promise.all([
    t.rejects(client.inject('/session'), {
      status: 0,
      message: /^GET .*\/session: no complete response within 4s$/
    }),
    t.rejects(client.clock.now(), {
      name: 'ControlError',
      status: 0,
      message: /no complete response within 4s$/
    })
  ])
  await t.rejects(connect(await otherServer(t, endless)), { status: 0, message: /longer than 1048576 bytes$/ })
  const broken = await otherServer(
    t,
    serve((_request, response) => void response.write('x', () => response.destroy()))
  )
  await t.rejects((await connect(broken)).inject('/session'), { name: 'ControlError', status: 0, message: /aborted$/ })
  const upgrades = await otherServer(
    t,
    serve(
      request =>
        void request.socket.end('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n')
    )
  )
  await t.rejects((await connect(upgrades)).inject('/session'), { name: 'ControlError', status: 0 })
  await Promise.all(gone)
  await t.rejects(connect(drips, { timeout: 'soon' }), { name: 'UserError', message: /^timeout: expected a duration/ })
})

t.test('what is no session-mock is a ControlError', async t => {
  for (const body of ['[]', '7', 'null', '{"products":{}}', '{"products":[1]}', '{"products":[{"name":"cbrain"}]}']) {
    const url = await otherServer(t, (_request, response) => response.end(body))
    await t.rejects(connect(url), { name: 'ControlError', message: `${url} does not respond as a session-mock` }, body)
  }
})

type Same<A, B> = [A, B] extends [B, A] ? true : false

/** The shapes of the library say no more and no less than the server: this compiles, or they do not. */
export const agree: {
  readonly row: face.JournalRow extends Row ? Same<keyof face.JournalRow, keyof Row> : false
  readonly verdict: Verdict extends face.Verdicts['verdicts'][number] ? true : false
  readonly search: Same<keyof face.Search, keyof Filter>
  readonly expected: Same<keyof face.Expected, keyof Expected>
  readonly scenario: face.Scenario extends ScenarioDocument ? Same<keyof face.Scenario, keyof ScenarioDocument> : false
  readonly conditions: Same<keyof face.ScenarioConditions, keyof When>
  readonly effects: Same<keyof face.ScenarioEffects, EffectName>
  readonly failures: Same<face.ScenarioFailure, FailureName>
  readonly faults: Fault extends face.ScenarioFault ? true : typeof wiremockFaults
  readonly options: Same<
    keyof face.StartOptions,
    Exclude<SettingName, 'exitWithParent' | 'report' | 'logFile'> | 'output'
  >
} = {
  row: true,
  verdict: true,
  search: true,
  expected: true,
  scenario: true,
  conditions: true,
  effects: true,
  failures: true,
  faults: true,
  options: true
}
