import type { Test } from 'tap'
import { products } from '../../routes/index.js'
import { type FailureName, failureNames } from '../../src/product/failure.js'
import type { Driver, Request, Words } from './driver.js'
import { drivers } from './drivers.js'
import { loginAs } from './login-form.js'
import { words } from './refusals.js'
import { scenarioOf } from './scenario.js'
import { ask, type Heard, replyOf, type Wired, wired } from './wire.js'

const [, , cbrain, hcx] = drivers as readonly [Driver, Driver, Driver, Driver]

/** The client with another base URL, and nothing else about it changed. */
export const at = (space: string, request: Request): Request => ({ ...request, url: `/~${space}${request.url}` })

/** Plays that number of parallel spaces, twice: each is independent of the others, and reproducible to the byte. */
export const playParallelSpaces = async (t: Test, count: number): Promise<void> => {
  const inhabitants = Array.from({ length: count }, (_, number) => inhabitant(number))
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
  t.equal(new Set(once.map(String)).size, count, 'no two lives are the same')
  const again = await run()
  for (const [number, texts] of once.entries())
    if (texts.join() !== again[number]?.join()) t.strictSame(again[number], texts)
}

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
