import type { Test } from 'tap'
import { products } from '../../routes/index.js'
import { type FailureName, failureNames } from '../../src/product/failure.js'
import type { Driver, Request, Words } from './driver.js'
import { drivers } from './drivers.js'
import { loginAs } from './login-form.js'
import { words } from './refusals.js'
import { scenarioOf } from './scenario.js'
import { ask, type Received, replyOf, type Wired, wired } from './wire.js'

const [, , cbrain, hcx] = drivers as readonly [Driver, Driver, Driver, Driver]

/** The client with another base URL, and nothing else about it changed. */
export const at = (space: string, request: Request): Request => ({ ...request, url: `/~${space}${request.url}` })

/** Plays that number of parallel spaces, twice: each is independent of the others, and reproducible to the byte. */
export const playParallelSpaces = async (t: Test, count: number): Promise<void> => {
  const clients = Array.from({ length: count }, (_, number) => clientOf(number))
  const run = async () => {
    const server = await wired(t, { products })
    for (const { space, scenario } of clients) await server.app.spaces.get(space).reset(scenario)
    const flows = await Promise.all(clients.map(each => runClient(server, each)))
    t.strictSame(
      flows.flatMap(({ wrong }) => wrong),
      []
    )
    await server.close()
    return flows.map(({ received }) => received.map(({ text }) => text))
  }
  const once = await run()
  t.equal(new Set(once.map(String)).size, count, 'no two flows are the same')
  const again = await run()
  for (const [number, texts] of once.entries())
    if (texts.join() !== again[number]?.join()) t.strictSame(again[number], texts)
}

/** How often each client uses its session. */
const turns = 3

/** What a client receives at a step: a success, a refusal in these words, or not even that. */
type Outcome = 'success' | Words | 'reset' | 'cut'

/** A scenario of a client that logs in, uses its session, logs out, and uses it once more. */
interface Flow {
  /** Rules on its operations, where `use` stands for what it uses its session for. */
  readonly rules: string
  readonly use: (turn: number) => Outcome
  readonly logout: Outcome
  readonly after: Outcome
}

/** Flows in which something happens at that turn. */
const flows: readonly ((driver: Driver, turn: number, failure: FailureName) => Flow)[] = [
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
    rules: `{ on: use, call: ${turn}, then: { reply: { status: 41${turn}, body: flow ${turn} } } }, { on: logout, then: pretend }`,
    use: now => (now === turn ? [410 + turn, `flow ${turn}`] : 'success'),
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

/** A space by its number: whose client uses it, which flow, and its login. */
const clientOf = (number: number) => {
  const driver = drivers[number % 4] ?? hcx
  const flow = flows[Math.floor(number / 4) % flows.length]
  const failure = failureNames[number % failureNames.length] ?? 'server-error'
  const turn = 1 + (Math.floor(number / 4 / flows.length) % turns)
  const login = `user${number}`
  if (!flow) throw new Error(`no flow has the number ${number}`)
  const { rules, ...rest } = flow(driver, turn, failure)
  const scenario = scenarioOf(`
    seed: 7
    clock: 2026-01-01T00:00:00Z
    frozen: true
    accounts: [{ login: ${login}, password: demo }]
    rules: [${rules.replaceAll('on: use', `on: ${driver.product.name}.${driver.useOperation}`)}]
  `)
  return { space: `space-${number}`, driver, login, scenario, ...rest }
}

type Client = ReturnType<typeof clientOf>

/** Runs one client to its end: all that it has received, to the byte, and whatever of it was not as it should be. */
const runClient = async ({ port }: Wired, { space, driver, login, use, logout, after }: Client) => {
  const received: Received[] = []
  const wrong: string[] = []
  const step = async (request: Request, outcome: Outcome): Promise<Received> => {
    const answer = await ask(port, at(space, request))
    received.push(answer)
    if (!isOutcome(driver, answer, outcome)) wrong.push(`${space} ${request.url}: ${outcome}, not ${answer.text}`)
    return answer
  }
  const token = driver.issued(replyOf(await step(loginAs(driver, login), 'success')))
  await step(loginAs(driver, `${login}0`), words(driver, 'login', 'bad-credentials'))
  for (let turn = 1; turn <= turns; turn += 1) await step(driver.use(token), use(turn))
  await step(driver.logout(token), logout)
  await step(driver.use(token), after)
  return { received, wrong }
}

const isOutcome = (driver: Driver, received: Received, outcome: Outcome): boolean => {
  const reply = replyOf(received)
  if (outcome === 'reset') return received.end === 'reset' && received.text === ''
  if (outcome === 'cut') return Number(reply.headers['content-length']) > reply.body.length
  if (outcome === 'success') return driver.succeeded(reply)
  return reply.statusCode === outcome[0] && reply.body.includes(outcome[1])
}
