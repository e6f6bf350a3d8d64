import fc from 'fast-check'
import t from 'tap'
import { products } from '../routes/index.js'
import { fidelities } from '../src/product/product.js'
import { double } from './support/double.js'
import type { Driver, Request } from './support/driver.js'
import { drivers } from './support/drivers.js'
import { loginAs } from './support/login-form.js'
import { at, playParallelSpaces } from './support/parallel-spaces.js'
import { scenarioOf } from './support/scenario.js'
import { until } from './support/until.js'
import { ask, replyOf, wired } from './support/wire.js'

const [, , , hcx] = drivers as readonly [Driver, Driver, Driver, Driver]

t.test('parallel spaces are independent, and reproducible to the byte', async t => {
  // Each flow once, with each product.
  await playParallelSpaces(t, 28)
})

for (const driver of drivers)
  for (const fidelity of fidelities)
    t.test(
      `${driver.product.title}, ${fidelity}: with one seed and a frozen clock, responses are identical`,
      async t => {
        const scenario = scenarioOf('{ seed: 7, clock: "2026-01-01T00:00:00Z", frozen: true }')
        const run = async () => {
          const { port } = await wired(t, { products, scenario, fidelity })
          const received: string[] = []
          const receive = async (request: Request) => {
            const answer = await ask(port, request)
            received.push(answer.text)
            return answer
          }
          const token = driver.issued(replyOf(await receive(driver.login())))
          await receive(driver.use(token))
          await receive(loginAs(driver, 'demo', 'wrong'))
          for (const invalid of Object.values(driver.invalidRequests)) await receive(invalid.request(token))
          await receive(driver.logout(token))
          await receive(driver.use(token))
          await receive(driver.use(driver.unknownToken))
          return received
        }
        t.strictSame(await run(), await run())
      }
    )

t.test('with a seed, the tokens of a login are independent of the order of parallel clients', async t => {
  const clients = drivers.flatMap(driver => ['demo', 'ann', 'bob', 'norm'].map(login => ({ driver, login })))
  const scenario = scenarioOf(`
    seed: 7
    accounts: any
    rules: [{ on: login, chance: 0.5, per: login, then: { delay: { uniform: [1ms, 1s] } } }]
  `)
  /** The tokens of three logins of each client, one after the other, and all clients at once, in that order. */
  const tokensOf = async (order: typeof clients) => {
    const { send, systemClock } = double({ products, scenario })
    const tokens = await Promise.all(
      order.map(async ({ driver, login }) => {
        const mine: string[] = []
        for (const _time of [1, 2, 3]) {
          const token = driver.issued(await send(loginAs(driver, login)))
          mine.push(token, String(driver.succeeded(await send(driver.use(token)))))
        }
        return [`${driver.product.name} ${login}`, mine] as const
      })
    )
    return { tokens: Object.fromEntries(tokens), slept: systemClock.slept.sort() }
  }
  const wanted = await tokensOf(clients)
  t.equal(new Set(Object.values(wanted.tokens).flat()).size, 4 * 4 * 3 + 1)
  await fc.assert(
    fc.asyncProperty(fc.shuffledSubarray(clients, { minLength: clients.length }), async order => {
      const { tokens, slept } = await tokensOf(order)
      t.strictSame(tokens, wanted.tokens)
      t.strictSame(slept, wanted.slept)
    }),
    { numRuns: 2 }
  )
})

t.test('another space has other tokens from the same seed, independent of other spaces', async t => {
  const { send } = double({ products, scenario: scenarioOf('seed: 7') })
  const login = async (space: string, driver: Driver) => driver.issued(await send(at(space, driver.login())))
  for (const driver of drivers) {
    const [blue, red] = [await login('blue', driver), await login('red', driver)]
    t.not(blue, red)
    const other = double({ products, scenario: scenarioOf('seed: 7') })
    t.equal(driver.issued(await other.send(at('red', driver.login()))), red)
  }
})

t.test('each space has its own counts, clock, state and holds', async t => {
  const { app, send } = double({
    products,
    scenario: scenarioOf(`
      rules:
        - { on: hcx.session, call: 2, then: { fail: unavailable, state: Full } }
        - { on: hcx.session, when: { age: ">10m" }, then: { fail: rate-limited } }
    `)
  })
  const login = async (space: string) => hcx.issued(await send(at(space, hcx.login())))
  const [blue, red] = [await login('blue'), await login('red')]
  const status = async (token: string) => (await send(hcx.use(token))).statusCode
  t.strictSame([await status(blue), await status(red), await status(blue), await status(red)], [200, 200, 503, 503])
  const [one, other] = [app.spaces.get('blue'), app.spaces.get('red')]
  one.state = 'Empty'
  one.clock.advance(11 * 60_000)
  t.equal(other.state, 'Full')
  t.strictSame([await status(blue), await status(red)], [429, 200])
  await one.reset()
  t.equal(one.state, 'Started')
  t.strictSame([await status(blue), await status(red)], [401, 200])
})

t.test('an idle space is removed, with its state', async t => {
  const { app, send, systemClock } = double({ products, spaceIdle: 1000 })
  const names = () => app.spaces.list().map(({ name }) => name)
  const login = async (space: string) => hcx.issued(await send(at(space, hcx.login())))
  const home = hcx.issued(await send(hcx.login()))
  const [blue] = [await login('blue'), await login('red')]
  systemClock.advance(999)
  t.ok(hcx.succeeded(await send(hcx.use(blue))), 'its token alone keeps it')
  t.strictSame(names(), ['default', 'blue', 'red'])
  systemClock.advance(1)
  await until(() => !names().includes('red'))
  t.strictSame(names(), ['default', 'blue'])
  systemClock.advance(1000)
  await until(() => !names().includes('blue'))
  t.strictSame(names(), ['default'])
  t.notOk(hcx.succeeded(await send(hcx.use(blue))))
  t.ok(hcx.succeeded(await send(hcx.use(home))), 'the default space stays')
  t.notOk(hcx.succeeded(await send(at('blue', hcx.use(blue)))), 'and one of that name begins anew')
})
