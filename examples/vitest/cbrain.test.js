import { expect } from 'vitest'
import { CbrainClient } from '../cbrain-client.js'
import { test } from './mock.js'

test('a client logs in again after its token expires', async ({ mock }) => {
  const client = new CbrainClient(mock.url('cbrain'), 'demo', 'demo')
  await client.whoAmI()

  await mock.clock.advance('25h')

  expect(await client.whoAmI()).toBe(1)
  await mock.verify({ operation: 'login', outcome: 'success', count: 2 })
})
