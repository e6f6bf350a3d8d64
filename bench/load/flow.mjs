// Clients that log in, ask for their session and log out, over and over, each on a connection that it keeps. Prints what it
// measured as a line of JSON.
import { Agent, request } from 'node:http'

const [port, clients, seconds] = process.argv.slice(2).map(Number)
const deadline = performance.now() + seconds * 1000
const took = []
const wrong = []

const live = async () => {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  while (performance.now() < deadline) {
    const begun = performance.now()
    try {
      await flow(agent)
      took.push(performance.now() - begun)
    } catch (error) {
      wrong.push(String(error))
    }
  }
  agent.destroy()
}

const flow = async agent => {
  const login = await ask(
    agent,
    'POST',
    { 'Content-Type': 'application/x-www-form-urlencoded' },
    'login=demo&password=demo'
  )
  const { cbrain_api_token: token } = JSON.parse(login)
  const Authorization = `Bearer ${token}`
  const session = await ask(agent, 'GET', { Authorization })
  if (session !== login) throw new Error(`not the session that was opened: ${session}`)
  await ask(agent, 'DELETE', { Authorization })
}

const ask = (agent, method, headers, body) =>
  new Promise((answered, failed) => {
    const length = body ? { 'Content-Length': body.length } : {}
    const options = {
      agent,
      host: '127.0.0.1',
      port,
      method,
      path: '/session',
      headers: { ...headers, ...length },
      timeout: 10_000
    }
    const asking = request(options, answer => {
      const parts = []
      answer.setEncoding('utf8').on('data', part => parts.push(part))
      answer.on('error', failed)
      answer.on('end', () => {
        if (answer.statusCode === 200) answered(parts.join(''))
        else failed(new Error(`${method} was answered with ${answer.statusCode}`))
      })
    })
    asking.on('timeout', () => asking.destroy(new Error('no answer')))
    asking.on('error', failed).end(body)
  })

const begun = performance.now()
await Promise.all(Array.from({ length: clients }, live))
const perSecond = took.length / ((performance.now() - begun) / 1000)
took.sort((a, b) => a - b)
const within = share => took[Math.ceil(took.length * share) - 1] ?? null
const [why] = wrong
console.log(
  JSON.stringify({ requests: took.length, perSecond, p50: within(0.5), p99: within(0.99), wrong: wrong.length, why })
)
