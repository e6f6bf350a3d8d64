import fc from 'fast-check'
import t from 'tap'
import { products } from '../routes/index.js'
import { type FailureName, failureNames } from '../src/product/failure.js'
import { fidelities } from '../src/product/product.js'
import { double } from './support/double.js'
import type { Driver, Request, Words } from './support/driver.js'
import { drivers } from './support/drivers.js'
import { loginAs } from './support/login-form.js'
import { words } from './support/refusals.js'
import { scenarioOf } from './support/scenario.js'
import { until } from './support/until.js'
import { ask, type Heard, replyOf, type Wired, wired } from './support/wire.js'

const [, , cbrain, hcx] = drivers as readonly [Driver, Driver, Driver, Driver]

/** The client with another base URL, and nothing else about it changed. */
const at = (space: string, request: Request): Request => ({ ...request, url: `/~${space}${request.url}` })

/** How often each client uses its session. */
const turns = 3

/** What a client hears at a step: a success, a refusal in these words, or not even that. */
type Outcome = 'success' | Words | 'reset' | 'cut'

/** A scenario of a client that logs in, uses its session, logs out, and uses it once more. */
interface Life {
  /** Rules on its operations, where `use` stands for what it uses its session for. */
  readonly rules: string
  readonly use: (turn: number) => Outcome
  readonly logout: Outcome
  readonly after: Outcome
}

/** Lives in which something happens at that turn. */
const lives: readonly ((driver: Driver, turn: number, failure: FailureName) => Life)[] = [
  (driver, turn) => ({
    rules: `{ on: use, call: ${turn}, per: session, then: expire }`,
    use: now => (now < turn ? 'success' : words(driver, 'use', 'expired-session')),
    logout: words(driver, 'logout', 'expired-session'),
    after: words(driver, 'use', 'expired-session')
  }),
  (driver, turn) => ({
    rules: `{ on: use, call: ${turn}, then: revoke }`,
    use: now => (now < turn ? 'success' : words(driver, 'use', 'no-session')),
    logout: words(driver, 'logout', 'no-session'),
    after: words(driver, 'use', 'no-session')
  }),
  (driver, turn, failure) => ({
    rules: `{ on: use, call: ${turn}, then: { fail: ${failure} } }`,
    use: now => (now === turn ? words(driver, 'use', failure) : 'success'),
    logout: 'success',
    after: words(driver, 'use', 'no-session')
  }),
  (driver, turn, failure) => ({
    rules: `{ on: use, times: ${turn}, then: { state: ${failure} } }, { on: logout, when: { state: ${failure} }, then: { fail: ${failure} } }`,
    use: () => 'success',
    logout: words(driver, 'logout', failure),
    after: 'success'
  }),
  (_driver, turn) => ({
    rules: `{ on: use, call: ${turn}, then: { reply: { status: 41${turn}, body: life ${turn} } } }, { on: logout, then: pretend }`,
    use: now => (now === turn ? [410 + turn, `life ${turn}`] : 'success'),
    logout: 'success',
    after: 'success'
  }),
  (driver, turn) => ({
    rules: `{ on: use, call: ${turn}, then: { connection: reset } }`,
    use: now => (now === turn ? 'reset' : 'success'),
    logout: 'success',
    after: words(driver, 'use', 'no-session')
  }),
  (driver, turn) => ({
    rules: `{ on: use, call: ${turn}-, then: { connection: truncate } }`,
    use: now => (now < turn ? 'success' : 'cut'),
    logout: 'success',
    after: driver === cbrain ? words(driver, 'use', 'no-session') : 'cut'
  })
]

/** A space by its number: whose client lives in it, which life, and as whom. */
const inhabitant = (number: number) => {
  const driver = drivers[number % 4] ?? hcx
  const life = lives[Math.floor(number / 4) % lives.length]
  const failure = failureNames[number % failureNames.length] ?? 'server-error'
  const turn = 1 + (Math.floor(number / 4 / lives.length) % turns)
  const login = `user${number}`
  if (!life) throw new Error(`no life has the number ${number}`)
  const { rules, ...rest } = life(driver, turn, failure)
  const scenario = scenarioOf(`
    seed: 7
    clock: 2026-01-01T00:00:00Z
    frozen: true
    accounts: [{ login: ${login}, password: demo }]
    rules: [${rules.replaceAll('on: use', `on: ${driver.product.name}.${driver.useOperation}`)}]
  `)
  return { space: `space-${number}`, driver, login, scenario, ...rest }
}

type Inhabitant = ReturnType<typeof inhabitant>

/** One client lives its life to the end: all that it has heard, to the byte, and whatever of it was not as it should be. */
const live = async ({ port }: Wired, { space, driver, login, use, logout, after }: Inhabitant) => {
  const heard: Heard[] = []
  const wrong: string[] = []
  const step = async (request: Request, outcome: Outcome): Promise<Heard> => {
    const answer = await ask(port, at(space, request))
    heard.push(answer)
    if (!isOutcome(driver, answer, outcome)) wrong.push(`${space} ${request.url}: ${outcome}, not ${answer.text}`)
    return answer
  }
  const token = driver.issued(replyOf(await step(loginAs(driver, login), 'success')))
  await step(loginAs(driver, `${login}0`), words(driver, 'login', 'bad-credentials'))
  for (let turn = 1; turn <= turns; turn += 1) await step(driver.use(token), use(turn))
  await step(driver.logout(token), logout)
  await step(driver.use(token), after)
  return { heard, wrong }
}

const isOutcome = (driver: Driver, heard: Heard, outcome: Outcome): boolean => {
  const reply = replyOf(heard)
  if (outcome === 'reset') return heard.end === 'reset' && heard.text === ''
  if (outcome === 'cut') return Number(reply.headers['content-length']) > reply.body.length
  if (outcome === 'success') return driver.succeeded(reply)
  return reply.statusCode === outcome[0] && reply.body.includes(outcome[1])
}

t.test('200 parallel spaces are independent, and reproducible to the byte', async t => {
  const inhabitants = Array.from({ length: 200 }, (_, number) => inhabitant(number))
  const run = async () => {
    const server = await wired(t, { products })
    for (const { space, scenario } of inhabitants) await server.app.spaces.get(space).reset(scenario)
    const lives = await Promise.all(inhabitants.map(each => live(server, each)))
    t.strictSame(
      lives.flatMap(({ wrong }) => wrong),
      []
    )
    await server.close()
    return lives.map(({ heard }) => heard.map(({ text }) => text))
  }
  const once = await run()
  t.equal(new Set(once.map(String)).size, 200, 'no two lives are the same')
  const again = await run()
  for (const [number, texts] of once.entries())
    if (texts.join() !== again[number]?.join()) t.strictSame(again[number], texts)
})

for (const driver of drivers)
  for (const fidelity of fidelities)
    t.test(
      `${driver.product.title}, ${fidelity}: with one seed and a frozen clock, responses are identical`,
      async t => {
        const scenario = scenarioOf('{ seed: 7, clock: "2026-01-01T00:00:00Z", frozen: true }')
        const run = async () => {
          const { port } = await wired(t, { products, scenario, fidelity })
          const heard: string[] = []
          const hear = async (request: Request) => {
            const answer = await ask(port, request)
            heard.push(answer.text)
            return answer
          }
          const token = driver.issued(replyOf(await hear(driver.login())))
          await hear(driver.use(token))
          await hear(loginAs(driver, 'demo', 'wrong'))
          for (const trouble of Object.values(driver.troubles)) await hear(trouble.request(token))
          await hear(driver.logout(token))
          await hear(driver.use(token))
          await hear(driver.use(driver.stranger))
          return heard
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
    { numRuns: 5 }
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
