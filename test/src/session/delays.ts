import t from 'tap'
import { steered } from '../../support/control.js'
import { form } from '../../support/driver.js'
import { LongClock } from '../../support/long-clock.js'
import { scenarioOf } from '../../support/scenario.js'
import { until } from '../../support/until.js'

t.test('a reset releases delayed requests, and refuses them in the wire format of the product', async t => {
  const scenario = scenarioOf('rules: [{ on: login, then: { delay: 24h, state: Late } }]')
  const server = steered({ scenario, systemClock: new LongClock() })
  const waiting = server.send({ method: 'POST', url: '/session', headers: form, payload: 'login=demo&password=demo' })
  await until(() => server.app.spaces.default.isBusy)
  await server.ask('POST /reset')
  t.equal((await waiting).statusCode, 503)
  t.equal(server.app.spaces.default.isBusy, false)
  t.equal((await server.ask('GET /sessions')).body.count, 0)
})
