import { choice, nearest } from '../../src/base/user-error.js'
import type { ControlRequest, Endpoint } from '../../src/control/endpoint.js'
import { json } from '../../src/control/server.js'
import { inputProblem, Problem } from '../../src/http/problem.js'
import { shortToken } from '../../src/journal/redactor.js'
import type { Product } from '../../src/product/product.js'
import { type EndCause, Session } from '../../src/session/sessions.js'
import type { Space } from '../../src/space/space.js'
import { endOfTime } from '../../src/state/clock.js'
import { list as listOf, natural, numberParameter, object, ref } from './schemas.js'

const which = {
  product: { type: 'string', minLength: 1 },
  login: { type: 'string', minLength: 1 },
  token: { type: 'string', minLength: 1, description: 'Whole or in short.' }
} as const

interface Which {
  readonly product?: string
  readonly login?: string
  readonly token?: string
}

const list: Endpoint = {
  method: 'GET',
  path: '/sessions',
  summary: 'The open sessions, with their age and the life that is left to them',
  query: {
    ...which,
    limit: { ...numberParameter, description: 'At most so many, the newest; 1000 where it is left out.' }
  },
  answers: {
    200: {
      description: 'How many there are, and the newest of them in the order of their login.',
      schema: object({ count: natural, sessions: listOf(ref('Session')) })
    }
  },
  run: async ask => {
    const { space: _space, limit = '1000', ...query } = ask.query
    const found = await matching(ask, query, 'query')
    const newest = limit === '0' ? [] : found.slice(-Number(limit))
    return {
      count: found.length,
      sessions: newest.map(({ space, session }) => told(space, session, ask.context.showSecrets))
    }
  }
}

const open: Endpoint = {
  method: 'POST',
  path: '/sessions',
  steers: true,
  summary: 'Opens a session without a login',
  makes: true,
  body: {
    type: 'object',
    title: 'a session',
    additionalProperties: false,
    required: ['product', 'login'],
    properties: {
      product: which.product,
      login: { ...which.login, description: 'Whose it is; one of the accounts.' },
      token: { type: 'string', minLength: 1, description: "Its token, in the product's form; left out, one is drawn." }
    }
  },
  answers: {
    201: { description: 'The session, with its whole token.', schema: ref('Session') },
    409: { description: 'A session with this token is open.' }
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
    if ((await space.sessions.peek(name, session.token, session.openedAt)).is === 'open')
      throw new Problem(409, 'The token is taken', `A session of ${name} with this token is open; end it first.`)
    await space.sessions.open(session, session.openedAt)
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
  steers: true,
  summary,
  body: { type: 'object', title: 'which sessions', additionalProperties: false, properties: which },
  answers: {
    200: {
      description: 'The sessions that this has ended; none where none that match were open.',
      schema: object({ ended: listOf(ref('EndedSession')) })
    }
  },
  run: async ask => {
    const found = await matching(ask, ask.body as Which, 'body')
    const ended = []
    for (const { space, session } of found) {
      const { product, token, login } = session
      const before = await space.sessions.end(product, token, { cause, at: space.clock.now(), by: 'the control API' })
      if (before.is === 'open') ended.push({ space: space.name, product, login, token: shown(token, ask) })
    }
    return { ended }
  }
})

const expire = ending('expire', 'expired', 'Ends sessions as though their time were over: those that match, or all')
const revoke = ending(
  'revoke',
  'revoked',
  'Ends sessions as though they were logged out elsewhere: those that match, or all'
)

type Place = 'body' | 'query'

const productNamed = ({ context }: ControlRequest, name: string, place: Place): Product => {
  const product = context.products.find(each => each.name === name)
  if (product) return product
  const names = context.products.map(each => each.name)
  const meant = nearest(name, names)
  const hint = meant === undefined ? '' : `; did you mean ${meant}?`
  throw inputProblem({ in: place, at: 'product', message: `expected ${choice(names)}, found "${name}"${hint}` })
}

const matching = async (ask: ControlRequest, { product, login, token }: Which, place: Place) => {
  if (product !== undefined) productNamed(ask, product, place)
  const found: { readonly space: Space; readonly session: Session }[] = []
  for (const space of ask.spaces)
    for (const session of await space.sessions.list(space.clock.now()))
      if (
        (product === undefined || session.product === product) &&
        (login === undefined || session.login === login) &&
        (token === undefined || session.token === token || shortToken(session.token) === token)
      )
        found.push({ space, session })
  return found
}

const told = (space: Space, session: Session, secrets: boolean) => {
  const now = space.clock.now()
  return {
    space: space.name,
    product: session.product,
    login: session.login,
    token: secrets ? session.token : shortToken(session.token),
    openedAt: new Date(session.openedAt).toISOString(),
    usedAt: new Date(session.usedAt).toISOString(),
    uses: session.uses,
    age: (now - session.openedAt) / 1000,
    ...(session.data && { data: session.data }),
    // A life beyond what a date can hold is one without end.
    ...(session.expiresAt <= endOfTime
      ? { left: (session.expiresAt - now) / 1000, expiresAt: new Date(session.expiresAt).toISOString() }
      : {})
  }
}

const shown = (token: string, { context }: ControlRequest): string => (context.showSecrets ? token : shortToken(token))

export const sessionEndpoints = [list, open, expire, revoke]
