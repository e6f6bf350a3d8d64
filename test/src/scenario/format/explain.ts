import { readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import { products } from '../../../../routes/index.js'
import { describeRuleWithCount, explain } from '../../../../src/scenario/format/explain.js'
import { createParse } from '../../../../src/scenario/format/parse.js'
import { scenarioOf } from '../../../support/scenario.js'

t.test('a scenario is described in English, one line for each key', async t => {
  const scenario = scenarioOf(`
title: The third use of a token finds it expired, and every tenth call breaks
seed: 7
clock: 2026-01-01T00:00:00Z
frozen: true
accounts:
  - { login: norm, password: norm_123 }
  - { login: anna, password: secret, cbrain: { user_id: 2 } }
sessions:
  - { product: cbrain, login: norm, token: 00112233445566778899aabbccddeeff }
  - { product: hcx, login: anna, age: 90m, status: expired }
products:
  cbrain: { fidelity: observed, idle: 24h }
  hcx: { lifetime: 8h, idle: never, limit: 2 }
  videntity: { fidelity: documented, lifetime: never, limit: 1, first_tx_number: 5 }
rules:
  - on: cbrain.session
    when: { login: norm }
    call: 3
    per: session
    then: expire
  - name: one in ten
    on: "*"
    every: 10
    then: { fail: server-error, headers: { Retry-After: 1 } }
`)
  t.equal(
    explain(scenario),
    `The third use of a token finds it expired, and every tenth call breaks

  Accounts: norm, anna.
  anna on cbrain: user_id is 2.
  Seed 7: tokens, numbers and probabilities are the same on every run.
  The clock starts at 2026-01-01T00:00:00.000Z.
  The clock is frozen.
  norm has an open session on cbrain, with the token 00112233445566778899aabbccddeeff.
  anna has an expired session on hcx, 1h 30m old.
  cbrain: follows the observed behaviour of its real server.
  cbrain: a session ends when unused for 1d.
  hcx: a session has no idle timeout.
  hcx: a session ends 8h after its login.
  hcx: an account has at most 2 sessions; a further login ends the oldest.
  videntity: follows its published document.
  videntity: a session has no maximum lifetime.
  videntity: an account has at most 1 session; a further login ends the oldest.
  videntity: first_tx_number is 5.
  1. on cbrain.session, when login is norm, on the third call of each session: expire the session  [rule 1 (scenario.yaml:17)]
  2. on any request, on every tenth call: fail with server-error, then set header Retry-After: 1  [rule "one in ten" (scenario.yaml:22)]
`
  )
})

t.test('accounts are described, also any and none', async t => {
  t.match(explain(scenarioOf('accounts: any')), '  Accounts: anyone, with any password.\n')
  t.match(explain(scenarioOf('accounts: []')), '  Accounts: nobody.\n')
  t.match(explain(scenarioOf('seed: a')), '  Accounts: demo.\n')
})

t.test('a scenario without a title is named by its file', async t => {
  t.match(explain(scenarioOf('seed: a')), /^scenario\.yaml\n/)
})

t.test('a rule is described with its count', async t => {
  const { rules } = scenarioOf('rules: [{ on: login, then: { delay: 2s } }]')
  const said = (played: number) => rules.map(rule => describeRuleWithCount(rule, { matched: 3, played }, 0))
  t.strictSame(said(1), ['on login: wait 2s (applied 1 time)'])
  t.strictSame(said(3), ['on login: wait 2s (applied 3 times)'])
})

t.test('a rule with for is described with its end', async t => {
  const { rules } = scenarioOf('rules: [{ on: login, for: 10m, then: { fail: forbidden } }]')
  const until = Date.parse('2026-01-01T00:10:00Z')
  const said = (now: number) => rules.map(rule => describeRuleWithCount(rule, { matched: 3, played: 3, until }, now))
  const sentence = 'on login, then on every call for 10m: fail with forbidden (applied 3 times'
  t.strictSame(said(until - 1), [`${sentence}, lasts until 2026-01-01T00:10:00.000Z)`])
  t.strictSame(said(until), [`${sentence}, over since 2026-01-01T00:10:00.000Z)`])
})

t.test('a reply is described completely', async t => {
  const said = (then: string) =>
    scenarioOf(`rules: [{ on: login, then: ${then} }]`).rules.map(({ sentence }) => sentence)
  t.strictSame(said('{ reply: { status: 302, headers: { Location: /, Set-Cookie: [a=1, b=2] }, body: Gone } }'), [
    'on login: reply 302 with headers Location: /, Set-Cookie: a=1, Set-Cookie: b=2 and body "Gone"'
  ])
  t.strictSame(said('{ reply: { body: { ok: false } } }'), ['on login: reply 200 with JSON body {"ok":false}'])
  t.strictSame(said('{ reply: {} }'), ['on login: reply 200'])
  t.match(said(`{ reply: { body: ${'x'.repeat(300)} } }`)[0], /with body "x{199}… \(302 characters\)$/)
  t.strictSame(said('{ state: { to: Locked, for: 90m } }'), ['on login: move to state Locked for 1h 30m'])
})

t.test('conditions are described in English', async t => {
  const [rule] = scenarioOf(
    'rules: [{ on: login, when: { login: /^a/, token: x, header: { A: true, B: false, C: /c/ }, body: /d/ }, then: evict }]'
  ).rules
  t.equal(
    rule?.sentence,
    "on login, when login matches /^a/ and token is x and header A is present and header B is absent and header C matches /c/ and body matches /d/: end the account's other sessions"
  )
})

t.test('every rule of the shipped scenarios has a sentence and a place', async t => {
  const folder = new URL('../../../../scenarios/', import.meta.url)
  const parse = createParse(products)
  for (const file of readdirSync(folder).filter(file => file.endsWith('.yaml'))) {
    const { scenario } = parse({ name: 'scenario.yaml', text: readFileSync(new URL(file, folder), 'utf8') })
    const sentences = explain(scenario).match(/^ {2}\d+\. on .+: .+ {2}\[rule ".+" \(scenario\.yaml:\d+\)\]$/gm) ?? []
    t.equal(sentences.length, scenario.rules.length, file)
  }
})
