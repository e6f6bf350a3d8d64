import { memoize } from '../src/base/collections.js'
import { type Answer, withHeaders } from '../src/http/response.js'
import { bodyOf, jsonObject, otherType } from '../src/product/body.js'
import { Failure, requestedStatus } from '../src/product/failure.js'
import { isRecord, jsonArguments, text } from '../src/product/fields.js'
import type { Call, FailureResponse, Operation, Product } from '../src/product/product.js'
import { type Random, uuid } from '../src/session/random.js'
import type { Session } from '../src/session/session-store.js'

const path = '/api/admin/v1/sessions'

const account = {
  type: 'object',
  additionalProperties: false,
  properties: {
    roles: {
      type: 'array',
      items: { type: 'string' },
      description: 'The roles of the user. Without any, a login is refused for missing privileges.'
    },
    enterprise: { type: 'string' },
    organization: { type: 'array', items: { type: 'string' }, minItems: 1 }
  }
} as const

interface AccountData {
  readonly roles: readonly string[]
  readonly enterprise: string
  readonly organization: readonly string[]
}

const envelope = (
  call: Call,
  status: number,
  success: boolean,
  rest: object,
  headers: Answer['headers'] = jsonType
): Answer => ({
  status,
  headers,
  body: JSON.stringify(Object.assign({ success, completed: success, time: Math.floor(call.now), version: '1.0' }, rest))
})

const jsonType = { 'Content-Type': 'application/json' }

const refusal =
  (status: number, errorCode: string, error: string | ((failure: Failure, call: Call) => string)): FailureResponse =>
  (failure, call) => {
    const requested = requestedStatus(failure, status)
    if (requested) return envelope(call, requested.status, false, { errorCode, error: requested.text })
    return envelope(call, status, false, { errorCode, error: typeof error === 'string' ? error : error(failure, call) })
  }

/** The transaction ID of a session, constant for its lifetime. */
const transactionOf = (call: Call, session: Session): string => transactionId({ random: call.space.random, session })

/** Cached, as clients read the same session many times. */
const transactionId = memoize(
  1000,
  ({ session }: { readonly random: Random; readonly session: Session }) => session,
  ({ random, session: { token } }) => uuid(random.bytes(`hcx transaction ${token}`, 0))
)

const user = (session: Session, { enterprise, organization, roles }: AccountData, transactionId: string): object => ({
  enterprise,
  organization,
  currentOrganization: organization[0],
  roles,
  username: session.login,
  transactionId
})

const login: Operation = {
  name: 'login',
  summary: 'Create a session',
  routes: [['POST', path]],
  login: request => text(request.body, 'username'),
  run(call) {
    const { username, password } = credentials(call)
    const account = call.authenticate(username, password)
    const data = call.accountData<AccountData>(account.login)
    if (data.roles.length === 0) call.refuse('forbidden', { why: { reason: 'no-role', login: account.login } })
    return loggedIn(call, call.open(account), data)
  }
}

const loggedIn = (call: Call, session: Session, accountData: AccountData): Answer => {
  const id = transactionOf(call, session)
  const data = {
    user: user(session, accountData, id),
    cloud: { name: 'HCX Manager', type: 'vsphere' },
    organizations: accountData.organization.map(name => ({ name, id: `${name.toLowerCase()}-org-id` }))
  }
  const headers = {
    'Content-Type': 'application/json',
    'x-hm-authorization': session.token,
    AUTH_TOKEN_NAME: 'x-hm-authorization',
    'x-transaction-id': id
  }
  return envelope(call, 200, true, { data }, headers)
}

/** The credentials of a login form. Throws `bad-request` or `missing-field`, the authType first. */
const credentials = (call: Call): { username: string; password: string } => {
  const body = bodyOf(call.request)
  const authType = authTypeOf(body)
  if (authType !== 'local' && authType !== 'vsphere')
    throw new Failure('bad-request', {
      variant: 'auth-type',
      value: authType,
      why: { reason: 'unknown-auth-type', authType }
    })
  const username = text(body, 'username') ?? ''
  const password = text(body, 'password') ?? ''
  const field = username === '' ? 'username' : 'password'
  if (username === '' || password === '')
    call.refuse('missing-field', { field, why: { reason: 'missing-field', field } })
  return { username, password }
}

/** The authType as sent, or the default if it is absent or null. */
const authTypeOf = (body: unknown): string => {
  const sent = isRecord(body) && Object.hasOwn(body, 'authType') ? body.authType : undefined
  return text(body, 'authType') ?? (sent === undefined || sent === null ? 'local' : JSON.stringify(sent))
}

const session: Operation = {
  name: 'session',
  summary: 'Get the current session',
  routes: [['GET', path]],
  run(call) {
    const session = call.current()
    const data = call.accountData<AccountData>(session.login)
    return envelope(call, 200, true, { data: { user: user(session, data, transactionOf(call, session)) } })
  }
}

const logout: Operation = {
  name: 'logout',
  summary: 'Delete the current session',
  routes: [['DELETE', path]],
  run(call) {
    call.end()
    return envelope(call, 200, true, {})
  },
  failureResponses: {
    'no-session': refusal(401, 'INVALID_SESSION_TOKEN', 'No active session found'),
    'expired-session': refusal(401, 'INVALID_SESSION_TOKEN', 'No active session found'),
    'server-error': refusal(500, 'INTERNAL_SERVER_ERROR', 'Error during logout')
  }
}

const badRequest = ({ detail }: Failure, { request }: Call): string => {
  if (detail.variant === 'auth-type') return `Unsupported auth type: ${detail.value}`
  if (detail.variant === 'media-type') return `Unsupported content type: ${request.headers['content-type']}`
  return detail.variant === 'malformed' ? 'Malformed JSON request body' : 'Bad Request'
}

const methodNotAllowed: FailureResponse = (failure, call) => {
  const answer = envelope(call, 405, false, {
    errorCode: 'BAD_REQUEST',
    error: `Method ${call.request.method} is not supported for ${call.path}`
  })
  const { allow } = failure.detail
  return allow ? withHeaders(answer, { Allow: allow.join(', ') }) : answer
}

const noSession = refusal(401, 'INVALID_SESSION_TOKEN', 'UserContext not found in SecurityContext')

/** The session API of HCX Manager, verified against its published Appliance Management APIs. See hcx.md. */
export const hcx: Product = {
  name: 'hcx',
  title: 'HCX Manager',
  base: '',
  pathPattern: /^\/api\/admin(?=\/|$)/,
  router: { caseSensitive: true, ignoreTrailingSlash: false, ignoreDuplicateSlashes: false },
  bodies: { 'application/json': jsonObject, '': jsonObject, '*': otherType },
  sessions: {
    policy: { idle: 60 * 60_000, lifetime: Number.POSITIVE_INFINITY, renewed: true },
    token: /^[0-9a-f]{8}:[0-9a-f]{4}:4[0-9a-f]{3}:[89ab][0-9a-f]{3}:[0-9a-f]{12}$/,
    createToken: draw => uuid(draw).replaceAll('-', ':')
  },
  accounts: {
    schema: account,
    defaults: (): AccountData => ({
      enterprise: 'HybridityAdmin',
      organization: ['DEFAULT'],
      roles: ['System Administrator', 'Appliance Administrator']
    })
  },
  token: ({ headers }) => text(headers, 'x-hm-authorization') || bearer(headers.authorization),
  tokenHeaders: ['x-hm-authorization', 'Authorization'],
  operations: [login, session, logout],
  notEmulated: [
    {
      path: /^\/hybridity(?=\/|$)/,
      note: `the API of HCX under /hybridity/api is a product of its own, hcx-workload; the session of this API is at ${path}, where POST logs in`
    }
  ],
  errorCode: body => /"errorCode":"(\w+)"/.exec(body)?.[1],
  failureResponses: {
    'bad-credentials': refusal(401, 'INVALID_CREDENTIALS', 'Invalid username or password.'),
    'missing-field': refusal(
      400,
      'BAD_REQUEST',
      ({ detail }) => `Missing required field: ${detail.field ?? 'username'}`
    ),
    'bad-request': refusal(400, 'BAD_REQUEST', badRequest),
    'too-large': refusal(413, 'BAD_REQUEST', 'Request body is too large'),
    'no-session': noSession,
    'expired-session': noSession,
    forbidden: refusal(403, 'NOT_ENOUGH_PRIVILEGES', 'User does not have enough privileges'),
    'rate-limited': refusal(429, 'INTERNAL_SERVER_ERROR', 'Too Many Requests'),
    'server-error': refusal(500, 'INTERNAL_SERVER_ERROR', 'Internal Server Error'),
    unavailable: refusal(503, 'INTERNAL_SERVER_ERROR', 'Service Unavailable'),
    'not-found': refusal(404, 'BAD_REQUEST', (_failure, { path }) => `No such resource: ${path}`),
    'method-not-allowed': methodNotAllowed
  },
  headers: call => (call.secure ? { ...commonHeaders, ...tlsHeaders } : commonHeaders),
  describe: async () => (await import('./hcx.api.js')).describeHcx(),
  sample: (url, account) => `curl -i ${jsonArguments(account)} ${url}${path}`
}

const commonHeaders = {
  'cache-control': 'no-cache, no-store, max-age=0, must-revalidate',
  pragma: 'no-cache',
  expires: '0',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'SAMEORIGIN',
  'x-xss-protection': '1; mode=block'
}

const tlsHeaders = { 'strict-transport-security': 'max-age=31536000 ; includeSubDomains' }

/** The token of `Authorization`, with or without `Bearer`. Basic credentials contain none. */
const bearer = (authorization: string | undefined): string | undefined =>
  authorization === undefined || /^Basic(?:\s|$)/i.test(authorization)
    ? undefined
    : authorization.replace(/^Bearer\s+/i, '')
