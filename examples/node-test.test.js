// Run with: node --test
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { start } from 'session-mock'
import { CbrainClient } from './cbrain-client.js'

let mock
before(async () => {
  mock = await start()
})
after(() => mock.stop())

test('a client logs in again after its token expires', async () => {
  const space = mock.space('expired')
  const client = new CbrainClient(space.url('cbrain'), 'demo', 'demo')
  await client.whoAmI()

  await space.clock.advance('25h')

  assert.equal(await client.whoAmI(), 1)
  await space.verify({ operation: 'login', outcome: 'success', count: 2 })
})

test('a client reports a server error', async () => {
  const space = mock.space('failing')
  await space.scenario.set({ rules: [{ on: 'cbrain.session', then: { fail: 'server-error' } }] })
  const client = new CbrainClient(space.url('cbrain'), 'demo', 'demo')

  await assert.rejects(client.whoAmI(), { message: 'the server responds with 500' })
})

test('a client leaves no session open', async () => {
  const space = mock.space('tidy')
  const client = new CbrainClient(space.url('cbrain'), 'demo', 'demo')
  await client.whoAmI()
  await client.logout()

  assert.deepEqual(await space.sessions.list(), [])
  assert.ok((await space.verdicts()).passed)
})
