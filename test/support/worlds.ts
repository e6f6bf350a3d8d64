import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { Response } from 'light-my-request'
import { products } from '../../routes/index.js'
import type { Fidelity } from '../../src/product/product.js'
import { toy } from '../fixtures/toy.js'
import { type Steered, shippedStories, steered } from './control.js'
import type { Driver, Request } from './driver.js'
import { scenarioOf } from './scenario.js'

/** One action of a client or a test. `session`: index of a session, the newest is 0. */
export type Action =
  | { readonly do: 'login' | 'unknown' | 'odd' }
  /** A login whose client resets the connection right behind it. */
  | { readonly do: 'reset' }
  | { readonly do: 'use' | 'logout'; readonly session: number }
  | { readonly do: 'advance'; readonly by: string }
  | { readonly do: 'expire' | 'revoke' }

const ofSession = fc.nat({ max: 3 })

export const anyAction: fc.Arbitrary<Action> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('login' as const) }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constantFrom('use' as const), session: ofSession }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constantFrom('logout' as const), session: ofSession }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('unknown' as const, 'odd' as const) }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('advance' as const), by: fc.constantFrom('1s', '29m', '31m', '25h') })
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('expire' as const, 'revoke' as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('reset' as const) }) }
)

/** A client of a space that stores its tokens. */
export class Client {
  readonly tokens: string[]

  constructor(
    readonly server: Steered,
    readonly driver: Driver,
    readonly space: string,
    tokens: readonly string[] = []
  ) {
    this.tokens = [...tokens]
  }

  /** Performs the actions. Resolves to the complete responses. */
  async play(actions: readonly Action[]): Promise<string[]> {
    const answers: string[] = []
    for (const action of actions) answers.push(await this.#do(action))
    return answers
  }

  async #do(action: Action): Promise<string> {
    const { driver } = this
    if (action.do === 'advance') return this.#steer('PUT /clock', { action: 'advance', by: action.by })
    if (action.do === 'expire' || action.do === 'revoke')
      return this.#steer(`POST /sessions/${action.do}`, { product: driver.product.name })
    if (action.do === 'login') {
      const reply = await this.#send(driver.login())
      if (driver.succeeded(reply)) this.tokens.unshift(driver.issued(reply))
      return bytesOf(reply)
    }
    if (action.do === 'reset') return bytesOf(await this.#send(driver.login(), true))
    if (action.do === 'odd') return bytesOf(await this.#send(driver.odd))
    if (action.do === 'unknown' || !('session' in action))
      return bytesOf(await this.#send(driver.use(driver.unknownToken)))
    return bytesOf(await this.#send(driver[action.do](this.tokens[action.session] ?? driver.unknownToken)))
  }

  #send(request: Request, gone = false): Promise<Response> {
    const { url, ...rest } = request
    return this.server.send({ ...rest, gone, url: `/~${this.space}${url}` })
  }

  async #steer(line: string, body: object): Promise<string> {
    const told = await this.server.ask(`${line}?space=${this.space}`, body)
    return told.text.replaceAll(`"space":"${this.space}"`, '"space":"…"')
  }
}

const bytesOf = ({ statusCode, headers, body }: Response): string =>
  `${statusCode}\n${Object.entries(headers)
    .map(([name, value]) => `${name}: ${value}`)
    .join('\n')}\n\n${body}`

/** Draws, counts in all, by session and by login, states that end, rules that last. */
const scenario = scenarioOf(`
seed: 7
rules:
  - on: "*"
    every: 3
    per: session
    chance: 0.5
    then: { headers: { X-Third: "yes" } }
  - on: session
    call: 2
    per: login
    then: [expire, { state: { to: Tired, for: 10m } }]
  - on: login
    when: { state: Tired }
    then: { fail: rate-limited }
  - on: [logout]
    chance: 0.3
    for: 20m
    then: { fail: server-error }
  - on: login
    times: 2
    call: 3-
    then: { headers: { X-Late: "yes" } }
`)

const whole = 'secrets=true&rows=true'

/** The snapshot of a space, without what differs from place to place. */
const savedBy = async (server: Steered, space: string) => {
  // Expiry is noticed first, as the answer to a restored snapshot counts the sessions too.
  await server.ask(`GET /spaces?space=${space}`)
  const told = await server.ask(`GET /snapshot?space=${space}&${whole}`)
  // Each look at the sessions moves the walk that finds those whose time is over.
  const walked = JSON.parse(told.text.replace(/"swept":\d+,/g, ''))
  const { savedAt: _at, space: _space, inherited: _inherited, ...document } = walked
  return { text: told.text, document }
}

/**
 * Compares a fork and a restored snapshot with the original, for random actions before and after: their responses, and the snapshot of
 * the restored one.
 */
export const compareCopies = async (
  driver: Driver,
  fidelity: Fidelity,
  { maxLength, ...parameters }: fc.Parameters<unknown> & { readonly maxLength: number }
): Promise<void> => {
  const options = { scenario, catalog: shippedStories, products: [...products, toy], only: driver.product, fidelity }
  const before = fc.array(anyAction, { maxLength })
  const after = fc.array(anyAction, { minLength: 1, maxLength })
  const property = fc.asyncProperty(before, after, async (before, after) => {
    const server = steered(options)
    const client = new Client(server, driver, 'a')
    await server.ask('POST /spaces', { name: 'a' })
    await client.play(before)
    const elsewhere = steered(options)
    const { text } = await server.ask(`GET /snapshot?space=a&${whole}`)
    for (const to of ['b', 'd']) assert.equal((await server.ask('POST /spaces/a/fork', { to })).status, 201)
    assert.equal((await elsewhere.ask('PUT /snapshot?space=c', text)).status, 200)
    const tokens = [...client.tokens]
    const answers = await client.play(after)
    assert.deepEqual(await new Client(server, driver, 'b', tokens).play(after), answers, 'the fork')
    assert.deepEqual(await new Client(elsewhere, driver, 'c', tokens).play(after), answers, 'the restored one')
    const saved = await savedBy(server, 'd')
    await elsewhere.ask('PUT /snapshot?space=e', saved.text)
    assert.deepEqual((await savedBy(elsewhere, 'e')).document, saved.document, 'the snapshot of the restored one')
  })
  await fc.assert(property, parameters)
}
