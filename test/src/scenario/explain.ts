import { readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import { explain, sayPlayed } from '../../../src/scenario/explain.js'
import { storyOf } from '../../support/story.js'

t.test('a story is told in English, a line for each thing', async t => {
  const story = storyOf(`
title: The third use of a token finds it expired, and every tenth call breaks
seed: 7
clock: 2026-01-01T00:00:00Z
frozen: true
accounts:
  - { login: norm, password: norm_123 }
  - { login: anna, password: x }
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
    explain(story),
    `The third use of a token finds it expired, and every tenth call breaks

  Accounts: norm, anna.
  Seed 7: tokens, numbers and chances are the same on every run.
  The clock starts at 2026-01-01T00:00:00.000Z.
  The clock stands still.
  norm has an open session on cbrain, with the token 00112233445566778899aabbccddeeff.
  anna has an expired session on hcx, 1h 30m old.
  cbrain: does what its real server was seen to do.
  cbrain: a session ends when unused for 1d.
  hcx: a session may be unused for ever.
  hcx: a session ends 8h after its login.
  hcx: an account has at most 2 sessions, the oldest goes.
  videntity: does what its document says.
  videntity: a session may live for ever.
  videntity: an account has at most 1 session, the oldest goes.
  videntity: first_tx_number is 5.
  1. on cbrain.session, when login is norm, at call 3 of each session: expire the session  [rule 1 (story.yaml:17)]
  2. on *, at every 10th call: fail with server-error, then set header Retry-After: 1  [rule "one in ten" (story.yaml:22)]
`
  )
})

t.test('who may log in is said of anyone and of nobody', async t => {
  t.match(explain(storyOf('accounts: any')), '  Accounts: anyone, with any password.\n')
  t.match(explain(storyOf('accounts: []')), '  Accounts: nobody.\n')
  t.match(explain(storyOf('seed: a')), '  Accounts: demo.\n')
})

t.test('a story without a title is called by its file', async t => {
  t.match(explain(storyOf('seed: a')), /^story\.yaml\n/)
})

t.test('a rule is said with how often it has played', async t => {
  const { rules } = storyOf('rules: [{ on: login, then: { delay: 2s } }]')
  const said = (played: number) => rules.map(rule => sayPlayed(rule, { matched: 3, played }))
  t.strictSame(said(1), ['on login: wait 2s (played 1 time)'])
  t.strictSame(said(3), ['on login: wait 2s (played 3 times)'])
})

t.test('every rule of every story that is shipped is a sentence, with its place', async t => {
  const folder = new URL('../../../scenarios/', import.meta.url)
  for (const file of readdirSync(folder).filter(file => file.endsWith('.yaml'))) {
    const story = storyOf(readFileSync(new URL(file, folder), 'utf8'))
    const sentences = explain(story).match(/^ {2}\d+\. on .+: .+ {2}\[rule ".+" \(story\.yaml:\d+\)\]$/gm) ?? []
    t.equal(sentences.length, story.rules.length, file)
  }
})
