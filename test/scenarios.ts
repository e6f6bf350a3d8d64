import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { products } from '../routes/index.js'
import { ScenarioCatalog } from '../src/scenario/format/catalog.js'
import type { Driver, Reply, Request } from './support/driver.js'
import { drivers } from './support/drivers.js'
import { loginAs } from './support/login-form.js'
import { says, words } from './support/refusals.js'
import { until } from './support/until.js'
import { ask, replyOf, wired } from './support/wire.js'

const library = new ScenarioCatalog(fileURLToPath(new URL('../scenarios/', import.meta.url)), products)

/** A client of one product, that lives through a scenario. */
const clientOf = async (t: Test, driver: Driver, name: string) => {
  const { scenario } = await library.find(name)
  const { port, app, systemClock } = await wired(t, {
    products,
    scenario: { ...scenario, accounts: [...accountsOf(scenario), norm] }
  })
  const send = async (request: Request): Promise<Reply> => replyOf(await ask(port, request))
  const fine = async (request: Request) => t.ok(driver.succeeded(await send(request)), `${name} lets it pass`)
  return {
    t,
    driver,
    port,
    systemClock,
    space: app.spaces.default,
    send,
    login: async (login = 'demo') => driver.issued(await send(loginAs(driver, login))),
    /** The session of the token can be used. */
    works: (token: string) => fine(driver.use(token)),
    ends: (token: string) => fine(driver.logout(token)),
    /** A use, a logout, a login that is refused like this. */
    useFails: async (token: string, failure: Failing) =>
      says(t, await send(driver.use(token)), words(driver, 'use', failure)),
    logoutFails: async (token: string, failure: Failing) =>
      says(t, await send(driver.logout(token)), words(driver, 'logout', failure)),
    loginFails: async (failure: Failing, login = 'demo') =>
      says(t, await send(loginAs(driver, login)), words(driver, 'login', failure))
  }
}

type Failing = Parameters<typeof words>[2]
type Client = Awaited<ReturnType<typeof clientOf>>

const norm = { login: 'norm', password: 'demo' }
const accountsOf = ({ accounts }: Awaited<ReturnType<ScenarioCatalog['find']>>['scenario']) =>
  accounts === 'any' ? [] : accounts

const times = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1)

/** In milliseconds. */
const minute = 60_000

/** What a client lives through in each scenario, to its end. */
const lives: Readonly<Record<string, (client: Client) => Promise<void>>> = {
  async 'clock-skew'({ t, driver, send, works, ends, login }) {
    const { headers } = await send(driver.login())
    t.equal(headers.date, 'Sat, 29 Feb 2020 23:59:30 GMT')
    const token = await login()
    await works(token)
    await ends(token)
  },
  async 'every-tenth-call-fails'({ login, works, useFails, loginFails, ends }) {
    const token = await login()
    for (const _call of times(8)) await works(token)
    await useFails(token, 'server-error')
    for (const _call of times(9)) await works(token)
    await loginFails('server-error')
    await ends(token)
  },
  async 'first-login-fails'({ login, works, loginFails }) {
    await loginFails('server-error')
    await works(await login())
    await loginFails('server-error', 'norm')
    await works(await login('norm'))
    await works(await login())
  },
  async 'invalid-token-from-the-start'({ login, useFails, logoutFails }) {
    for (const _again of times(2)) await useFails(await login(), 'no-session')
    await logoutFails(await login(), 'no-session')
  },
  async 'locked-account'({ driver, login, loginFails, works, useFails, ends }) {
    const [token, norms] = [await login(), await login('norm')]
    await works(await login())
    for (const _again of times(3)) await loginFails('forbidden')
    if (driver.product.name === 'cbrain') await useFails(token, 'no-session')
    else {
      await works(token)
      await ends(token)
    }
    await works(norms)
    await works(await login('norm'))
    await loginFails('forbidden')
  },
  async 'locked-for-ten-minutes'({ login, loginFails, works, space }) {
    for (const _again of times(2)) await loginFails('bad-credentials')
    await loginFails('forbidden')
    space.clock.advance(10 * minute - 1)
    await loginFails('forbidden')
    for (const _again of times(2)) await loginFails('bad-credentials', 'norm')
    await loginFails('forbidden', 'norm')
    space.clock.advance(1)
    await works(await login())
    await loginFails('forbidden', 'norm')
    space.clock.advance(10 * minute)
    await works(await login('norm'))
    await works(await login())
  },
  async 'login-held'({ t, login, works, useFails, space }) {
    const token = await login()
    for (const _call of times(2)) await works(token)
    await useFails(token, 'no-session')
    let here = false
    const coming = login().finally(() => {
      here = true
    })
    await until(() => space.holds.list().length > 0)
    t.strictSame(space.holds.list(), [{ name: 'relogin', waiting: 1 }])
    t.notOk(here)
    t.equal(space.holds.release('relogin'), 1)
    await works(await coming)
    await works(await login())
  },
  async 'logout-that-does-not-revoke'({ login, works, ends }) {
    const token = await login()
    for (const _again of times(2)) {
      await ends(token)
      await works(token)
    }
  },
  async 'maintenance-after-login'({ login, works, useFails, loginFails, logoutFails, ends, space }) {
    const token = await login()
    await useFails(token, 'unavailable')
    space.clock.advance(5 * minute - 1)
    await loginFails('unavailable')
    await logoutFails(token, 'unavailable')
    space.clock.advance(1)
    await works(token)
    await works(await login())
    await ends(token)
  },
  async outage({ t, driver, send, systemClock, login, works, useFails, logoutFails, loginFails, ends }) {
    const token = await login()
    systemClock.advance(9_999)
    await works(token)
    systemClock.advance(1)
    await useFails(token, 'unavailable')
    await logoutFails(token, 'unavailable')
    systemClock.advance(29_999)
    await loginFails('unavailable')
    t.equal((await send(driver.use(token))).headers['retry-after'], '30')
    systemClock.advance(1)
    await works(token)
    await ends(token)
  },
  async 'rate-limit'({ t, driver, send, login, works, useFails, loginFails }) {
    const token = await login()
    for (const _call of times(4)) await works(token)
    await useFails(token, 'rate-limited')
    await loginFails('rate-limited')
    t.equal((await send(driver.use(token))).headers['retry-after'], '2')
    for (const _call of times(5)) await works(token)
  },
  async 'reset-on-logout'({ t, driver, port, login, useFails, logoutFails }) {
    for (const _again of times(2)) {
      const token = await login()
      t.strictSame(await ask(port, driver.logout(token)), { text: '', end: 'reset' })
      await useFails(token, 'no-session')
      await logoutFails(token, 'no-session')
    }
  },
  async 'second-login-evicts-first'({ login, works, useFails }) {
    const [first, other] = [await login(), await login('norm')]
    await works(first)
    const second = await login()
    await useFails(first, 'no-session')
    await works(second)
    await works(other)
  },
  async 'session-limit'({ login, works, useFails }) {
    const [first, second, other] = [await login(), await login(), await login('norm')]
    await works(first)
    const third = await login()
    await useFails(first, 'no-session')
    for (const token of [second, third, other]) await works(token)
  },
  async 'slow-then-slower'({ t, systemClock, login, works }) {
    const token = await login()
    for (const _call of times(12)) await works(token)
    t.strictSame(systemClock.slept, [100, 100, 100, 100, 100, 1000, 1000, 1000, 1000, 1000, 3000, 3000, 3000])
  },
  async 'token-expires-mid-run'({ login, works, ends, useFails }) {
    for (const _again of times(2)) {
      const token = await login()
      for (const _call of times(2)) await works(token)
      for (const _call of times(2)) await useFails(token, 'expired-session')
    }
    await ends(await login())
  },
  async 'token-revoked-by-someone-else'({ login, works, logoutFails, useFails }) {
    const [token, other] = [await login(), await login()]
    for (const _call of times(2)) await works(token)
    await logoutFails(token, 'no-session')
    await useFails(token, 'no-session')
    await works(other)
  },
  async 'truncated-login'({ t, driver, port, login, works }) {
    const { headers, body } = replyOf(await ask(port, driver.login()))
    const whole = Number(headers['content-length'])
    t.ok(whole > 0 && body.length < whole, `${body.length} of ${whole} bytes have come`)
    await works(await login())
  }
}

t.test('every shipped scenario behaves as in its title', async t => {
  // The default one is a table of accounts, and has a file of tests of its own.
  t.strictSame(
    Object.keys(lives).sort(),
    (await library.names()).filter(name => name !== 'default')
  )
})

t.test('every scenario has a unique title, in a sentence', async t => {
  const titles = await Promise.all((await library.names()).map(async name => (await library.find(name)).scenario.title))
  t.equal(new Set(titles).size, titles.length)
  for (const title of titles) t.match(title, /^[A-Za-z].{25,120}[^.]$/)
})

for (const [name, live] of Object.entries(lives))
  t.test(name, async t => {
    for (const driver of drivers)
      t.test(driver.product.title, async t => {
        const client = await clientOf(t, driver, name)
        await live(client)
        const { ruleEngine: play } = client.space
        const { product } = driver
        const theirs = play.rules.filter(({ on }) =>
          product.operations.some(each => on.has(`${product.name}.${each.name}`))
        )
        for (const rule of theirs) t.ok(play.counts(rule).played > 0, `${rule.title} has played`)
      })
  })

t.test('a scenario with a seed gives the same tokens on every run', async t => {
  for (const driver of drivers) {
    const tokens = async () => {
      const { login } = await clientOf(t, driver, 'session-limit')
      return [await login(), await login(), await login('norm')]
    }
    const first = await tokens()
    t.equal(new Set(first).size, 3)
    t.strictSame(await tokens(), first)
  }
})
