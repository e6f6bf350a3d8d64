// A client of CBRAIN that logs in, asks for its session twice, and logs out. Run with: session-mock grill -- node cbrain.js
// FAULT plants a mistake: token-in-url, exit-on-error, storm, no-wait or no-relogin.
import { setTimeout as sleep } from 'node:timers/promises'

const { SESSION_MOCK_CBRAIN_URL: url, FAULT: fault } = process.env
const attempts = fault === 'storm' ? 40 : 3

/** The token or the credentials are worth nothing. */
class Refused extends Error {}

/** The server cannot be reached, or has trouble of its own. */
class Failed extends Error {}

/** What the server answers, after another try or two where it has trouble. */
const ask = async (method, { token, body } = {}) => {
  let wait = 0
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    await sleep(wait * 1000)
    wait = 0
    const { status, headers, text } = await askOnce(method, token, body)
    if (status === 200) return text
    if (status === 401 || status === 403) throw new Refused(`${method} was refused with ${status}`)
    if (fault !== 'no-wait') wait = Number(headers?.get('retry-after') ?? 0)
  }
  throw new Failed(`${method} failed ${attempts} times`)
}

/** Without a status where there was no whole answer. */
const askOnce = async (method, token, body) => {
  const query = token && fault === 'token-in-url' ? `?cbrain_api_token=${token}` : ''
  const headers = { Connection: 'close', ...(token && query === '' ? { Authorization: `Bearer ${token}` } : {}) }
  try {
    const signal = AbortSignal.timeout(1000)
    const answer = await fetch(`${url}/session${query}`, { method, headers, body, signal })
    return { status: answer.status, headers: answer.headers, text: await answer.text() }
  } catch {
    return {}
  }
}

const login = async () => {
  const text = await ask('POST', { body: new URLSearchParams({ login: 'demo', password: 'demo' }) })
  const { cbrain_api_token: token } = JSON.parse(text)
  if (!token) throw new Failed('the login gave no token')
  return token
}

let token
const session = async () => {
  try {
    return await ask('GET', { token })
  } catch (error) {
    if (!(error instanceof Refused) || fault === 'no-relogin') throw error
    token = await login()
    return ask('GET', { token })
  }
}

const logout = async () => {
  if (token) await ask('DELETE', { token }).catch(() => undefined)
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
