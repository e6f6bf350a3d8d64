// Run with: tap
import { start } from 'session-mock'
import t from 'tap'
import { CbrainClient } from './cbrain-client.js'

const mock = await start()
t.teardown(() => mock.stop())

t.test('a client logs in again after its token expires', async t => {
  const space = mock.space('expired')
  const client = new CbrainClient(space.url('cbrain'), 'demo', 'demo')
  await client.whoAmI()

  await space.clock.advance('25h')

  t.equal(await client.whoAmI(), 1)
  await space.verify({ operation: 'login', outcome: 'success', count: 2 })
})

t.test('a client continues after its token expires', async t => {
  const space = mock.space('mid-run')
  await space.scenario.set('token-expires-mid-run')
  const client = new CbrainClient(space.url('cbrain'), 'demo', 'demo')

  for (const _ of [1, 2, 3]) t.equal(await client.whoAmI(), 1)

  const [refused] = await space.requests.find({ outcome: 'refused' })
  t.match(refused.why.words, 'expired')
})
