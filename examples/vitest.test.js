// Run with: vitest run
import { start } from 'session-mock'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { CbrainClient } from './cbrain-client.js'

let mock
beforeAll(async () => {
  mock = await start()
})
afterAll(() => mock.stop())

test('a client whose token has expired logs in again', async ({ task }) => {
  const space = mock.space(task.id)
  const client = new CbrainClient(space.url('cbrain'), 'demo', 'demo')
  await client.whoAmI()

  await space.clock.advance('25h')

  expect(await client.whoAmI()).toBe(1)
  await space.verify({ operation: 'login', outcome: 'success', count: 2 })
})

test('a client says it where the server fails', async ({ task }) => {
  const space = mock.space(task.id)
  await space.scenario.set({ rules: [{ on: 'cbrain.session', then: { fail: 'server-error' } }] })
  const client = new CbrainClient(space.url('cbrain'), 'demo', 'demo')

  await expect(client.whoAmI()).rejects.toThrow('the server answers 500')
})
