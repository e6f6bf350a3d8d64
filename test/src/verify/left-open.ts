import t from 'tap'
import { scenarioOf } from '../../support/scenario.js'
import { realServer, verifyReal } from '../../support/verify.js'

t.test('sessions not ended by the server are counted', async t => {
  const { url, app } = await realServer(t, 'hcx', {
    scenario: scenarioOf('{ rules: [{ on: hcx.logout, then: { fail: not-found } }] }')
  })
  const { code, out } = await verifyReal('hcx', url)
  t.equal(code, 5)
  const { sessions, clock } = app.spaces.default
  const open = await sessions.count('hcx', clock.now())
  t.ok(open > 0)
  t.match(out, `${open} sessions were opened, ${open} could not be ended and will expire.\n`)
})

t.test('sessions of others are not ended', async t => {
  const { url, app } = await realServer(t, 'cbrain')
  const answer = await fetch(`${url}/session?login=demo&password=demo`, {
    method: 'POST',
    headers: { accept: 'application/json' }
  })
  t.equal(answer.status, 200)
  t.equal((await verifyReal('cbrain', url)).code, 0)
  const { sessions, clock } = app.spaces.default
  t.equal(await sessions.count('cbrain', clock.now()), 1)
})
