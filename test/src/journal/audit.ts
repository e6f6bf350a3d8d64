import t from 'tap'
import { createApp } from '../../../src/app.js'
import { StrictAudit } from '../../../src/journal/verdicts.js'
import { run } from '../../support/command.js'
import { double } from '../../support/double.js'
import { products } from '../../support/known-products.js'
import { scenarioOf } from '../../support/scenario.js'
import { until } from '../../support/until.js'

const twoRules = scenarioOf(
  'title: two rules\nrules:\n  - { name: used, on: login, then: { delay: 1s } }\n  - { name: unused, on: logout, then: expire }\n'
)

/** A server that is audited; `offer` is the title of a scenario whose rules need not play. */
const audited = (offer = '') => {
  const strict = new StrictAudit(({ title }) => title === offer)
  const { app, systemClock, send } = double({ scenario: twoRules, audit: strict })
  const login = (space: string) =>
    send({
      method: 'POST',
      url: `/~${space}/session`,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: 'login=demo&password=demo'
    })
  const steer = (method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, payload = '') =>
    send({ method, url: `/__admin${path}`, payload })
  return { app, systemClock, login, steer, findings: () => strict.findings(app.spaces.list()) }
}

t.test('failed verdicts of all spaces are found, and rules that were never applied in any', async t => {
  const { login, findings } = audited()
  await login('blue')
  t.same(findings(), [
    'session-left-open: sessions without a logout (1)',
    '  blue: the session of request 1 (cbrain.login by demo, 200) was never logged out',
    'rules never applied (1)',
    '  rule "unused" (scenario.yaml:4): on logout: expire the session'
  ])
})

t.test('without requests, only unused rules are found, except those of the default scenario', async t => {
  t.same(audited().findings().length, 3)
  t.same(audited('two rules').findings(), [])
})

for (const [how, path] of [
  ['dropped', '/spaces?space=blue'],
  ['reset', '/reset?space=blue'],
  ['given another scenario', '/scenario?space=blue']
] as const)
  t.test(`findings of a space are kept when it is ${how}`, async t => {
    const { login, steer, findings } = audited()
    await login('blue')
    const method = path.startsWith('/reset') ? 'POST' : path.startsWith('/spaces') ? 'DELETE' : 'PUT'
    t.equal((await steer(method, path, method === 'PUT' ? 'title: another\n' : '')).statusCode, 200)
    t.match(findings(), [/^session-left-open/, /^ {2}blue: /, /^rules never applied \(1\)/, /"unused"/])
  })

t.test('findings of a removed idle space are kept', async t => {
  const { app, systemClock, login, findings } = audited()
  await login('blue')
  systemClock.advance(1_800_000)
  await until(() => app.spaces.list().length === 1)
  t.match(findings(), [/^session-left-open/, /^ {2}blue: /, /^rules/, /"unused"/])
})

t.test('a rule applied before a reload of its file counts as applied', async t => {
  const { app, login, findings } = audited()
  await login('blue')
  await app.spaces.adopt(twoRules)
  t.same(
    findings().filter(line => line.includes('rule "')),
    ['  rule "unused" (scenario.yaml:4): on logout: expire the session']
  )
})

t.test('the first findings are printed, with the number of all', async t => {
  const { login, findings } = audited('two rules')
  for (let count = 0; count < 25; count += 1) await login(`space-${count}`)
  const said = findings()
  t.equal(said[0], 'session-left-open: sessions without a logout (25)')
  t.equal(said.length, 22)
  t.equal(said.at(-1), '  and 5 more')
})

t.test('without an audit, dropped spaces leave no data', async t => {
  const app = createApp({ products, systemClock: double().systemClock, scenario: twoRules })
  await app.spaces.drop(app.spaces.get('blue'))
  t.equal(app.spaces.list().length, 1)
})

t.test('the command prints the findings, and its exit code is 4', async t => {
  const scenario = 'rules: [{ name: unused, on: logout, then: expire }]\n'
  const { code, err } = await run(['--port', '0', '--strict', '--scenario', scenario])
  t.equal(code, 4)
  t.equal(
    err,
    'session-mock: --strict found:\n  rules never applied (1)\n    rule "unused" (scenario:1): on logout: expire the session\n'
  )
})

t.test('without findings, or without --strict, it is 0', async t => {
  t.match(await run(['--port', '0', '--strict']), { code: 0, err: '' })
  t.match(await run(['--port', '0', '--scenario', 'outage']), { code: 0, err: '' })
})

t.test('findings before a fork count for the original only', async t => {
  for (const rows of [false, true]) {
    const { app, login, steer, findings } = audited('two rules')
    await login('blue')
    const fork = await steer('POST', '/spaces/blue/fork', JSON.stringify({ to: 'copy', rows }))
    t.equal(fork.statusCode, 201)
    const saved = await steer('GET', `/snapshot?space=blue&secrets=true&rows=${rows}`)
    t.equal((await steer('PUT', '/snapshot?space=other', saved.body)).statusCode, 200)
    t.same(app.spaces.list().length, 4)
    t.same(findings(), [
      'session-left-open: sessions without a logout (1)',
      '  blue: the session of request 1 (cbrain.login by demo, 200) was never logged out'
    ])
  }
})

t.test('findings of a fork count for the fork', async t => {
  const { login, steer, findings } = audited('two rules')
  await login('blue')
  await steer('POST', '/spaces/blue/fork', '{"to":"copy","rows":true}')
  await login('copy')
  t.same(findings(), [
    'session-left-open: sessions without a logout (2)',
    '  blue: the session of request 1 (cbrain.login by demo, 200) was never logged out',
    '  copy: the session of request 2 (cbrain.login by demo, 200) was never logged out',
    'needless-login: logins during an open session of the same account (1)',
    '  copy: request 2 (cbrain.login by demo, 200), during the open session of request 1 (cbrain.login by demo, 200)'
  ])
})

t.test('a rule applied only in another run does not count as applied', async t => {
  const before = audited()
  await before.login('blue')
  const saved = await before.steer('GET', '/snapshot?space=blue&secrets=true')
  const { steer, findings } = audited()
  await steer('PUT', '/snapshot?space=blue', saved.body)
  t.match(findings(), ['rules never applied (2)', /"used"/, /"unused"/])
  const again = audited()
  await again.steer('PUT', '/snapshot?space=blue', saved.body)
  await again.login('blue')
  t.match(again.findings().at(-1), /"unused"/)
  t.match(again.findings().at(-2), 'rules never applied (1)')
})

t.test('findings of a space are kept after the restore of another state', async t => {
  const { login, steer, findings } = audited('two rules')
  const saved = await steer('GET', '/snapshot?secrets=true')
  await login('blue')
  await steer('PUT', '/snapshot?space=blue', saved.body)
  t.match(findings(), [/^session-left-open/, /^ {2}blue: the session of request 1 /])
})
