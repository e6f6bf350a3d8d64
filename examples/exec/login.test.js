// Run with: session-mock exec -- npm test
import assert from 'node:assert/strict'
import { test } from 'node:test'

const url = process.env.SESSION_MOCK_CBRAIN_URL

test('a login returns a valid token', async () => {
  const body = new URLSearchParams({ login: 'demo', password: 'demo' })
  const { cbrain_api_token: token } = await (await fetch(`${url}/session`, { method: 'POST', body })).json()
  const headers = { Authorization: `Bearer ${token}` }
  assert.equal((await fetch(`${url}/session`, { headers })).status, 200)
  assert.equal((await fetch(`${url}/session`, { headers, method: 'DELETE' })).status, 200)
})
