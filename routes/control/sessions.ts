import { filterInSlices, type Slices } from '../../src/base/in-slices.js'
import { formatInstant } from '../../src/base/instant.js'
import { choice, nearest } from '../../src/base/user-error.js'
import type { ControlRequest, Endpoint } from '../../src/control/endpoint.js'
import { JsonList, jsonInSlices } from '../../src/control/json-list.js'
import { json } from '../../src/control/server.js'
import { slicesOf } from '../../src/control/slices.js'
import { inputProblem, Problem } from '../../src/http/problem.js'
import { causeOf } from '../../src/journal/reasons.js'
import { shortToken } from '../../src/journal/redactor.js'
import type { Product } from '../../src/product/product.js'
import { type EndCause, Session, type SessionEnd } from '../../src/session/sessions.js'
import type { Space } from '../../src/space/space.js'
import { endOfTime } from '../../src/state/clock.js'
import { list as listOf, natural, numberParameter, object, ref } from './schemas.js'

const which = {
  product: { type: 'string', minLength: 1 },
  login: { type: 'string', minLength: 1 },
  token: { type: 'string', minLength: 1, description: 'Whole or abbreviated.' }
} as const

interface Which {
  readonly product?: string
  readonly login?: string
  readonly token?: string
}

const list: Endpoint = {
  method: 'GET',
  path: '/sessions',
  changes: 'notices',
  summary: 'List open sessions, with age and remaining lifetime',
  query: {
    ...which,
    limit: { ...numberParameter, description: 'Maximum number of results, the newest; 1000 by default.' }
  },
  answers: {
    200: {
      description: 'The total number, and the newest sessions in the order of login.',
      schema: object({ count: natural, sessions: listOf(ref('Session')) })
    }
  },
  run: async ask => {
    const { space: _space, limit = '1000', ...query } = ask.query
    const slices = slicesOf(ask)
    const found = await matching(ask, query, 'query', slices)
    const count = countOf(found)
    const newest = eachFound(found, count - Number(limit))
    const sessions = new JsonList(newest, ({ space, session }) => told(space, session, ask.context.showSecrets))
    return jsonInSlices({ count, sessions }, slices)
  }
}

const listEnded: Endpoint = {
  method: 'GET',
  path: '/sessions/ended',
  changes: 'notices',
  summary: 'List recently ended sessions, with time and cause of the end',
  query: {
    ...which,
    limit: { ...numberParameter, description: 'At most so many, the newest; 1000 where it is left out.' }
  },
  answers: {
    200: {
      description: 'How many are remembered, and the newest of them in the order of their end.',
      schema: object({ count: natural, sessions: listOf(ref('PastSession')) })
    }
  },
  run: async ask => {
    const { space: _space, limit = '1000', ...query } = ask.query
    if (query.product !== undefined) productNamed(ask, query.product, 'query')
    const slices = slicesOf(ask)
    const found: FoundSessions[] = []
    for (const space of ask.spaces) {
      if (slices.isOver) await slices.next()
      const all = await space.sessions.listEnded(space.clock.now(), slices)
      found.push({ space, sessions: all.filter(session => fits(session, query)) })
    }
    const count = countOf(found)
    const newest = eachFound(found, count - Number(limit))
    const sessions = new JsonList(newest, each => ended(each.space, each.session, ask))
    return jsonInSlices({ count, sessions }, slices)
  }
}

/** Without the life that is left to one that is open, with its end. */
const ended = (space: Space, session: Session, { context }: ControlRequest) => {
  const { left: _left, expiresAt: _expiresAt, ...facts } = told(space, session, context.showSecrets)
  const { cause = 'expired', at = session.expiresAt, by, request } = session.end ?? {}
  const ender = causeOf(by, request)
  return { ...facts, endedAt: new Date(at).toISOString(), cause, ...(ender === undefined ? {} : { by: ender }) }
}

const reveal: Endpoint = {
  method: 'POST',
  path: '/sessions/reveal',
  changes: 'notices',
  summary: 'Get the whole tokens of open sessions',
  body: {
    type: 'object',
    title: 'which sessions',
    additionalProperties: false,
    required: ['token'],
    properties: which
  },
  answers: {
    200: {
      description: 'The sessions, with their whole tokens.',
      schema: object({ sessions: listOf(ref('Session')) })
    }
  },
  run: async ask => {
    const slices = slicesOf(ask)
    const found = await matching(ask, ask.body as Which, 'body', slices)
    const sessions = new JsonList(eachFound(found), ({ space, session }) => told(space, session, true))
    return jsonInSlices({ sessions }, slices)
  }
}

const open: Endpoint = {
  method: 'POST',
  path: '/sessions',
  changes: 'one',
  steers: true,
  summary: 'Open a session without a login',
  makes: true,
  body: {
    type: 'object',
    title: 'a session',
    additionalProperties: false,
    required: ['product', 'login'],
    properties: {
      product: which.product,
      login: { ...which.login, description: 'Login of the owner; one of the accounts.' },
      token: { type: 'string', minLength: 1, description: "Token in the product's format; generated by default." }
    }
  },
  answers: {
    201: { description: 'The session, with its full token.', schema: ref('Session') },
    409: { description: 'A session with this token is already open.' }
  },
  run: async ask => {
    const { space, body } = ask
    const { product: name, login, token } = body as Required<Pick<Which, 'product' | 'login'>> & Which
    const product = productNamed(ask, name, 'body')
    const account = space.accounts.find(login, product.accounts.caseInsensitive)
    if (!account) throw inputProblem({ in: 'body', at: 'login', message: `no account is called "${login}"` })
    if (space.isLocked(product, account.login))
      throw inputProblem({
        in: 'body',
        at: 'login',
        message: `the account of "${login}" is locked, and may have no session`
      })
    const session =
      token === undefined
        ? space.newSession(product, account.login, '*')
        : new Session(name, fitting(token, product), account.login, '*', space.clock.now(), space.policy(product))
    if (space.sessions.peek(name, session.token, session.openedAt).is === 'open')
      throw new Problem(409, 'The token is taken', `A session of ${name} with this token is open; end it first.`)
    space.sessions.open(session, session.openedAt)
    return json(201, told(space, session, true))
  }
}

const fitting = (token: string, { title, sessions }: Product): string => {
  if (sessions.token.test(token)) return token
  const message = `this token does not fit ${title}: expected ${sessions.token.source}`
  throw inputProblem({ in: 'body', at: 'token', message })
}

const ending = (path: string, cause: EndCause, summary: string): Endpoint => ({
  method: 'POST',
  path: `/sessions/${path}`,
  changes: 'each',
  steers: true,
  summary,
  body: { type: 'object', title: 'which sessions', additionalProperties: false, properties: which },
  answers: {
    200: {
      description: 'The ended sessions; empty if no open session matched.',
      schema: object({ ended: listOf(ref('EndedSession')) })
    }
  },
  run: async ask => {
    const slices = slicesOf(ask)
    const times = new Map(ask.spaces.map(space => [space, space.clock.now()]))
    const ended: FoundSessions[] = []
    for (const { space, sessions } of await matching(ask, ask.body as Which, 'body', slices)) {
      const at = times.get(space) ?? space.clock.now()
      ended.push({ space, sessions: await endEach(space, sessions, { cause, at, by: 'the control API' }, slices) })
    }
    return jsonInSlices({ ended: new JsonList(eachFound(ended), each => endedFacts(each, ask)) }, slices)
  }
})

/** Those of the sessions that were still open. */
const endEach = async (
  { sessions: store }: Space,
  sessions: readonly Session[],
  ending: SessionEnd,
  slices: Slices
): Promise<Session[]> => {
  const ended: Session[] = []
  for (const session of sessions) {
    if (slices.isOver) await slices.next()
    // Meanwhile its client may have left, or logged in by the same token again.
    if (session.end) continue
    const before = store.end(session.product, session.token, ending)
    if ((before instanceof Promise ? await before : before).is === 'open') ended.push(session)
  }
  return ended
}

const expire = ending('expire', 'expired', 'Expire sessions: a selection, or all')
const revoke = ending('revoke', 'revoked', 'Revoke sessions, as by a logout elsewhere: a selection, or all')

type Place = 'body' | 'query'

const productNamed = ({ context }: ControlRequest, name: string, place: Place): Product => {
  const product = context.products.find(each => each.name === name)
  if (product) return product
  const names = context.products.map(each => each.name)
  const meant = nearest(name, names)
  const hint = meant === undefined ? '' : `; did you mean ${meant}?`
  throw inputProblem({ in: place, at: 'product', message: `expected ${choice(names)}, found "${name}"${hint}` })
}

interface FoundSession {
  readonly space: Space
  readonly session: Session
}

/** Those of one space. */
interface FoundSessions {
  readonly space: Space
  readonly sessions: readonly Session[]
}

const countOf = (found: readonly FoundSessions[]): number =>
  found.reduce((sum, { sessions }) => sum + sessions.length, 0)

/** Each with its space, without the first of them. */
function* eachFound(found: readonly FoundSessions[], skipped = 0): Generator<FoundSession> {
  let left = Math.max(skipped, 0)
  for (const { space, sessions } of found) {
    for (let index = left; index < sessions.length; index += 1) {
      const session = sessions[index]
      if (session) yield { space, session }
    }
    left = Math.max(left - sessions.length, 0)
  }
}

/** Those that are open in each space when it is looked at. */
const matching = async (ask: ControlRequest, which: Which, place: Place, slices: Slices): Promise<FoundSessions[]> => {
  const { product, login, token } = which
  if (product !== undefined) productNamed(ask, product, place)
  const isWanted = (session: Session) => fits(session, { product, login, token })
  const found: FoundSessions[] = []
  for (const space of ask.spaces) {
    if (slices.isOver) await slices.next()
    const open = await space.sessions.listInSlices(space.clock.now(), slices)
    found.push({ space, sessions: await filterInSlices(open, isWanted, slices) })
  }
  return found
}

const endedFacts = ({ space, session: { product, login, token } }: FoundSession, ask: ControlRequest) => ({
  space: space.name,
  product,
  login,
  token: shown(token, ask)
})

const fits = (session: Session, { product, login, token }: Partial<Record<keyof Which, string | undefined>>): boolean =>
  (product === undefined || session.product === product) &&
  (login === undefined || session.login === login) &&
  (token === undefined || session.token === token || shortToken(session.token) === token)

const told = (space: Space, session: Session, secrets: boolean) => {
  const now = space.clock.now()
  return {
    space: space.name,
    product: session.product,
    login: session.login,
    token: secrets ? session.token : shortToken(session.token),
    openedAt: formatInstant(session.openedAt),
    usedAt: formatInstant(session.usedAt),
    uses: session.uses,
    age: (now - session.openedAt) / 1000,
    ...(session.data && { data: session.data }),
    // A life beyond what a date can hold is one without end.
    ...(session.expiresAt <= endOfTime
      ? { left: (session.expiresAt - now) / 1000, expiresAt: formatInstant(session.expiresAt) }
      : {})
  }
}

const shown = (token: string, { context }: ControlRequest): string => (context.showSecrets ? token : shortToken(token))

export const sessionEndpoints = [list, listEnded, open, expire, revoke, reveal]
