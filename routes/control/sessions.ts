import { defined } from '../../src/base/collections.js'
import { formatInstant } from '../../src/base/duration.js'
import { choice, nearest } from '../../src/base/errors.js'
import { filterInSlices, type Slices } from '../../src/base/slices.js'
import { type ControlRequest, type Endpoint, endpointWithBody, JsonList } from '../../src/control/endpoint.js'
import { json } from '../../src/control/input.js'
import { type InputError, inputProblem, Problem } from '../../src/http/problem.js'
import { causeOf } from '../../src/journal/rendering.js'
import type { Product } from '../../src/product/product.js'
import { shortToken } from '../../src/session/accounts.js'
import { endOfTime } from '../../src/session/clock.js'
import { type EndCause, Session, type SessionEnd } from '../../src/session/session-store.js'
import type { Space } from '../../src/space/space.js'
import { list, natural, numberParameter, object, ref } from './schemas.js'

/** Schemas of a selection of sessions. */
const selectionKeys = {
  product: { type: 'string', minLength: 1 },
  login: { type: 'string', minLength: 1 },
  token: { type: 'string', minLength: 1, description: 'Whole or abbreviated.' }
} as const

/** Selects the sessions with all of these values. */
interface SessionSelection {
  readonly product?: string | undefined
  readonly login?: string | undefined
  readonly token?: string | undefined
}

const isSelected = (session: Session, { product, login, token }: SessionSelection): boolean =>
  (product === undefined || session.product === product) &&
  (login === undefined || session.login === login) &&
  (token === undefined || session.token === token || shortToken(session.token) === token)

/** The selected sessions of a space. */
interface SpaceSessions {
  readonly space: Space
  readonly sessions: readonly Session[]
}

/** The selected open sessions of each space, by the time of its clock. */
const selectOpen = async (
  request: ControlRequest,
  selection: SessionSelection,
  part: InputError['in'],
  slices: Slices
): Promise<SpaceSessions[]> => {
  if (selection.product !== undefined) findProduct(request, selection.product, part)
  const selected: SpaceSessions[] = []
  for (const space of request.spaces) {
    if (slices.isOver) await slices.next()
    const open = await space.sessions.listInSlices(space.clock.now(), slices)
    selected.push({
      space,
      sessions: await filterInSlices(open, session => isSelected(session, selection), slices)
    })
  }
  return selected
}

const countOf = (selected: readonly SpaceSessions[]): number =>
  selected.reduce((sum, { sessions }) => sum + sessions.length, 0)

interface SpaceSession {
  readonly space: Space
  readonly session: Session
}

/** Each session with its space, without the first `skipped` ones. */
function* eachSession(selected: readonly SpaceSessions[], skipped = 0): Generator<SpaceSession> {
  let left = Math.max(skipped, 0)
  for (const { space, sessions } of selected) {
    for (let index = left; index < sessions.length; index += 1) {
      const session = sessions[index]
      if (session) yield { space, session }
    }
    left = Math.max(left - sessions.length, 0)
  }
}

/** The product with that name. Throws a Problem about this part of the request. */
const findProduct = ({ context }: ControlRequest, name: string, part: InputError['in']): Product => {
  const product = context.products.find(each => each.name === name)
  if (product) return product
  const names = context.products.map(each => each.name)
  const meant = nearest(name, names)
  const hint = meant === undefined ? '' : `; did you mean ${meant}?`
  throw inputProblem({ in: part, at: 'product', message: `expected ${choice(names)}, found "${name}"${hint}` })
}

const endSessions = (path: string, cause: EndCause, summary: string): Endpoint =>
  endpointWithBody({
    method: 'POST',
    path: `/sessions/${path}`,
    changes: 'each',
    logged: true,
    summary,
    body: { type: 'object', title: 'which sessions', additionalProperties: false, properties: selectionKeys },
    answers: {
      200: {
        description: 'The ended sessions; empty if no open session matched.',
        schema: object({ ended: list(ref('EndedSession')) })
      }
    },
    run: async request => {
      const { slices } = request.context
      const times = new Map(request.spaces.map(space => [space, space.clock.now()]))
      const ended: SpaceSessions[] = []
      for (const { space, sessions } of await selectOpen(request, request.body, 'body', slices)) {
        const at = times.get(space) ?? space.clock.now()
        ended.push({ space, sessions: await endEach(space, sessions, { cause, at, by: 'the control API' }, slices) })
      }
      const { showSecrets } = request.context
      return { ended: JsonList.of(eachSession(ended), each => renderEndedNow(each, showSecrets)) }
    }
  })

/** Ends the sessions, and returns those that were still open. */
const endEach = async (
  { sessions: store }: Space,
  sessions: readonly Session[],
  end: SessionEnd,
  slices: Slices
): Promise<Session[]> => {
  const ended: Session[] = []
  for (const session of sessions) {
    if (slices.isOver) await slices.next()
    // Between slices its client may have logged out, or logged in with the same token again.
    if (session.end) continue
    if (store.end(session.product, session.token, end).is === 'open') ended.push(session)
  }
  return ended
}

const expireSessions = endSessions('expire', 'expired', 'Expire sessions: a selection, or all')
const revokeSessions = endSessions(
  'revoke',
  'revoked',
  'Revoke sessions, as by a logout elsewhere: a selection, or all'
)

const openSession = endpointWithBody({
  method: 'POST',
  path: '/sessions',
  changes: 'one',
  logged: true,
  summary: 'Open a session without a login',
  createsSpace: true,
  body: {
    type: 'object',
    title: 'a session',
    additionalProperties: false,
    required: ['product', 'login'],
    properties: {
      product: selectionKeys.product,
      login: { ...selectionKeys.login, description: 'Login of the owner; one of the accounts.' },
      token: { type: 'string', minLength: 1, description: "Token in the product's format; generated by default." }
    }
  },
  answers: {
    201: { description: 'The session, with its full token.', schema: ref('Session') },
    409: { description: 'A session with this token is already open.' }
  },
  run: async request => {
    const { space, body } = request
    const { product: name, login, token } = body
    const product = findProduct(request, name, 'body')
    const account = space.accounts.find(login, product.accounts.caseInsensitive)
    if (!account) throw inputProblem({ in: 'body', at: 'login', message: `no account has the login "${login}"` })
    if (space.isLocked(product, account.login))
      throw inputProblem({
        in: 'body',
        at: 'login',
        message: `the account of "${login}" is locked, and may have no session`
      })
    if (token !== undefined) checkToken(token, product)
    const session =
      token === undefined
        ? space.newSession(product, account.login, '*')
        : new Session(name, token, account.login, '*', space.clock.now(), space.policy(product))
    if (space.sessions.peek(name, session.token, session.openedAt).is === 'open')
      throw new Problem(409, 'The token is in use', `A session of ${name} with this token is open; end it first.`)
    space.sessions.open(session, session.openedAt)
    return json(201, renderSession({ space, session }, true))
  }
})

const checkToken = (token: string, { title, sessions }: Product): void => {
  if (sessions.token.test(token)) return
  const message = `this is not a token of ${title}: expected ${sessions.token.source}`
  throw inputProblem({ in: 'body', at: 'token', message })
}

const listOpen: Endpoint = {
  method: 'GET',
  path: '/sessions',
  changes: 'expiry',
  summary: 'List open sessions, with age and remaining lifetime',
  query: {
    ...selectionKeys,
    limit: { ...numberParameter, description: 'Maximum number of results, the newest; 1000 by default.' }
  },
  answers: {
    200: {
      description: 'The total number, and the newest sessions in the order of login.',
      schema: object({ count: natural, sessions: list(ref('Session')) })
    }
  },
  run: async request => {
    const { limit = '1000', ...selection } = request.query
    const { slices } = request.context
    const selected = await selectOpen(request, selection, 'query', slices)
    const count = countOf(selected)
    const newest = eachSession(selected, count - Number(limit))
    const sessions = JsonList.of(newest, each => renderSession(each, request.context.showSecrets))
    return { count, sessions }
  }
}

const listEnded: Endpoint = {
  method: 'GET',
  path: '/sessions/ended',
  changes: 'expiry',
  summary: 'List recently ended sessions, with time and cause of the end',
  query: {
    ...selectionKeys,
    limit: { ...numberParameter, description: 'Maximum number of results, the newest; 1000 by default.' }
  },
  answers: {
    200: {
      description: 'The total number, and the newest in the order of their end.',
      schema: object({ count: natural, sessions: list(ref('PastSession')) })
    }
  },
  run: async request => {
    const { limit = '1000', ...selection } = request.query
    if (selection.product !== undefined) findProduct(request, selection.product, 'query')
    const { slices } = request.context
    const selected: SpaceSessions[] = []
    for (const space of request.spaces) {
      if (slices.isOver) await slices.next()
      const all = await space.sessions.listEnded(space.clock.now(), slices)
      selected.push({ space, sessions: all.filter(session => isSelected(session, selection)) })
    }
    const count = countOf(selected)
    const newest = eachSession(selected, count - Number(limit))
    const sessions = JsonList.of(newest, each => renderEnded(each, request))
    return { count, sessions }
  }
}

const reveal = endpointWithBody({
  method: 'POST',
  path: '/sessions/reveal',
  changes: 'expiry',
  summary: 'Get the whole tokens of open sessions',
  body: {
    type: 'object',
    title: 'which sessions',
    additionalProperties: false,
    required: ['token'],
    properties: selectionKeys
  },
  answers: {
    200: {
      description: 'The sessions, with their whole tokens.',
      schema: object({ sessions: list(ref('Session')) })
    }
  },
  run: async request => {
    const { slices } = request.context
    const selected = await selectOpen(request, request.body, 'body', slices)
    const sessions = JsonList.of(eachSession(selected), each => renderSession(each, true))
    return { sessions }
  }
})

export const sessionEndpoints = [listOpen, listEnded, openSession, expireSessions, revokeSessions, reveal]

/** An open session as JSON; durations in seconds. `secrets`: with its whole token. */
const renderSession = ({ space, session }: SpaceSession, secrets: boolean) => {
  const now = space.clock.now()
  return {
    space: space.name,
    product: session.product,
    login: session.login,
    token: secrets ? session.token : shortToken(session.token),
    openedAt: formatInstant(session.openedAt),
    usedAt: formatInstant(session.usedAt),
    uses: session.uses,
    ...(session.ordinal > 0 && { opened: session.ordinal }),
    age: (now - session.openedAt) / 1000,
    ...(session.data && { data: session.data }),
    // A later time than a date can hold is no expiry.
    ...(session.endsAt <= endOfTime
      ? { left: (session.endsAt - now) / 1000, expiresAt: formatInstant(session.endsAt) }
      : {}),
    ...(session.scheduled && { scheduled: renderEnd(session.scheduled) })
  }
}

const renderEnd = ({ cause, at, by }: SessionEnd) => ({ cause, at: formatInstant(at), ...defined({ by }) })

/** An ended session as JSON: with its end instead of its remaining lifetime. */
const renderEnded = (ended: SpaceSession, { context }: ControlRequest) => {
  const {
    left: _left,
    expiresAt: _expiresAt,
    scheduled: _scheduled,
    ...facts
  } = renderSession(ended, context.showSecrets)
  const { cause, at, by, request } = ended.session.end ?? ended.session.dueEnd
  const ender = causeOf(by, request)
  return { ...facts, endedAt: new Date(at).toISOString(), cause, ...(ender === undefined ? {} : { by: ender }) }
}

/** A session that this request has ended, as JSON. */
const renderEndedNow = ({ space, session: { product, login, token } }: SpaceSession, secrets: boolean) => ({
  space: space.name,
  product,
  login,
  token: secrets ? token : shortToken(token)
})
