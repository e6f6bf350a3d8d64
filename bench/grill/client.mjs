// A client of CBRAIN that takes a fifth of a second: logs in, asks for its session twice and logs out. Adds the milliseconds since its
// start to the file that is its argument.
import { appendFileSync } from 'node:fs'

const [file] = process.argv.slice(2)
const url = `${process.env.SESSION_MOCK_CBRAIN_URL}/session`
const signal = AbortSignal.timeout(2000)

const live = async () => {
  const login = await fetch(url, {
    method: 'POST',
    body: new URLSearchParams({ login: 'demo', password: 'demo' }),
    signal
  })
  if (login.status !== 200) throw new Error(`login: ${login.status}`)
  const { cbrain_api_token: token } = await login.json()
  for (const method of ['GET', 'GET', 'DELETE']) {
    const answer = await fetch(`${url}?cbrain_api_token=${token}`, { method, signal })
    await answer.text()
    if (answer.status !== 200) throw new Error(`${method}: ${answer.status}`)
  }
}

const code = await live().then(
  () => 0,
  () => 1
)
await new Promise(done => setTimeout(done, Math.max(0, 200 - performance.now())))
appendFileSync(file, `${performance.now()}\n`)
process.exit(code)
