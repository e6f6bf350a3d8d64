// Run with: vitest run
import { start } from 'session-mock'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CbrainClient } from './cbrain-client.js'

let mock
beforeAll(async () => {
  mock = await start()
})
afterAll(() => mock.stop())

test('a client logs in again after its token expires', async ({ task }) => {
  const space = mock.space(task.id)
  const client = new CbrainClient(space.url('cbrain'), 'demo', 'demo')
  await client.whoAmI()

  await space.clock.advance('25h')

  expect(await client.whoAmI()).toBe(1)
  await space.verify({ operation: 'login', outcome: 'success', count: 2 })
})

test('a client reports a server error', async ({ task }) => {
  const space = mock.space(task.id)
  await space.scenario.set({ rules: [{ on: 'cbrain.session', then: { fail: 'server-error' } }] })
  const client = new CbrainClient(space.url('cbrain'), 'demo', 'demo')

  await expect(client.whoAmI()).rejects.toThrow('the server responds with 500')
})
