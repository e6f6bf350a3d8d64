// A client of CBRAIN: it logs in, gets its session twice, and logs out. Run with: session-mock grill -- node cbrain.js
// FAULT selects a bug: token-in-url, exit-on-error, storm, no-wait or no-relogin.
import { setTimeout as sleep } from 'node:timers/promises'

const { SESSION_MOCK_CBRAIN_URL: url, FAULT: fault } = process.env
const attempts = fault === 'storm' ? 40 : 3

/** The token or the credentials are refused. */
class Refused extends Error {}

/** The server cannot be reached, or fails. */
class Failed extends Error {}

/** Sends a request, retries after failures, and returns the body of the response. */
const send = async (method, { token, body } = {}) => {
  let wait = 0
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    await sleep(wait * 1000)
    wait = 0
    const { status, headers, text } = await sendOnce(method, token, body)
    if (status === 200) return text
    if (status === 401 || status === 403) throw new Refused(`${method} was refused with ${status}`)
    if (fault !== 'no-wait') wait = Number(headers?.get('retry-after') ?? 0)
  }
  throw new Failed(`${method} failed ${attempts} times`)
}

/** Without a complete response the result is empty. */
const sendOnce = async (method, token, body) => {
  const query = token && fault === 'token-in-url' ? `?cbrain_api_token=${token}` : ''
  const headers = { Connection: 'close', ...(token && query === '' ? { Authorization: `Bearer ${token}` } : {}) }
  try {
    const signal = AbortSignal.timeout(1000)
    const response = await fetch(`${url}/session${query}`, { method, headers, body, signal })
    return { status: response.status, headers: response.headers, text: await response.text() }
  } catch {
    return {}
  }
}

const login = async () => {
  const text = await send('POST', { body: new URLSearchParams({ login: 'demo', password: 'demo' }) })
  const { cbrain_api_token: token } = JSON.parse(text)
  if (!token) throw new Failed('the login returned no token')
  return token
}

let token
const session = async () => {
  try {
    return await send('GET', { token })
  } catch (error) {
    if (!(error instanceof Refused) || fault === 'no-relogin') throw error
    token = await login()
    return send('GET', { token })
  }
}

const logout = async () => {
  if (token) await send('DELETE', { token }).catch(() => undefined)
}

try {
  token = await login()
  await session()
  await session()
} catch (error) {
  if (!(error instanceof Refused || error instanceof Failed)) throw error
  console.error(`failed: ${error.message}`)
  if (fault === 'exit-on-error') process.exit(1)
  process.exitCode = 1
}
await logout()
