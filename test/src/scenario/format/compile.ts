import t from 'tap'
import { scenarioOf } from '../../../support/scenario.js'

t.test('missing keys of a scenario have their defaults', async t => {
  t.strictSame(scenarioOf('title: Nothing'), {
    title: 'Nothing',
    accounts: [{ login: 'demo', password: 'demo' }],
    sessions: [],
    products: {},
    rules: []
  })
})

t.test('durations are in milliseconds, and never is unlimited', async t => {
  const { clock, frozen, seed, sessions, products } = scenarioOf(`
clock: 2026-01-01T02:00:00.250+02:00
frozen: true
seed: a seed
sessions:
  - { product: cbrain, login: demo, age: 1h30m, status: ended }
  - { product: hcx, login: demo, token: "78a7ac4e:ab72:483c:9f66:a76525838fd1" }
products:
  cbrain: { fidelity: observed, idle: 1.5s, lifetime: never, limit: 3 }
  videntity: { first_tx_number: 0 }
`)
  t.strictSame({ clock, frozen, seed }, { clock: Date.UTC(2026, 0, 1, 0, 0, 0, 250), frozen: true, seed: 'a seed' })
  t.strictSame(sessions, [
    { product: 'cbrain', login: 'demo', status: 'ended', age: 5_400_000 },
    { product: 'hcx', login: 'demo', token: '78a7ac4e:ab72:483c:9f66:a76525838fd1', status: 'open', age: 0 }
  ])
  t.strictSame(products, {
    cbrain: { fidelity: 'observed', idle: 1500, lifetime: Number.POSITIVE_INFINITY, limit: 3 },
    videntity: { first_tx_number: 0 }
  })
})

t.test('rules have numbers, names and places', async t => {
  const { rules } = scenarioOf(
    'rules:\n  - { on: hcx, then: evict }\n\n  # with a name\n  - name: two\n    on: login\n    then: evict'
  )
  t.strictSame(
    rules.map(({ number, title, on }) => [number, title, [...on].sort()]),
    [
      [1, 'rule 1 (scenario.yaml:2)', ['hcx.login', 'hcx.logout', 'hcx.session']],
      [2, 'rule "two" (scenario.yaml:5)', ['cbrain.login', 'hcx.login', 'netbrain.login', 'videntity.login']]
    ]
  )
})
