import t from 'tap'
import { steered } from '../../support/control.js'
import { form, type Request } from '../../support/driver.js'
import { LongClock } from '../../support/long-clock.js'
import { scenarioOf } from '../../support/scenario.js'
import { until } from '../../support/until.js'

const login: Request = { method: 'POST', url: '/session', headers: form, payload: 'login=demo&password=demo' }

/** A server whose logins are held; the second request is an ordinary one. */
const holding = async () => {
  const server = steered({ scenario: scenarioOf('rules: [{ on: login, then: { hold: gate } }]') })
  const waiting = server.send(login)
  await until(() => server.app.spaces.default.isBusy)
  await server.send({ method: 'GET', url: '/session' })
  return { ...server, waiting }
}

t.test('a held request is found as underway, and as finished after its response', async t => {
  const { ask, waiting } = await holding()
  t.match((await ask('POST /requests/find', {})).body, { count: 1, requests: [{ number: 2 }] })
  t.match((await ask('POST /requests/find', { state: 'underway' })).body, {
    count: 1,
    requests: [
      {
        number: 1,
        product: 'cbrain',
        operation: 'login',
        login: 'demo',
        outcome: 'underway',
        status: 0,
        rules: [{ number: 1 }],
        request: { line: 'POST /session HTTP/1.1', body: 'login=demo&password=…' }
      }
    ]
  })
  t.match((await ask('GET /requests?state=any')).body, { count: 2, requests: [{ number: 1 }, { number: 2 }] })
  await ask('POST /holds/gate/release')
  t.equal((await waiting).statusCode, 200)
  t.equal((await ask('POST /requests/count', { state: 'underway' })).body.count, 0)
  t.match((await ask('POST /requests/find', {})).body, {
    requests: [
      { number: 1, outcome: 'success' },
      { number: 2, outcome: 'refused' }
    ]
  })
})

t.test('an underway request can be verified and waited for', async t => {
  const scenario = scenarioOf('rules: [{ on: login, then: { hold: gate } }]')
  const server = steered({ scenario, systemClock: new LongClock() })
  const enough = server.ask('POST /requests/wait', { state: 'underway', operation: 'login', within: '10m' })
  const waiting = server.send(login)
  t.match((await enough).body, { enough: true })
  const expected = (state: string) => ({ requests: [{ operation: 'login', state, count: 1 }] })
  t.equal((await server.ask('POST /verify', expected('underway'))).status, 200)
  const { status, body } = await server.ask('POST /verify', expected('finished'))
  t.equal(status, 406)
  t.match(body.detail, /found 0; the nearest is request 1 \(cbrain\.login by demo, in progress\)/)
  await server.ask('POST /holds/gate/release')
  await waiting
  t.equal((await server.ask('POST /verify', expected('finished'))).status, 200)
})

t.test('a reset removes underway requests, which are then in no journal', async t => {
  const { ask, waiting } = await holding()
  await ask('POST /reset')
  t.equal((await waiting).statusCode, 503)
  t.equal((await ask('POST /requests/count', { state: 'any' })).body.count, 0)
})
