import { hash } from 'node:crypto'
import { chain, type MaybePromise } from '../src/base/maybe-promise.js'
import { memoize } from '../src/base/memoize.js'
import type { Answer } from '../src/http/answer.js'
import { form, json, multipart } from '../src/kit/body-readers.js'
import { clientAddress } from '../src/kit/client-address.js'
import { isDecodable } from '../src/kit/decoding.js'
import { isRecord, lastText, text } from '../src/kit/fields.js'
import { formArgument } from '../src/kit/sample.js'
import { requestedStatus } from '../src/kit/status.js'
import { bodyOf } from '../src/product/body.js'
import { Failure } from '../src/product/failure.js'
import type { Call, FailureResponse, Operation, Product } from '../src/product/product.js'
import type { ProductRequest } from '../src/product/request.js'
import type { Session } from '../src/session/sessions.js'
import { uuid } from '../src/state/random.js'
import { empty, type Format, formatOf, type Written, written } from './cbrain/formats.js'

const account = {
  type: 'object',
  additionalProperties: false,
  properties: {
    user_id: {
      type: 'integer',
      minimum: 1,
      description: 'The number of the user; by default its place in the list of accounts.'
    },
    locked: { type: 'boolean', description: 'A locked account cannot log in, and locking it ends its sessions.' }
  }
} as const

interface Part {
  readonly user_id: number
  readonly locked: boolean
}

const mine = 'max-age=0, private, must-revalidate'

/** The session and its owner. */
const sessionInfo = (call: Call, { login, token }: Session, format: Format): MaybePromise<Answer> => {
  if (format === 'html') return empty(format, 200)
  const { user_id } = call.accountData<Part>(login)
  const info = written(format, 'SessionInfo', { user_id, cbrain_api_token: token })
  return info instanceof Promise ? info.then(later => tagged(call, later)) : tagged(call, info)
}

/** The session with its tag, or 304 where the client has it already. */
const tagged = ({ request: { method, headers } }: Call, info: Written): Answer => {
  const answer = withTag(info)
  const { ETag } = answer.headers
  if (method !== 'POST' && headers['if-none-match'] === ETag)
    return { status: 304, headers: { 'Cache-Control': mine, ETag } }
  return answer
}

/** The last sessions with their tags: clients send the same request many times. */
const withTag = memoize(
  1000,
  ({ body }: Written) => body,
  ({ type, body }) => {
    const ETag = `W/"${hash('sha256', body, 'hex').slice(0, 32)}"`
    return { status: 200, headers: { 'Content-Type': type, 'Cache-Control': mine, ETag }, body }
  }
)

const redirect = (location: string): Answer => empty('html', 302, { Location: location })

const unauthorized: FailureResponse = (_failure, call) => empty(formatOf(call), 401)

/** The real server thinks three seconds about a wrong password. */
const wrongPassword: FailureResponse = async (_failure, call) => {
  if (call.fidelity === 'observed') await call.space.wait(3000)
  return empty(formatOf(call), 401)
}

/** A refusal that has a body, as the framework of the real server writes it. */
const refusal =
  (status: number, error: string): FailureResponse =>
  (failure, call) => {
    const facts = requestedStatus(failure, status) ?? { status, text: error }
    return chain(written(formatOf(call), 'hash', { status: facts.status, error: facts.text }), ({ type, body }) => ({
      status: facts.status,
      headers: { 'Content-Type': type, 'Cache-Control': 'no-cache' },
      body
    }))
  }

/** Refuses what cannot be read, and whoever may do nothing here, before anything is done. */
const demandReadable = (call: Call): void => {
  bodyOf(call.request)
  const { url } = call.request
  if (url.includes('%') && !isDecodable(url))
    throw new Failure('bad-request', { variant: 'malformed', why: { reason: 'malformed' } })
  const until = call.fidelity === 'observed' ? call.blockedUntil : undefined
  if (until !== undefined)
    throw new Failure('forbidden', { why: { reason: 'blocked-address', address: call.address, until } })
}

/** The format of the answer. Refuses a client that wants none of them. */
const demandFormat = (call: Call): Format => {
  const format = formatOf(call)
  if (format === 'none') throw new Failure('no-session', { why: { reason: 'unknown-format' } })
  return format
}

/** The real server takes a login with many unknown parameters for an attack. */
const demandKnownParameters = (call: Call): void => {
  if (call.fidelity !== 'observed') return
  const { query, body } = call.request
  const names = new Set([query, body].flatMap(source => (isRecord(source) ? Object.keys(source) : [])))
  const count = [...names].filter(name => !knownParameters.has(name)).length
  if (count < 3) return
  if (call.address !== '127.0.0.1') call.blockAddress(14 * 24 * 3_600_000)
  call.refuse('forbidden', { why: { reason: 'unknown-parameters', count } })
}

const knownParameters = new Set([
  'login',
  'password',
  'cbrain_api_token',
  'format',
  'authenticity_token',
  'utf8',
  'commit'
])

/** A field of the form, where the query string beats the body. */
const field = ({ query, body }: ProductRequest, name: string): string | undefined =>
  lastText(query, name) ?? text(body, name)

const everyFormat = (methods: readonly string[], ...paths: readonly string[]) =>
  paths.flatMap(path =>
    methods.flatMap(method => ['', '.json', '.xml'].map(format => [method, `${path}${format}`] as const))
  )

const login: Operation = {
  name: 'login',
  summary: 'Create a session, or get the current one',
  routes: everyFormat(['POST'], '/session'),
  login: request => field(request, 'login'),
  run(call) {
    demandReadable(call)
    demandKnownParameters(call)
    const open = call.currentIfAny()
    const format = demandFormat(call)
    if (open) return format === 'html' ? redirect('/groups') : sessionInfo(call, open, format)
    return format === 'html' ? redirect('/session/new') : logIn(call, format)
  }
}

const logIn = (call: Call, format: Format): MaybePromise<Answer> => {
  const name = field(call.request, 'login') ?? ''
  const user = call.authenticate(name.trim() && name, field(call.request, 'password') ?? '')
  if (call.accountData<Part>(user.login).locked)
    call.refuse('forbidden', { why: { reason: 'locked', login: user.login } })
  return sessionInfo(call, call.open(user), format)
}

const session: Operation = {
  name: 'session',
  summary: 'Get the current session',
  routes: everyFormat(['GET', 'HEAD'], '/session', '/session_status', '/session/new', '/login'),
  run(call) {
    if (call.request.method === 'HEAD' && loginPage.test(call.path)) return greet(call)
    demandReadable(call)
    const format = demandFormat(call)
    return sessionInfo(call, call.current(), format)
  }
}

/** Monitors ask by HEAD whether the pages of the login are there: they always are. */
const loginPage = /^\/+(?:login|session\/+new)(?:\.|\/|$)/

const greet = (call: Call): Answer => {
  demandReadable(call)
  call.currentIfAny()
  return empty(formatOf(call), 200)
}

const logout: Operation = {
  name: 'logout',
  summary: 'Destroy the current session',
  routes: [...everyFormat(['DELETE'], '/session'), ...everyFormat(['GET', 'HEAD'], '/logout')],
  run(call) {
    demandReadable(call)
    const format = demandFormat(call)
    const isBrowser = format === 'html'
    if (isBrowser && call.request.method !== 'DELETE') return leave(call)
    call.current()
    if (isBrowser) return redirect('/groups')
    call.end()
    return empty(format, 200)
  }
}

/** A browser's logout by a link, which needs no session, and no protection against forgery stops. */
const leave = (call: Call): Answer => {
  if (call.currentIfAny()) call.end()
  return redirect('/session/new')
}

/** `Bearer x`, `Token x` or `Token token="x"`. */
const authorized = /^(?:Bearer|Token)\s+(?:token=)?"?(.*?)"?$/

/** CBRAIN's sessions, verified against its source and recordings of its clients. See cbrain.md. */
export const cbrain: Product = {
  name: 'cbrain',
  title: 'CBRAIN',
  base: '',
  pathPattern: /^\/+(?:session|session_status|login|logout)(?:[./]|$)/,
  router: { caseSensitive: true, ignoreTrailingSlash: true, ignoreDuplicateSlashes: true },
  bodies: {
    'application/json': json,
    'text/x-json': json,
    'application/x-www-form-urlencoded': form,
    'multipart/form-data': multipart
  },
  sessions: {
    policy: { idle: 24 * 3_600_000, lifetime: Number.POSITIVE_INFINITY, renewed: true },
    observed: { pinned: true },
    token: /^[0-9a-f]{32}$/,
    createToken: draw => draw.toString('hex', 0, 16)
  },
  accounts: {
    schema: account,
    defaults: ({ position }): Part => ({ user_id: position, locked: false }),
    isLocked: data => 'locked' in data && data.locked === true,
    caseInsensitive: true
  },
  clientAddress: (request, fidelity) => (fidelity === 'observed' ? clientAddress(request) : request.ip),
  token: request =>
    authorized.exec(request.headers.authorization ?? '')?.[1] || field(request, 'cbrain_api_token') || undefined,
  operations: [login, session, logout],
  failureResponses: {
    'bad-credentials': wrongPassword,
    'missing-field': unauthorized,
    'bad-request': refusal(400, 'Bad Request'),
    'too-large': refusal(413, 'Payload Too Large'),
    'no-session': unauthorized,
    'expired-session': unauthorized,
    forbidden: unauthorized,
    'rate-limited': refusal(429, 'Too Many Requests'),
    'server-error': refusal(500, 'Internal Server Error'),
    unavailable: refusal(503, 'Service Unavailable'),
    'not-found': refusal(404, 'Not Found'),
    'method-not-allowed': refusal(404, 'Not Found')
  },
  headers: call => {
    const draw = call.draw('request')
    const sent = call.request.headers['x-request-id']
    return {
      'X-Frame-Options': 'SAMEORIGIN',
      'X-XSS-Protection': '1; mode=block',
      'X-Content-Type-Options': 'nosniff',
      'X-Request-Id': (sent === undefined ? '' : requestId(sent.toString())) || uuid(draw),
      'X-Runtime': `0.0${10_000 + (draw.readUInt16BE(16) % 50_000)}`
    }
  },
  describe: async fidelity => (await import('./cbrain.api.js')).describeCbrain(fidelity),
  sample: (url, { login, password }) => `curl ${formArgument({ login, password })} ${url}/session`
}

/** The one that the client sent, as far as its characters may stand there. */
const requestId = (sent: string): string => sent.replace(/[^A-Za-z0-9_-]/g, '').slice(0, 255)
