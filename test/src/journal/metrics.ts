import t from 'tap'
import { Session, SessionStore } from '../../../src/session/session-store.js'
import { clientOf, steered } from '../../support/control.js'
import { scenarioOf } from '../../support/scenario.js'

const hcx = clientOf('hcx')

const policy = {
  idle: 3_600_000,
  lifetime: Number.POSITIVE_INFINITY,
  limit: Number.POSITIVE_INFINITY,
  renewed: true,
  pinned: false
}

t.test('requests before the first read of the metrics are counted too', async t => {
  const { ask, send } = steered()
  for (let each = 0; each < 3; each += 1) await send(hcx.use(hcx.unknownToken))
  const text = async () => (await ask('GET /metrics')).text
  t.match(await text(), '\nsession_mock_requests_total{product="hcx",operation="session",outcome="refused"} 3\n')
  await send(hcx.use(hcx.unknownToken))
  t.match(await text(), '\nsession_mock_requests_total{product="hcx",operation="session",outcome="refused"} 4\n')
})

t.test('response times are counted in seconds, in buckets', async t => {
  const { ask, send, systemClock } = steered({
    scenario: scenarioOf('title: x\nrules: [{ on: session, then: { delay: 200ms } }]')
  })
  systemClock.sleep = async ms => systemClock.advance(ms)
  await send(hcx.use(hcx.unknownToken))
  const { text } = await ask('GET /metrics')
  const labels = 'product="hcx",operation="session",outcome="refused"'
  t.match(text, `\nsession_mock_request_duration_seconds_bucket{le="0.1",${labels}} 0\n`)
  t.match(text, `\nsession_mock_request_duration_seconds_bucket{le="0.25",${labels}} 1\n`)
  t.match(text, `\nsession_mock_request_duration_seconds_sum{${labels}} 0.2\n`)
})

t.test('a reset clears journals, but no metrics', async t => {
  const { ask, send } = steered({ journal: 1 })
  for (let each = 0; each < 3; each += 1) await send(hcx.use(hcx.unknownToken))
  await ask('POST /reset')
  const { text } = await ask('GET /metrics')
  t.match(text, '\nsession_mock_journal_dropped_total 2\n')
  t.match(text, 'operation="session",outcome="refused"} 3\n')
})

t.test('an expired session is not counted, even without a use', async t => {
  const { ask, send } = steered()
  await send(hcx.login())
  await ask('PUT /clock', { action: 'advance', by: '2h' })
  await send(hcx.login())
  t.match((await ask('GET /metrics')).text, '\nsession_mock_open_sessions{product="hcx"} 1\n')
  t.match((await ask('GET /spaces')).body, { spaces: [{ sessions: 1 }] })
})

t.test('open sessions are counted without a list of them', async t => {
  const { ask, app } = steered()
  const { sessions, clock } = app.spaces.default
  const now = clock.now()
  for (let each = 0; each < 200; each += 1)
    sessions.open(new Session('hcx', `token ${each}`, `login ${each}`, '*', now, policy), now)
  sessions.list = () => {
    throw new Error('they are listed')
  }
  const { text } = await ask('GET /metrics')
  t.match(text, '\nsession_mock_open_sessions{product="hcx"} 200\n')
  t.match((await ask('GET /spaces')).body, { spaces: [{ sessions: 200 }] })
})

t.test('with more sessions than a count checks, expired ones are found gradually', async t => {
  const sessions = new SessionStore({ remember: 100, checkedByCount: 10 })
  for (let each = 0; each < 25; each += 1) sessions.open(new Session('hcx', `token ${each}`, 'demo', '*', 0, policy), 0)
  t.equal(sessions.count('hcx', 3_599_999), 25)
  t.strictSame(
    [1, 2, 3].map(() => sessions.count('hcx', 3_600_000)),
    [14, 3, 0]
  )
  t.equal(sessions.count('cbrain', 0), 0)
})
