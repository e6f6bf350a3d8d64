import t from 'tap'
import { clientOf, steered } from '../../../support/control.js'
import { loginAs } from '../../../support/login-form.js'
import { scenarioOf } from '../../../support/scenario.js'

const rules = (lines: readonly string[]) =>
  scenarioOf(`accounts: any\nrules:\n${lines.map(line => `  - { ${line} }\n`).join('')}`)

/** The numbers of the rules that played on a login. */
const playedOn = async (lines: readonly string[], login: string, product = 'hcx'): Promise<number[]> => {
  const { send, app } = steered({ scenario: rules(lines) })
  await send(loginAs(clientOf(product), login))
  return app.spaces.default.journal.entries().flatMap(({ rules }) => rules.map(({ number }) => number))
}

t.test('rules with and without a login apply in the order of the scenario', async t => {
  const lines = [
    'on: login, then: { headers: { X-Order: 1 } }',
    'on: login, when: { login: ann }, then: { headers: { X-Order: 2 } }',
    'on: "*", when: { login: /^a/ }, then: { headers: { X-Order: 3 } }',
    'on: login, when: { login: bob }, then: { fail: server-error }',
    'on: login, when: { login: ann }, then: { headers: { X-Order: 5 } }',
    'on: login, then: { headers: { X-Order: 6 } }'
  ]
  t.strictSame(await playedOn(lines, 'ann'), [1, 2, 3, 5, 6])
  t.strictSame(await playedOn(lines, 'bob'), [1, 4])
  t.strictSame(await playedOn(lines, 'eve'), [1, 6])
})

t.test('a login is matched in any letter case if the product ignores it, otherwise exactly', async t => {
  const lines = ['on: login, when: { login: Ann }, then: { delay: 1ms }']
  t.strictSame(await playedOn(lines, 'aNN', 'cbrain'), [1])
  t.strictSame(await playedOn(lines, 'aNN', 'hcx'), [])
  t.strictSame(await playedOn(lines, 'Ann', 'hcx'), [1])
})

t.test('the login of a call with a token is the owner of the session', async t => {
  const cbrain = clientOf('cbrain')
  const { send } = steered({ scenario: rules(['on: session, when: { login: ann }, then: { fail: unavailable }']) })
  const [ann, bob] = [
    cbrain.issued(await send(loginAs(cbrain, 'ann'))),
    cbrain.issued(await send(loginAs(cbrain, 'bob')))
  ]
  t.equal((await send(cbrain.use(ann))).statusCode, 503)
  t.equal((await send(cbrain.use(bob))).statusCode, 200)
})
