import t, { type Test } from 'tap'
import { parse } from 'yaml'
import type { Driver, Reply, Request } from './support/driver.js'
import { everyDriver } from './support/drivers.js'
import { loginAs } from './support/login-form.js'
import { catalog, inEveryMode, type Mode } from './support/modes.js'
import { isReply, words } from './support/refusals.js'
import { until } from './support/until.js'

/** A client of one product, that goes through a scenario in a space of its own. */
const clientOf = async (t: Test, mode: Mode, driver: Driver, name: string) => {
  const document = parse(await catalog.text(name))
  const accounts = [
    ...(document.accounts ?? [{ login: 'demo', password: 'demo' }]),
    { login: 'norm', password: 'demo' }
  ]
  const space = await mode.space({ ...document, accounts, frozen: true })
  const before = mode.slept.length
  const send = async (request: Request): Promise<Reply> => {
    const reply = await space.send(request)
    if (!reply) throw new Error('the connection broke')
    return reply
  }
  const fine = async (request: Request) => t.ok(driver.succeeded(await send(request)), `${name} lets it pass`)
  return {
    t,
    driver,
    ...space,
    send,
    /** The delays so far. */
    slept: () => mode.slept.slice(before),
    login: async (login = 'demo') => driver.issued(await send(loginAs(driver, login))),
    /** The session of the token can be used. */
    works: (token: string) => fine(driver.use(token)),
    ends: (token: string) => fine(driver.logout(token)),
    /** The connection breaks before the complete response. */
    breaks: async (request: Request) => t.equal(await space.send(request), undefined),
    /** A use, a logout, a login that is refused like this. */
    useFails: async (token: string, failure: Failing) =>
      isReply(t, await send(driver.use(token)), words(driver, 'use', failure)),
    logoutFails: async (token: string, failure: Failing) =>
      isReply(t, await send(driver.logout(token)), words(driver, 'logout', failure)),
    loginFails: async (failure: Failing, login = 'demo') =>
      isReply(t, await send(loginAs(driver, login)), words(driver, 'login', failure))
  }
}

type Failing = Parameters<typeof words>[2]
type Client = Awaited<ReturnType<typeof clientOf>>

const times = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1)

/** In milliseconds. */
const minute = 60_000

/** What a client does in each scenario. */
const runs: Readonly<Record<string, (client: Client) => Promise<void>>> = {
  async 'appliance-not-ready'({ t, driver, send, advance, login, works, ends }) {
    const waits = driver.product.name === 'hcx-workload'
    await advance(39_999)
    const { statusCode, body } = await send(driver.login())
    t.equal(statusCode, waits ? 401 : 200)
    t.equal(body.includes("'Trusted root certificates' value should not be empty"), waits)
    await advance(1)
    const token = await login()
    await works(token)
    await ends(token)
  },
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
  async 'locked-for-ten-minutes'({ login, loginFails, works, advance }) {
    for (const _again of times(2)) await loginFails('bad-credentials')
    await loginFails('forbidden')
    await advance(10 * minute - 1)
    await loginFails('forbidden')
    for (const _again of times(2)) await loginFails('bad-credentials', 'norm')
    await loginFails('forbidden', 'norm')
    await advance(1)
    await works(await login())
    await loginFails('forbidden', 'norm')
    await advance(10 * minute)
    await works(await login('norm'))
    await works(await login())
  },
  async 'login-held'({ t, login, works, useFails, control }) {
    const token = await login()
    for (const _call of times(2)) await works(token)
    await useFails(token, 'no-session')
    let here = false
    const coming = login().finally(() => {
      here = true
    })
    const holds = async () => (await control('GET /holds')).body.holds as unknown[]
    await until(async () => (await holds()).length > 0)
    t.match(await holds(), [{ name: 'relogin', waiting: 1 }])
    t.notOk(here)
    t.match((await control('POST /holds/relogin/release')).body, { released: 1 })
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
  async 'maintenance-after-login'({ login, works, useFails, loginFails, logoutFails, ends, advance }) {
    const token = await login()
    await useFails(token, 'unavailable')
    await advance(5 * minute - 1)
    await loginFails('unavailable')
    await logoutFails(token, 'unavailable')
    await advance(1)
    await works(token)
    await works(await login())
    await ends(token)
  },
  async outage({ t, driver, send, advance, login, works, useFails, logoutFails, loginFails, ends }) {
    const token = await login()
    await advance(9_999)
    await works(token)
    await advance(1)
    await useFails(token, 'unavailable')
    await logoutFails(token, 'unavailable')
    await advance(29_999)
    await loginFails('unavailable')
    t.equal((await send(driver.use(token))).headers['retry-after'], '30')
    await advance(1)
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
  async 'reset-on-logout'({ driver, breaks, login, useFails, logoutFails }) {
    for (const _again of times(2)) {
      const token = await login()
      await breaks(driver.logout(token))
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
  async 'slow-then-slower'({ t, slept, login, works }) {
    const token = await login()
    for (const _call of times(12)) await works(token)
    t.strictSame(slept(), [100, 100, 100, 100, 100, 1000, 1000, 1000, 1000, 1000, 3000, 3000, 3000])
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
  async 'truncated-login'({ driver, breaks, login, works }) {
    await breaks(driver.login())
    await works(await login())
  }
}

t.test('every shipped scenario behaves as in its title', async t => {
  // The default one is a table of accounts, and has a file of tests of its own.
  t.strictSame(
    Object.keys(runs).sort(),
    (await catalog.names()).filter(name => name !== 'default')
  )
})

t.test('every scenario has a unique title, in a sentence', async t => {
  const titles = await Promise.all((await catalog.names()).map(async name => (await catalog.find(name)).scenario.title))
  t.equal(new Set(titles).size, titles.length)
  for (const title of titles) t.match(title, /^[A-Za-z].{25,120}[^.]$/)
})

inEveryMode(async (t, mode) => {
  for (const [index, [name, run]] of Object.entries(runs).entries())
    t.test(name, async t => {
      // All products in one mode; in the others, each scenario with one product and each product with some of them.
      for (const driver of everyDriver.filter((_, at) => mode.name === 'memory' || at === index % everyDriver.length))
        t.test(driver.product.title, async t => {
          const client = await clientOf(t, mode, driver, name)
          await run(client)
          const { product } = driver
          const { rules } = (await catalog.find(name)).scenario
          const theirs = rules.filter(({ on }) =>
            product.operations.some(each => on.has(`${product.name}.${each.name}`))
          )
          const { body } = await client.control('GET /scenario')
          const played = new Map((body.rules as Rule[]).map(({ number, played }) => [number, played]))
          for (const { number, title } of theirs) t.ok(Number(played.get(number)) > 0, `${title} has played`)
        })
    })

  t.test('a scenario with a seed gives the same tokens after each reset', async t => {
    for (const driver of everyDriver) {
      const { login, control } = await clientOf(t, mode, driver, 'session-limit')
      const tokens = async () => [await login(), await login(), await login('norm')]
      const first = await tokens()
      t.equal(new Set(first).size, 3)
      await control('POST /reset')
      t.strictSame(await tokens(), first)
    }
  })
})

interface Rule {
  readonly number: number
  readonly played: number
}
