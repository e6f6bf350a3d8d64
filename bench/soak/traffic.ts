import { Agent } from 'node:http'
import { ask, type Call } from '../request.js'
import { logIn, loginIn, sessionCall } from '../session.js'

/** How many clients there are at once, each with one request under way. */
const clients = 16

/** What clients do, over and over, each from another place on: logins, uses, logouts, faults, reading and steering, spaces. */
export class Traffic {
  /** How often each kind was done. */
  readonly done = new Map<string, number>()
  /** Statuses that were not the expected ones, and how often. */
  readonly wrong = new Map<string, number>()
  requests = 0
  readonly #agent = new Agent({ keepAlive: true })
  #round = 0

  constructor(readonly port: number) {}

  /** Resolves after so many milliseconds. */
  async run(ms: number): Promise<void> {
    const until = performance.now() + ms
    await Promise.all(Array.from({ length: clients }, (_, first) => this.#client(first, until)))
    this.#agent.destroy()
  }

  async #client(first: number, until: number): Promise<void> {
    const kinds = Object.entries(rounds)
    for (let index = first; performance.now() < until; index++) {
      const [kind, round] = kinds[index % kinds.length] ?? ['nothing', async () => undefined]
      this.#round += 1
      await round(this, this.#round)
      count(this.done, kind)
    }
  }

  /** Sends a request and looks at the status of the response; 0 stands for none. */
  async send(call: Call, expected: number): Promise<void> {
    this.requests += 1
    const status = await ask(this.port, call, this.#agent).then(
      answer => answer.status,
      () => 0
    )
    if (status !== expected)
      count(this.wrong, `${call.method} ${call.path.replace(/\d+/g, '#')}: ${status}, not ${expected}`)
  }

  async logIn(call?: Call): Promise<string> {
    this.requests += 1
    return logIn(this.port, call, this.#agent)
  }
}

const count = (counts: Map<string, number>, name: string): void => void counts.set(name, (counts.get(name) ?? 0) + 1)

const logout = (token: string): Call => ({ ...sessionCall(token), method: 'DELETE' })

const inSpace = (space: string, call: Call): Call => ({ ...call, path: `/~${space}${call.path}` })

const control = (method: string, path: string, body?: object): Call => ({
  method,
  path: `/__admin${path}`,
  headers: {},
  ...(body && { body: JSON.stringify(body) })
})

const preferring = (call: Call, prefer: string): Call => ({ ...call, headers: { ...call.headers, Prefer: prefer } })

const stranger = sessionCall('00112233445566778899aabbccddeeff')

const rounds: Readonly<Record<string, (traffic: Traffic, round: number) => Promise<void>>> = {
  'session lifecycles': async traffic => {
    const token = await traffic.logIn()
    for (let use = 0; use < 5; use++) await traffic.send(sessionCall(token), 200)
    await traffic.send(logout(token), 200)
    await traffic.send(sessionCall(token), 401)
  },
  refusals: async (traffic, round) => {
    await traffic.send(stranger, 401)
    await traffic.send(
      { method: 'POST', path: '/session', headers: form, body: `login=user${round}&password=wrong` },
      401
    )
    await traffic.send({ method: 'GET', path: `/nowhere/${round}`, headers: {} }, 404)
  },
  faults: async traffic => {
    await traffic.send(preferring(stranger, 'fail=unavailable'), 503)
    await traffic.send(preferring(stranger, 'delay=5ms'), 401)
    await traffic.send(preferring(stranger, 'connection=reset'), 0)
  },
  'space lifecycles': async (traffic, round) => {
    // Some hundred names, each used for a while, left alone until the space has gone, and used again.
    const space = `soak-${Math.floor(round / 50) % 400}`
    const token = await traffic.logIn(loginIn(space))
    await traffic.send(inSpace(space, sessionCall(token)), 200)
    await traffic.send(control('PUT', `/clock?space=${space}`, { action: 'advance', by: '1s' }), 200)
    await traffic.send(inSpace(space, logout(token)), 200)
  },
  'control reads': async traffic => {
    await traffic.send(control('GET', '/health'), 200)
    await traffic.send(control('GET', '/requests?limit=5'), 200)
    await traffic.send(control('POST', '/requests/count', { operation: 'login' }), 200)
    await traffic.send(control('GET', '/metrics'), 200)
  },
  scenarios: async (traffic, round) => {
    // No two clients at once in one: a request that is under way when its space begins anew is refused.
    const space = `played-${round % 64}`
    const scenario = { title: 'A slow login', rules: [{ on: 'login', then: { delay: '1ms' } }] }
    await traffic.send(control('PUT', `/scenario?space=${space}`, scenario), 200)
    await traffic.send(loginIn(space), 200)
    await traffic.send(control('POST', `/sessions/revoke?space=${space}`, {}), 200)
  }
}

const form = { 'Content-Type': 'application/x-www-form-urlencoded' }
