import { hash } from 'node:crypto'
import { memoize } from '../src/base/collections.js'
import { chain, type MaybePromise } from '../src/base/promises.js'
import type { Answer } from '../src/http/response.js'
import { bodyOf, form, isDecodable, json, multipart } from '../src/product/body.js'
import { Failure, requestedStatus } from '../src/product/failure.js'
import { clientAddress, formArgument, isRecord, lastText, text } from '../src/product/fields.js'
import type { Call, FailureResponse, Operation, Product } from '../src/product/product.js'
import type { ProductRequest } from '../src/product/request.js'
import { uuid } from '../src/session/random.js'
import type { Session } from '../src/session/session-store.js'
import { empty, type Format, formatOf, type Rendered, render } from './cbrain/formats.js'

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

interface AccountData {
  readonly user_id: number
  readonly locked: boolean
}

const sessionCacheControl = 'max-age=0, private, must-revalidate'

/** The token and the number of the user. */
const sessionInfo = (call: Call, { login, token }: Session, format: Format): MaybePromise<Answer> => {
  if (format === 'html') return empty(format, 200)
  const { user_id } = call.accountData<AccountData>(login)
  const info = render(format, 'SessionInfo', { user_id, cbrain_api_token: token })
  return info instanceof Promise ? info.then(body => conditional(call, body)) : conditional(call, info)
}

/** The session with its ETag, or 304 if the client has it already. */
const conditional = ({ request: { method, headers } }: Call, info: Rendered): Answer => {
  const answer = withTag(info)
  const { ETag } = answer.headers
  if (method !== 'POST' && headers['if-none-match'] === ETag)
    return { status: 304, headers: { 'Cache-Control': sessionCacheControl, ETag } }
  return answer
}

/** Adds the ETag. Cached, as clients repeat the same request many times. */
const withTag = memoize(
  1000,
  ({ body }: Rendered) => body,
  ({ type, body }) => {
    const ETag = `W/"${hash('sha256', body, 'hex').slice(0, 32)}"`
    return { status: 200, headers: { 'Content-Type': type, 'Cache-Control': sessionCacheControl, ETag }, body }
  }
)

const redirect = (location: string): Answer => empty('html', 302, { Location: location })

const unauthorized: FailureResponse = (_failure, call) => empty(formatOf(call), 401)

/** The real server waits three seconds after a wrong password. */
const wrongPassword: FailureResponse = async (_failure, call) => {
  if (call.fidelity === 'observed') await call.space.wait(3000)
  return empty(formatOf(call), 401)
}

/** A refusal with a body, in the form of Rails. */
const refusal =
  (status: number, error: string): FailureResponse =>
  (failure, call) => {
    const response = requestedStatus(failure, status) ?? { status, text: error }
    return chain(
      render(formatOf(call), 'hash', { status: response.status, error: response.text }),
      ({ type, body }) => ({
        status: response.status,
        headers: { 'Content-Type': type, 'Cache-Control': 'no-cache' },
        body
      })
    )
  }

/** Refuses unreadable requests and blocked addresses. */
const requireReadable = (call: Call): void => {
  bodyOf(call.request)
  const { url } = call.request
  if (url.includes('%') && !isDecodable(url))
    throw new Failure('bad-request', { variant: 'malformed', why: { reason: 'malformed' } })
  const until = call.fidelity === 'observed' ? call.blockedUntil : undefined
  if (until !== undefined)
    throw new Failure('forbidden', { why: { reason: 'blocked-address', address: call.address, until } })
}

/** The format of the response. Throws `no-session` for an unsupported format. */
const requireFormat = (call: Call): Format => {
  const format = formatOf(call)
  if (format === 'none') throw new Failure('no-session', { why: { reason: 'unknown-format' } })
  return format
}

/** The real server treats a login with three or more unknown parameters as an attack. */
const requireKnownParameters = (call: Call): void => {
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

/** A field of the query string, or else of the body. */
const field = ({ query, body }: ProductRequest, name: string): string | undefined =>
  lastText(query, name) ?? text(body, name)

const withFormats = (methods: readonly string[], ...paths: readonly string[]) =>
  paths.flatMap(path =>
    methods.flatMap(method => ['', '.json', '.xml'].map(format => [method, `${path}${format}`] as const))
  )

const login: Operation = {
  name: 'login',
  summary: 'Create a session, or get the current one',
  routes: withFormats(['POST'], '/session'),
  login: request => field(request, 'login'),
  run(call) {
    requireReadable(call)
    requireKnownParameters(call)
    const open = call.currentIfAny()
    const format = requireFormat(call)
    if (open) return format === 'html' ? redirect('/groups') : sessionInfo(call, open, format)
    return format === 'html' ? redirect('/session/new') : logIn(call, format)
  }
}

const logIn = (call: Call, format: Format): MaybePromise<Answer> => {
  const name = field(call.request, 'login') ?? ''
  const user = call.authenticate(name.trim() && name, field(call.request, 'password') ?? '')
  if (call.accountData<AccountData>(user.login).locked)
    call.refuse('forbidden', { why: { reason: 'locked', login: user.login } })
  return sessionInfo(call, call.open(user), format)
}

const session: Operation = {
  name: 'session',
  summary: 'Get the current session',
  routes: withFormats(['GET', 'HEAD'], '/session', '/session_status', '/session/new', '/login'),
  run(call) {
    if (call.request.method === 'HEAD' && loginPage.test(call.path)) return respondToHead(call)
    requireReadable(call)
    const format = requireFormat(call)
    return sessionInfo(call, call.current(), format)
  }
}

/** Monitoring tools send HEAD to the login pages, which always succeeds. */
const loginPage = /^\/+(?:login|session\/+new)(?:\.|\/|$)/

const respondToHead = (call: Call): Answer => {
  requireReadable(call)
  call.currentIfAny()
  return empty(formatOf(call), 200)
}

const logout: Operation = {
  name: 'logout',
  summary: 'Destroy the current session',
  routes: [...withFormats(['DELETE'], '/session'), ...withFormats(['GET', 'HEAD'], '/logout')],
  run(call) {
    requireReadable(call)
    const format = requireFormat(call)
    const isBrowser = format === 'html'
    if (isBrowser && call.request.method !== 'DELETE') return logOutBrowser(call)
    call.current()
    if (isBrowser) return redirect('/groups')
    call.end()
    return empty(format, 200)
  }
}

/** A logout of a browser by a link, which needs neither a session nor a CSRF token. */
const logOutBrowser = (call: Call): Answer => {
  if (call.currentIfAny()) call.end()
  return redirect('/session/new')
}

/** `Bearer x`, `Token x` or `Token token="x"`. */
const authorization = /^(?:Bearer|Token)\s+(?:token=)?"?(.*?)"?$/s

/** The session API of CBRAIN, verified against its source and recordings of its clients. See cbrain.md. */
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
    defaults: ({ position }): AccountData => ({ user_id: position, locked: false }),
    isLocked: data => 'locked' in data && data.locked === true,
    caseInsensitive: true
  },
  clientAddress: ({ headers, raw: { peer } }, fidelity) =>
    fidelity === 'observed' ? clientAddress(headers, peer.address) : peer.address,
  token: request =>
    authorization.exec(request.headers.authorization ?? '')?.[1] || field(request, 'cbrain_api_token') || undefined,
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
    return {
      'X-Frame-Options': 'SAMEORIGIN',
      'X-XSS-Protection': '1; mode=block',
      'X-Content-Type-Options': 'nosniff',
      'X-Request-Id': requestId(call) ?? uuid(draw),
      'X-Runtime': `0.0${10_000 + (draw.readUInt16BE(16) % 50_000)}`
    }
  },
  describe: async fidelity => (await import('./cbrain.api.js')).describeCbrain(fidelity),
  sample: (url, { login, password }) => `curl ${formArgument({ login, password })} ${url}/session`
}

/** The request ID of the client, without invalid characters: if none are left, the real server sends an empty one. */
const requestId = ({ request, fidelity }: Call): string | undefined => {
  const sent = request.headers['x-request-id']?.toString().trim()
  if (!sent) return undefined
  const id = sent.replace(/[^A-Za-z0-9_-]/g, '').slice(0, 255)
  return id === '' && fidelity !== 'observed' ? undefined : id
}
