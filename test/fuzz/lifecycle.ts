import fc from 'fast-check'
import type { Driver, Reply, Request } from '../support/driver.js'
import { drivers } from '../support/drivers.js'
import { converse } from './connection.js'
import { Finding } from './finding.js'
import { bytesOf } from './request.js'
import { type FuzzResponse, readResponses } from './responses.js'
import type { FuzzedServer } from './server.js'

const acts = [
  'login',
  'use',
  'logout',
  'logout-and-use',
  'use-and-logout',
  'revoke',
  'wait-a-minute',
  'wait-a-year'
] as const

/** What is done with a session: one that an earlier login has opened, counted from the first. */
export interface LifecycleStep {
  readonly product: number
  readonly act: (typeof acts)[number]
  readonly session: number
}

export const lifecycles = (): fc.Arbitrary<readonly LifecycleStep[]> =>
  fc.array(
    fc.record({
      product: fc.nat(drivers.length - 1),
      act: fc.oneof(
        { weight: 3, arbitrary: fc.constant('login' as const) },
        { weight: 6, arbitrary: fc.constantFrom(...acts) }
      ),
      session: fc.nat(5)
    }),
    { minLength: 1, maxLength: 12 }
  )

/** A session as it should be. */
interface Modelled {
  readonly driver: Driver
  readonly token: string
  open: boolean
}

const space = 'lifecycle'

/** Plays the steps beside a model of the sessions. Throws a Finding where a token is taken or refused against it. */
export const playLifecycle = async (server: FuzzedServer, steps: readonly LifecycleStep[]): Promise<number> => {
  const sessions: Modelled[] = []
  let written = 0
  for (const step of steps) written += await playStep(server, step, sessions)
  return written
}

const playStep = async (server: FuzzedServer, { product, act, session }: LifecycleStep, sessions: Modelled[]) => {
  const driver = drivers[product]
  if (act === 'login' && driver) return logIn(server, driver, sessions)
  if (act === 'wait-a-minute' || act === 'wait-a-year')
    return advance(server, act === 'wait-a-minute' ? '1m' : aYear, sessions)
  const chosen = sessions[session % Math.max(1, sessions.length)]
  if (!chosen) return 0
  if (act === 'revoke') return revoke(server, chosen)
  const requests = requestsOf[act]?.(chosen) ?? []
  const replies = await talk(
    server,
    requests.map(({ request }) => request)
  )
  requests.forEach(({ ends }, index) => {
    judge(chosen, replies[index], act)
    if (ends) chosen.open = false
  })
  return requests.length
}

interface Planned {
  readonly request: Request
  /** Whether the session is over after it. */
  readonly ends: boolean
}

const use = ({ driver, token }: Modelled): Planned => ({ request: driver.use(token), ends: false })
const logOut = ({ driver, token }: Modelled): Planned => ({ request: driver.logout(token), ends: true })

/** Several go out in one write: the requests of one connection are worked on in their order. */
const requestsOf: Readonly<Record<string, (session: Modelled) => readonly Planned[]>> = {
  use: session => [use(session)],
  logout: session => [logOut(session)],
  'logout-and-use': session => [logOut(session), use(session)],
  'use-and-logout': session => [use(session), logOut(session), logOut(session)]
}

const judge = ({ driver, token, open }: Modelled, reply: Reply | undefined, act: string): void => {
  if (!reply) throw new Finding('no response', `${driver.product.name} ${act}`)
  if (driver.succeeded(reply) === open) return
  const kind = open ? 'an open token was refused' : 'an ended token was accepted'
  throw new Finding(
    kind,
    `${driver.product.name} ${act}: ${reply.statusCode} ${reply.body.replaceAll(token, '<token>').slice(0, 200)}`
  )
}

const logIn = async (server: FuzzedServer, driver: Driver, sessions: Modelled[]) => {
  const [reply] = await talk(server, [driver.login()])
  if (!reply || !driver.succeeded(reply))
    throw new Finding('no response', `${driver.product.name} login: ${reply?.statusCode} ${reply?.body}`)
  sessions.push({ driver, token: driver.issued(reply), open: true })
  return 1
}

/** No product keeps a session for a year without a use; all keep it for the minutes of one batch. */
const advance = async (server: FuzzedServer, by: string, sessions: readonly Modelled[]) => {
  const body = JSON.stringify({ action: 'advance', by })
  await server.ask({ method: 'PUT', path: `/__admin/clock?space=${space}`, body })
  if (by === aYear) for (const session of sessions) session.open = false
  return 1
}

const aYear = '366d'

const revoke = async (server: FuzzedServer, session: Modelled) => {
  const body = JSON.stringify({ product: session.driver.product.name, token: session.token })
  await server.ask({ method: 'POST', path: `/__admin/sessions/revoke?space=${space}`, body })
  session.open = false
  return 1
}

const talk = async (server: FuzzedServer, requests: readonly Request[]): Promise<Reply[]> => {
  const bytes = requests
    .map(({ method, url, headers = {}, payload = '' }, index) =>
      bytesOf(
        { method, target: `/~${space}${url}`, headers: Object.entries(headers), body: payload, framing: 'length' },
        index === requests.length - 1
      )
    )
    .join('')
  const methods = requests.map(({ method }) => method)
  const received = await converse(server.port, { pieces: [bytes], methods, ending: 'wait', due: requests.length })
  return readResponses(received.bytes, methods).responses.map(replyOf)
}

const replyOf = ({ status, headers, body }: FuzzResponse): Reply => ({
  statusCode: status,
  headers: Object.fromEntries(
    headers.split('\r\n').map(line => [line.slice(0, line.indexOf(':')).toLowerCase(), line.replace(/^[^:]*: */, '')])
  ),
  body
})
