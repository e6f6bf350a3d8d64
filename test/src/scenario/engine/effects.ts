import t, { type Test } from 'tap'
import { type Fault, faultNames } from '../../../../src/http/fault-names.js'
import { failureNames } from '../../../../src/product/failure.js'
import { type EffectName, effectNames, wiremockFaults } from '../../../../src/scenario/engine/effects.js'
import { toy, toyDriver } from '../../../fixtures/toy.js'
import { type DoubleOptions, double } from '../../../support/double.js'
import type { Driver, Reply, Request } from '../../../support/driver.js'
import { drivers } from '../../../support/drivers.js'
import { products } from '../../../support/known-products.js'
import { loginAs } from '../../../support/login-form.js'
import { isReply, words } from '../../../support/refusals.js'
import { scenarioOf, toyScenarioOf } from '../../../support/scenario.js'
import { until } from '../../../support/until.js'
import { ask, bytesOf, call, type Received, replyOf, type Wired, wired } from '../../../support/wire.js'

const everybody = [...products, toy]

/** The product under these rules, where `use` stands for that operation, and a client of it. */
const withRules = (driver: Driver, rules: string, options: DoubleOptions = {}) => {
  const { app, systemClock, send } = double({ products: everybody, scenario: scenarioWith(driver, rules), ...options })
  return {
    app,
    systemClock,
    send,
    space: app.spaces.default,
    login: async (name = 'demo') => driver.issued(await send(loginAs(driver, name))),
    open: async () =>
      (await app.spaces.default.sessions.list(systemClock.now())).map(({ token, uses }) => ({ token, uses }))
  }
}

const scenarioWith = ({ product: { name }, useOperation }: Driver, rules: string) =>
  toyScenarioOf(
    `products: { toy: { idle: 1h } }\naccounts: [{ login: demo, password: demo }, { login: norm, password: demo }]\nrules:\n${rules
      .trim()
      .split('\n')
      .map(rule => `  - { ${rule.trim().replace(/\buse,/, `${name}.${useOperation},`)} }\n`)
      .join('')}`
  )

/** What each effect does to any product, shown on the toy one. */
const plays: Readonly<Record<EffectName, (t: Test, driver: Driver) => Promise<void>>> = {
  async state(t, driver) {
    const { space, send, login } = withRules(
      driver,
      `on: login, then: { state: Closing }
       on: use, when: { state: Closing }, then: [{ state: Closed }, { fail: unavailable }]`
    )
    t.equal(space.state, 'Started')
    const token = await login()
    t.equal(space.state, 'Closing')
    isReply(t, await send(driver.use(token)), words(driver, 'use', 'unavailable'))
    t.equal(space.state, 'Closed')
    t.ok(driver.succeeded(await send(driver.use(token))))
  },

  async expire(t, driver) {
    const { send, login } = withRules(driver, 'on: use, call: 2, then: expire')
    const [token, other] = [await login(), await login()]
    t.ok(driver.succeeded(await send(driver.use(token))))
    for (const _again of [1, 2]) isRefusedToken(t, await send(driver.use(token)), driver, 'expired', 'use')
    isRefusedToken(t, await send(driver.logout(token)), driver, 'expired', 'logout')
    t.ok(driver.succeeded(await send(driver.use(other))))
  },

  async revoke(t, driver) {
    const { send, login } = withRules(driver, 'on: use, call: 2, then: revoke')
    const [token, other] = [await login(), await login()]
    t.ok(driver.succeeded(await send(driver.use(token))))
    for (const _again of [1, 2]) isRefusedToken(t, await send(driver.use(token)), driver, 'ended', 'use')
    isRefusedToken(t, await send(driver.logout(token)), driver, 'ended', 'logout')
    t.ok(driver.succeeded(await send(driver.use(other))))
  },

  async evict(t, driver) {
    const { send, login } = withRules(driver, 'on: login, then: evict')
    const other = await login('norm')
    const first = await login()
    isReply(t, await send(loginAs(driver, 'demo', 'wrong')), words(driver, 'login', 'bad-credentials'))
    t.ok(driver.succeeded(await send(driver.use(first))), 'a login that is refused ends nothing')
    const second = await login()
    isRefusedToken(t, await send(driver.use(first)), driver, 'ended', 'use')
    for (const token of [second, other]) t.ok(driver.succeeded(await send(driver.use(token))))
  },

  async hold(t, driver) {
    const { space, send, login } = withRules(driver, 'on: use, call: 1, then: { hold: gate }')
    const token = await login()
    const held = send(driver.use(token))
    await until(() => space.holds.list().length > 0)
    t.ok(driver.succeeded(await send(driver.use(token))), 'others go by')
    t.strictSame(space.holds.list(), [{ name: 'gate', waiting: 1 }])
    await send(driver.logout(token))
    t.equal(space.holds.release('gate'), 1)
    isRefusedToken(t, await held, driver, 'ended', 'use')
  },

  async delay(t, driver) {
    const { systemClock, send, login } = withRules(
      driver,
      `on: use, then: { delay: 1.5s }
       on: use, call: 2, then: [{ delay: 1s }, { fail: unavailable }]`
    )
    const token = await login()
    t.strictSame(systemClock.slept, [])
    t.ok(driver.succeeded(await send(driver.use(token))))
    t.strictSame(systemClock.slept, [1500])
    isReply(t, await send(driver.use(token)), words(driver, 'use', 'unavailable'))
    t.strictSame(systemClock.slept, [1500, 1500, 1000])
  },

  async fail(t, driver) {
    for (const failure of failureNames) {
      const { send, login, open } = withRules(
        driver,
        `on: login, call: 1, then: { fail: ${failure} }
         on: use, then: { fail: ${failure} }
         on: logout, then: { fail: ${failure} }`
      )
      isReply(t, await send(driver.login()), words(driver, 'login', failure))
      t.strictSame(await open(), [])
      const token = await login()
      isReply(t, await send(driver.use(token)), words(driver, 'use', failure))
      isReply(t, await send(driver.logout(token)), words(driver, 'logout', failure))
      t.strictSame(await open(), [{ token, uses: 0 }])
    }
  },

  async reply(t, driver) {
    const { send, login, open } = withRules(
      driver,
      `on: use, call: 1, then: { reply: { status: 418, headers: { X-Pot: short, Age: 3 }, body: { stout: [1] } } }
       on: use, call: 2, then: { reply: { headers: { content-type: text/short }, body: { stout: [1] } } }
       on: use, call: 3, then: { reply: { body: "as it is, été" } }
       on: use, then: { reply: { status: 204 } }`
    )
    const token = await login()
    const received = async () => {
      const { statusCode, headers, body } = await send(driver.use(token))
      const { date, connection, 'keep-alive': _seconds, ...rest } = headers
      t.type(date, 'string')
      return { statusCode, headers: rest, body }
    }
    t.strictSame(await received(), {
      statusCode: 418,
      headers: { 'content-type': 'application/json', 'x-pot': 'short', age: '3', 'content-length': '13' },
      body: '{"stout":[1]}'
    })
    t.strictSame(await received(), {
      statusCode: 200,
      headers: { 'content-type': 'text/short', 'content-length': '13' },
      body: '{"stout":[1]}'
    })
    t.strictSame(await received(), { statusCode: 200, headers: { 'content-length': '15' }, body: 'as it is, été' })
    t.strictSame(await received(), { statusCode: 204, headers: {}, body: '' })
    t.strictSame(await open(), [{ token, uses: 0 }])
  },

  async pretend(t, driver) {
    const { send, login, open } = withRules(driver, 'on: logout, call: 1, then: pretend')
    const token = await login()
    t.ok(driver.succeeded(await send(driver.logout(token))))
    t.strictSame(await open(), [{ token, uses: 0 }])
    t.ok(driver.succeeded(await send(driver.use(token))))
    t.ok(driver.succeeded(await send(driver.logout(token))))
    t.strictSame(await open(), [])
  },

  async headers(t, driver) {
    const { send, login } = withRules(
      driver,
      `on: use, call: 2, then: { headers: { X-Served-By: node7, content-TYPE: text/odd, Retry-After: 30, X-Build: 1.10 } }
       on: use, call: 3, then: { headers: { X-A: 1 } }
       on: use, call: 3, then: { headers: { x-a: 2 }, fail: unavailable }`
    )
    const token = await login()
    const plain = await send(driver.use(token))
    const changed = await send(driver.use(token))
    t.equal(changed.body, plain.body)
    t.notOk('x-served-by' in plain.headers)
    t.match(changed.headers, {
      'x-served-by': 'node7',
      'content-type': 'text/odd',
      'retry-after': '30',
      'x-build': '1.10'
    })
    t.strictSame(Object.keys(plain.headers).sort(), Object.keys(changed.headers).filter(isOwn).sort())
    const refused = await send(driver.use(token))
    isReply(t, refused, words(driver, 'use', 'unavailable'))
    t.equal(refused.headers['x-a'], '2')
    t.equal(refused.headers['content-length'], String(Buffer.byteLength(refused.body)))
  },

  async dribble(t, driver) {
    const { systemClock, send, login } = withRules(
      driver,
      `on: use, call: 2, then: { dribble: { chunks: 5, over: 2s } }
       on: use, call: 3, then: { dribble: { chunks: 10000, over: 2s } }`
    )
    const token = await login()
    const whole = await send(driver.use(token))
    t.equal((await send(driver.use(token))).body, whole.body)
    t.strictSame(systemClock.slept.splice(0), [500, 500, 500, 500])
    const byByte = await send(driver.use(token))
    t.equal(byByte.body, whole.body)
    t.equal(systemClock.slept.length, Buffer.byteLength(byByte.body) - 1)
    t.equal(Math.round(systemClock.slept.reduce((sum, ms) => sum + ms)), 2000)
  },

  async connection(t, driver) {
    const names = { ...Object.fromEntries(faultNames.map(name => [name, name])), ...wiremockFaults }
    for (const [name, fault] of Object.entries(names)) {
      const server = await wired(t, {
        products: everybody,
        scenario: scenarioWith(driver, `on: use, call: 2, then: { connection: ${name} }`)
      })
      const token = driver.issued(replyOf(await ask(server.port, driver.login())))
      const whole = await ask(server.port, driver.use(token))
      t.ok(driver.succeeded(replyOf(whole)))
      await broken[fault](t, server, driver.use(token), whole)
      const [{ uses } = { uses: 0 }] = await server.app.spaces.default.sessions.list(server.systemClock.now())
      t.equal(uses, 2, 'the work of the request is done')
      if (fault !== 'hang') t.ok(driver.succeeded(replyOf(await ask(server.port, driver.use(token)))))
      await server.close()
    }
  }
}

/** What each fault looks like to whoever watches the bytes. */
const broken: Readonly<Record<Fault, (t: Test, server: Wired, request: Request, whole: Received) => Promise<void>>> = {
  async reset(t, { port }, request) {
    t.strictSame(await ask(port, request), { text: '', end: 'reset' })
  },
  async empty(t, { port }, request) {
    t.strictSame(await ask(port, request), { text: '', end: 'closed' })
  },
  async truncate(t, { port }, request, whole) {
    const received = await ask(port, request)
    t.equal(received.end, 'closed')
    const { statusCode, headers, body } = replyOf(received)
    t.equal(statusCode, 200)
    const { length } = replyOf(whole).body
    t.equal(headers['content-length'], String(length))
    t.equal(body.length, Math.floor(length / 2))
  },
  async garbage(t, { port }, request) {
    const { text, end } = await ask(port, request)
    t.equal(end, 'closed')
    t.ok(text.length > 0)
    t.notMatch(text, /^HTTP/)
  },
  async malformed(t, { port }, request) {
    const { text, end } = await ask(port, request)
    t.equal(end, 'closed')
    t.match(text, /^HTTP\/1\.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n[^0-9a-fA-F]/)
  },
  async hang(t, { app, port, close }, request) {
    const { journal } = app.spaces.default
    const before = journal.size
    const line = call(port, bytesOf(request))
    await until(() => journal.size > before)
    t.equal(line.received(), '')
    t.ok(line.socket.readable, 'the connection is still open')
    await close()
    t.equal((await line.over).text, '')
  }
}

const isOwn = (name: string): boolean => !['x-served-by', 'x-build', 'retry-after'].includes(name)

const minute = 60_000

const driver = toyDriver
const causes = { expire: 'expired', revoke: 'ended' } as const
for (const [effect, state] of Object.entries(causes)) {
  t.test(`${effect} after a duration`, async t => {
    const { space, send, login } = withRules(driver, `on: use, call: 1-2, then: { ${effect}: 5m }`)
    const [token, later, other] = [await login(), await login(), await login()]
    t.ok(driver.succeeded(await send(driver.use(token))), 'the call itself succeeds')
    space.clock.advance(minute)
    t.ok(driver.succeeded(await send(driver.use(later))))
    space.clock.advance(4 * minute - 1)
    for (const each of [token, later, other]) t.ok(driver.succeeded(await send(driver.use(each))))
    space.clock.advance(1)
    isRefusedToken(t, await send(driver.use(token)), driver, state, 'use')
    isRefusedToken(t, await send(driver.logout(token)), driver, state, 'logout')
    t.ok(driver.succeeded(await send(driver.use(later))), 'a minute is left')
    space.clock.advance(minute)
    isRefusedToken(t, await send(driver.use(later)), driver, state, 'use')
    t.ok(driver.succeeded(await send(driver.use(other))))
  })

  t.test(`${effect} of an account, at once and after a duration`, async t => {
    const { space, send, login } = withRules(
      driver,
      `on: login, when: { login: demo }, call: 3, then: [{ ${effect}: { of: account, after: 5m } }, { fail: unavailable }]
       on: login, when: { login: demo }, call: 5, then: [{ ${effect}: account }, { fail: unavailable }]`
    )
    const [first, second, other] = [await login(), await login(), await login('norm')]
    isReply(t, await send(driver.login()), words(driver, 'login', 'unavailable'))
    const fourth = await login()
    space.clock.advance(5 * minute - 1)
    for (const each of [first, second]) t.ok(driver.succeeded(await send(driver.use(each))))
    space.clock.advance(1)
    for (const each of [first, second]) isRefusedToken(t, await send(driver.use(each)), driver, state, 'use')
    for (const each of [fourth, other]) t.ok(driver.succeeded(await send(driver.use(each))))
    isReply(t, await send(driver.login()), words(driver, 'login', 'unavailable'))
    isRefusedToken(t, await send(driver.use(fourth)), driver, state, 'use')
    t.ok(driver.succeeded(await send(driver.use(other))))
  })
}

t.test(
  'of several ends at a later time the earliest counts, and the timeout of the product if it is earlier',
  async t => {
    const [, , , hcx] = drivers as [Driver, Driver, Driver, Driver]
    const { space, send, login } = withRules(
      hcx,
      `on: use, call: 1, then: { revoke: 10m }
     on: use, call: 2, then: { expire: 5m }
     on: use, call: 3, then: { revoke: 10m }
     on: use, call: 4, then: { revoke: 999999999999999d }`
    )
    const [token, idle] = [await login(), await login()]
    for (const _call of [1, 2, 3]) t.ok(hcx.succeeded(await send(hcx.use(token))))
    t.ok(hcx.succeeded(await send(hcx.use(idle))), 'an end beyond the last date is none')
    space.clock.advance(5 * minute)
    isRefusedToken(t, await send(hcx.use(token)), hcx, 'expired', 'use')
    space.clock.advance(60 * minute)
    t.strictSame(space.sessions.list(space.clock.now()), [])
    isRefusedToken(t, await send(hcx.use(idle)), hcx, 'expired', 'use')
  }
)

t.test('a list is sent as several headers of one name, by headers and by reply', async t => {
  const headers = 'headers: { Set-Cookie: [a=1, b=2], X-One: [3] }'
  for (const then of [`{ ${headers} }`, `{ reply: { ${headers} } }`]) {
    const { port } = await wired(t, { scenario: scenarioOf(`rules: [{ on: hcx.session, then: ${then} }]`) })
    const [, , , hcx] = drivers as [Driver, Driver, Driver, Driver]
    const { text } = await ask(port, hcx.use('x'))
    t.match(text, /\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nX-One: 3\r\n/)
  }
})

const isRefusedToken = (
  t: Test,
  reply: Reply,
  driver: Driver,
  state: 'ended' | 'expired',
  by: 'use' | 'logout'
): void => isReply(t, reply, words(driver, by, state === 'expired' ? 'expired-session' : 'no-session'))

for (const effect of effectNames) t.test(effect, t => plays[effect](t, toyDriver))
