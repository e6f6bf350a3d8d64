import { Agent } from 'node:http'
import { setTimeout as pause } from 'node:timers/promises'
import { ask, bare, type Call, control, form, inSpace, logIn, loginCall, sessionCall } from './calls.js'
import { sessionMock } from './contenders.js'
import { asked, type Memory, runningNode, type Server, withServer } from './processes.js'
import { mebibytes, median, verdict } from './rounds.js'

/** The most that the heap may grow from the second fifth of the time to the last. */
const limit = 1.2

/** Low enough to be reached in the first fifth, so that further growth is a leak. */
const limits = ['--journal', '500', '--remember', '500', '--space-idle', '5s']

/** Mixed traffic for some milliseconds. Returns the exit code: 1 if the heap grows, or a response has an unexpected status. */
export const soak = (app: string, folder: string, ms: number): Promise<number> =>
  withServer(sessionMock(app, ...limits), runningNode, folder, server => soaked(server, ms), 'memory.mjs')

const soaked = async (server: Server, ms: number): Promise<number> => {
  const traffic = new Traffic(server.port)
  const begun = performance.now()
  const sending = traffic.run(begun + ms)
  const heaps: { readonly at: number; readonly heap: number }[] = []
  while (performance.now() - begun < ms - 3000) {
    await Promise.race([pause(3000), sending])
    heaps.push({ at: (performance.now() - begun) / ms, heap: (await asked<Memory>(server)).heapUsed })
  }
  await sending
  const second = median(heaps.filter(({ at }) => at >= 0.2 && at < 0.4).map(({ heap }) => heap))
  const last = median(heaps.filter(({ at }) => at >= 0.8).map(({ heap }) => heap))
  const isFlat = last / second <= limit
  const [from, to] = [second, last].map(heap => `${mebibytes(heap).toFixed(1)} MiB`)
  const what = `heap after ${Math.round(ms / 1000)} s and ${traffic.requests} requests`
  const growth = `${(last / second).toFixed(2)} × that of the second fifth`
  console.log(verdict(isFlat, `${what}: ${growth} (${from} to ${to}, target at most ${limit})`))
  for (const [line, count] of traffic.wrong) console.log(verdict(false, `${line}, ${count} times`))
  return isFlat && traffic.wrong.size === 0 ? 0 : 1
}

/** Sixteen clients that repeat all kinds of requests, each beginning with another kind. */
class Traffic {
  /** How often there was an unexpected status. */
  readonly wrong = new Map<string, number>()
  requests = 0
  readonly #agent = new Agent({ keepAlive: true })
  #round = 0

  constructor(readonly port: number) {}

  async run(until: number): Promise<void> {
    const client = async (_: unknown, first: number) => {
      for (let index = first; performance.now() < until; index++)
        await kinds[index % kinds.length]?.(this, ++this.#round)
    }
    await Promise.all(Array.from({ length: 16 }, client))
    this.#agent.destroy()
  }

  /** An expected status of 0 is a broken connection. */
  async send(call: Call, expected = 200): Promise<void> {
    this.requests += 1
    const status = await ask(this.port, call, this.#agent).then(
      answer => answer.status,
      () => 0
    )
    const line = `${call.method} ${call.path.replace(/\d+/g, '#')}: status ${status}, not ${expected}`
    if (status !== expected) this.wrong.set(line, (this.wrong.get(line) ?? 0) + 1)
  }
}

const logout = (token: string): Call => ({ ...sessionCall(token), method: 'DELETE' })
const unknownToken = sessionCall('00112233445566778899aabbccddeeff')
const preferring = (prefer: string): Call => ({ ...unknownToken, headers: { ...unknownToken.headers, Prefer: prefer } })
const slowLogin = { title: 'A slow login', rules: [{ on: 'login', then: { delay: '1ms' } }] }

const kinds: readonly ((traffic: Traffic, round: number) => Promise<void>)[] = [
  async traffic => {
    const token = await logIn(traffic.port)
    for (let use = 0; use < 5; use++) await traffic.send(sessionCall(token))
    await traffic.send(logout(token))
    await traffic.send(sessionCall(token), 401)
  },
  async (traffic, round) => {
    await traffic.send(unknownToken, 401)
    await traffic.send(form('POST', '/session', { login: `user${round}`, password: 'wrong' }), 401)
    await traffic.send(bare('GET', `/nowhere/${round}`), 404)
  },
  async traffic => {
    await traffic.send(preferring('fail=unavailable'), 503)
    await traffic.send(preferring('delay=5ms'), 401)
    await traffic.send(preferring('connection=reset'), 0)
  },
  async (traffic, round) => {
    // Each name is used for a while, then left until its space is deleted, then used again.
    const space = `soak-${Math.floor(round / 50) % 400}`
    const token = await logIn(traffic.port, inSpace(space, loginCall))
    await traffic.send(inSpace(space, sessionCall(token)))
    await traffic.send(control('PUT', `/clock?space=${space}`, { action: 'advance', by: '1s' }))
    await traffic.send(inSpace(space, logout(token)))
  },
  async traffic => {
    await traffic.send(control('GET', '/requests?limit=5'))
    await traffic.send(control('POST', '/requests/count', { operation: 'login' }))
    await traffic.send(control('GET', '/metrics'))
  },
  async (traffic, round) => {
    // Each client has its own space: a new scenario refuses the requests that are in progress.
    const space = `played-${round % 64}`
    await traffic.send(control('PUT', `/scenario?space=${space}`, slowLogin))
    await traffic.send(inSpace(space, loginCall))
    await traffic.send(control('POST', `/sessions/revoke?space=${space}`, {}))
  }
]
