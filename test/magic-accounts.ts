import { readFileSync } from 'node:fs'
import t, { type Test } from 'tap'
import { products } from '../routes/index.js'
import { loadExpressions } from '../src/base/expression.js'
import { type Fault, faultNames } from '../src/http/fault-names.js'
import { type FailureName, failureNames } from '../src/product/failure.js'
import { createParse } from '../src/scenario/format/parse.js'
import type { Driver } from './support/driver.js'
import { drivers, everyDriver } from './support/drivers.js'
import { loginAs } from './support/login-form.js'
import { isReply, words } from './support/refusals.js'
import { ask, bytesOf, call, replyOf, type Wired, wired } from './support/wire.js'

const text = readFileSync(new URL('../scenarios/default.yaml', import.meta.url), 'utf8')
await loadExpressions()
const { scenario } = createParse(products)({ name: 'default.yaml', text })

const [, , , hcx] = drivers as readonly [Driver, Driver, Driver, Driver]

/** Accounts that are refused at login, and how. */
const refused: Readonly<Record<string, FailureName>> = {
  denied: 'bad-credentials',
  incomplete: 'missing-field',
  garbled: 'bad-request',
  oversized: 'too-large',
  locked: 'forbidden',
  throttled: 'rate-limited',
  broken: 'server-error',
  down: 'unavailable',
  lost: 'not-found',
  misrouted: 'method-not-allowed',
  unknown: 'no-session',
  stale: 'expired-session'
}

/** Accounts whose connection breaks at login, and how. */
const cutOff: Readonly<Record<string, Fault>> = {
  hangup: 'reset',
  silent: 'empty',
  cutoff: 'truncate',
  garbage: 'garbage',
  malformed: 'malformed',
  stuck: 'hang'
}

/** A client that logs in by a form, and what became of it. */
const client = (server: Wired, driver: Driver) => {
  const { port, app, systemClock } = server
  const send = async (request: Parameters<typeof bytesOf>[0]) => replyOf(await ask(port, request))
  return {
    ...server,
    send,
    login: async (login: string, password = 'demo') => driver.issued(await send(loginAs(driver, login, password))),
    open: async () => (await app.spaces.default.sessions.list(systemClock.now())).length
  }
}

type Client = ReturnType<typeof client>

/** Accounts that can log in, and fail later. */
const failingLater: Readonly<Record<string, (t: Test, driver: Driver, client: Client) => Promise<void>>> = {
  async expired(t, driver, { send, login }) {
    isReply(t, await send(driver.use(await login('expired'))), words(driver, 'use', 'expired-session'))
    isReply(t, await send(driver.logout(await login('expired'))), words(driver, 'logout', 'expired-session'))
  },
  async revoked(t, driver, { send, login }) {
    isReply(t, await send(driver.use(await login('revoked'))), words(driver, 'use', 'no-session'))
    isReply(t, await send(driver.logout(await login('revoked'))), words(driver, 'logout', 'no-session'))
  },
  async flaky(t, driver, { send, login }) {
    const token = await login('flaky')
    isReply(t, await send(driver.use(token)), words(driver, 'use', 'server-error'))
    t.ok(driver.succeeded(await send(driver.use(token))))
    isReply(t, await send(driver.logout(token)), words(driver, 'logout', 'server-error'))
    t.ok(driver.succeeded(await send(driver.logout(token))))
  },
  async slow(t, driver, { send, login, systemClock }) {
    const token = await login('slow')
    t.ok(driver.succeeded(await send(driver.use(token))))
    t.ok(driver.succeeded(await send(driver.logout(token))))
    t.strictSame(systemClock.slept, [2000, 2000, 2000])
  },
  async trickle(t, driver, { send, login, systemClock }) {
    const token = await login('trickle')
    t.ok(driver.succeeded(await send(driver.use(token))))
    t.equal(systemClock.slept.length, 18)
    t.equal(Math.round(systemClock.slept.reduce((sum, ms) => sum + ms)), 4000)
  },
  async clinging(t, driver, { send, login }) {
    const token = await login('clinging')
    for (const _again of [1, 2]) t.ok(driver.succeeded(await send(driver.logout(token))))
    t.ok(driver.succeeded(await send(driver.use(token))))
  }
}

t.test('every failure and connection fault has an account, and every account its scenario', async t => {
  t.strictSame(Object.values(refused).sort(), [...failureNames].sort())
  t.strictSame(Object.values(cutOff).sort(), [...faultNames].sort())
  const logins = scenario.accounts === 'any' ? [] : scenario.accounts.map(({ login }) => login)
  t.strictSame(logins, ['demo', ...Object.keys(refused), ...Object.keys(failingLater), ...Object.keys(cutOff)])
})

const server = async (t: Test, driver: Driver) => client(await wired(t, { products, scenario }), driver)

t.test('an account that is refused at login opens no session, and demo is not affected', async t => {
  const { send, open } = await server(t, hcx)
  for (const [login, failure] of Object.entries(refused))
    for (const _again of [1, 2]) {
      const reply = await send(loginAs(hcx, login))
      isReply(t, reply, words(hcx, 'login', failure))
      t.equal(reply.headers['retry-after'], login === 'throttled' ? '1' : undefined)
    }
  t.equal(await open(), 0)
  t.ok(hcx.succeeded(await send(hcx.login())))
})

t.test('an account with a connection fault breaks the connection, and demo is not affected', async t => {
  const { port, send, close } = await server(t, hcx)
  const received = async (login: string) => ask(port, loginAs(hcx, login))
  t.strictSame(await received('hangup'), { text: '', end: 'reset' })
  t.strictSame(await received('silent'), { text: '', end: 'closed' })
  const { headers, body } = replyOf(await received('cutoff'))
  t.ok(body.length > 0 && body.length < Number(headers['content-length']), 'half an answer')
  t.notMatch((await received('garbage')).text, /^HTTP/)
  t.match((await received('malformed')).text, /^HTTP\/1\.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n[^0-9a-fA-F]/)
  const stuck = call(port, bytesOf(loginAs(hcx, 'stuck')))
  t.ok(hcx.succeeded(await send(hcx.login())))
  t.equal(stuck.received(), '')
  await close()
  t.equal((await stuck.over).text, '')
})

for (const [login, live] of Object.entries(failingLater))
  t.test(`${login} can log in, and has its fault later`, async t => live(t, hcx, await server(t, hcx)))

for (const driver of everyDriver)
  t.test(`${driver.product.title} has the magic accounts`, async t => {
    const here = await server(t, driver)
    const { send, open, port } = here
    isReply(t, await send(loginAs(driver, 'locked')), words(driver, 'login', 'forbidden'))
    t.equal(await open(), 0)
    await failingLater.revoked?.(t, driver, here)
    t.strictSame(await ask(port, loginAs(driver, 'hangup')), { text: '', end: 'reset' })
    for (const login of ['demo', 'expired', 'slow', 'nobody'])
      isReply(t, await send(loginAs(driver, login, 'wrong')), words(driver, 'login', 'bad-credentials'))
  })
