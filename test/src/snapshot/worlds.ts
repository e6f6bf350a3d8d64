import fc from 'fast-check'
import t from 'tap'
import { products } from '../../../routes/index.js'
import { fidelities } from '../../../src/product/product.js'
import { toy, toyDriver } from '../../fixtures/toy.js'
import { type Steered, shippedStories, steered } from '../../support/control.js'
import { everyDriver } from '../../support/drivers.js'
import { scenarioOf } from '../../support/scenario.js'
import { type Action, anyAction, Client } from '../../support/worlds.js'

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

const everybody = [...products, toy]

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

for (const driver of [...everyDriver, toyDriver])
  for (const fidelity of fidelities)
    t.test(`${driver.product.title}, ${fidelity}`, async t => {
      const options = { scenario, catalog: shippedStories, products: everybody, only: driver.product, fidelity }
      const begin = async (before: readonly Action[]) => {
        const server = steered(options)
        const client = new Client(server, driver, 'a')
        await server.ask('POST /spaces', { name: 'a' })
        await client.play(before)
        return { server, client }
      }
      const before = fc.array(anyAction, { maxLength: 25 })
      const after = fc.array(anyAction, { minLength: 1, maxLength: 25 })

      t.test('a fork and a restored snapshot respond like the original, and no restore changes a snapshot', async t => {
        const property = fc.asyncProperty(before, after, async (before, after) => {
          const { server, client } = await begin(before)
          const elsewhere = steered(options)
          const { text } = await server.ask(`GET /snapshot?space=a&${whole}`)
          for (const to of ['b', 'd']) t.equal((await server.ask('POST /spaces/a/fork', { to })).status, 201)
          t.equal((await elsewhere.ask('PUT /snapshot?space=c', text)).status, 200)
          const tokens = [...client.tokens]
          const answers = await client.play(after)
          t.strictSame(await new Client(server, driver, 'b', tokens).play(after), answers, 'the fork')
          t.strictSame(await new Client(elsewhere, driver, 'c', tokens).play(after), answers, 'the restored one')
          const saved = await savedBy(server, 'd')
          await elsewhere.ask('PUT /snapshot?space=e', saved.text)
          t.strictSame((await savedBy(elsewhere, 'e')).document, saved.document, 'the snapshot of the restored one')
        })
        await fc.assert(property, { numRuns: 10 })
      })
    })
