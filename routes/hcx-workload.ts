import { isUtf8 } from 'node:buffer'
import Negotiator from 'negotiator'
import { memoize } from '../src/base/collections.js'
import { chain, type MaybePromise } from '../src/base/promises.js'
import { type Answer, withHeaders } from '../src/http/response.js'
import { bodyOf, jsonObject, otherType } from '../src/product/body.js'
import { Failure, requestedStatus } from '../src/product/failure.js'
import { isRecord, jsonArguments, text } from '../src/product/fields.js'
import type { Call, FailureResponse, Operation, Product } from '../src/product/product.js'
import type { ProductRequest } from '../src/product/request.js'
import { type XmlTree, xml } from '../src/product/xml.js'
import { uuid } from '../src/session/random.js'
import type { Session } from '../src/session/session-store.js'

const base = '/hybridity/api'
const path = `${base}/sessions`

const texts = { type: 'array', items: { type: 'string' } } as const

const account = {
  type: 'object',
  additionalProperties: false,
  properties: {
    roles: { ...texts, description: 'The roles of the user.' },
    enterprise: { type: 'string', description: 'The enterprise of the user.' },
    organization: { ...texts, minItems: 1, description: 'The organizations of the user; the first is the current one.' }
  }
} as const

interface AccountData {
  readonly roles: readonly string[]
  readonly enterprise: string
  readonly organization: readonly string[]
}

type Format = 'json' | 'xml'

/** The format of `Accept`, or else the usual one. */
const formatOf = ({ request: { headers } }: Call, usual: Format): Format =>
  preferredFormat({ accept: headers.accept ?? '', usual })

/** Cached, as clients repeat the same header. */
const preferredFormat = memoize(
  100,
  ({ accept, usual }: { readonly accept: string; readonly usual: Format }) => `${usual} ${accept}`,
  ({ accept, usual }): Format => {
    const formats: readonly Format[] = usual === 'xml' ? ['xml', 'json'] : ['json', 'xml']
    const [type] = new Negotiator({ headers: { accept } }).mediaTypes(formats.map(format => `application/${format}`))
    return formats.find(format => type === `application/${format}`) ?? usual
  }
)

const contentTypes = { json: 'application/json;charset=UTF-8', xml: 'application/xml;charset=UTF-8' }

/** A response in this format: the root element is part of XML only. */
const render = (format: Format, status: number, root: string, facts: object): MaybePromise<Answer> => {
  const headers = { 'Content-Type': contentTypes[format] }
  if (format === 'json') return { status, headers, body: JSON.stringify(facts) }
  return chain(xml({ [root]: elementsOf(facts) }, { encoding: 'UTF-8', indent: '  ' }), body => ({
    status,
    headers,
    body
  }))
}

const elementsOf = (facts: object): XmlTree =>
  Object.fromEntries(
    Object.entries(facts).map(([name, value]) => [name, isRecord(value) ? elementsOf(value) : String(value)])
  )

const restResponse = 'com.vmware.vchs.hybridity.protocol.RestResponse'

const envelope = (call: Call, success: boolean, rest: object): object =>
  Object.assign({ success, completed: success, time: Math.floor(call.now), version: '1.0' }, rest)

const refusal =
  (status: number, errorCode: string, error: string | ((failure: Failure, call: Call) => string)): FailureResponse =>
  (failure, call) => {
    const requested = requestedStatus(failure, status)
    const words = requested?.text ?? (typeof error === 'string' ? error : error(failure, call))
    return refused(call, requested?.status ?? status, errorCode, words)
  }

const refused = (call: Call, status: number, errorCode: string, error: string): MaybePromise<Answer> => {
  const isDocumented = call.operation === login && (status === 400 || status === 401)
  if (isDocumented && call.fidelity === 'documented') return { status, headers: {} }
  if (formatOf(call, 'xml') === 'json') return render('json', status, '', envelope(call, false, { errorCode, error }))
  const entry = [{ string: ['errorCode', errorCode] }, { string: ['message', error] }]
  return chain(xml({ entries: { entry } }, { encoding: 'UTF-8', indent: '  ' }), body => ({
    status,
    headers: { 'Content-Type': contentTypes.xml },
    body
  }))
}

const login: Operation = {
  name: 'login',
  summary: 'Create a session',
  routes: [['POST', path]],
  login: request => text(request.body, 'username') ?? basicOf(request)?.username,
  run(call) {
    const { username, password } = credentialsOf(call)
    const account = call.authenticate(username, password)
    const session = call.open(account)
    const transactionId = uuid(call.space.random.bytes(`hcx-workload transaction ${session.token}`, 0))
    const headers = {
      'x-hm-authorization': session.token,
      auth_token_name: 'x-hm-authorization',
      'x-transaction-id': transactionId
    }
    if (call.fidelity === 'documented') return { status: 200, headers }
    const data = loginData(call, session, transactionId)
    return {
      status: 200,
      headers: { 'Content-Type': contentTypes.json, ...headers },
      body: JSON.stringify(envelope(call, true, { data }))
    }
  },
  failureResponses: { forbidden: refusal(401, 'INVALID_CREDENTIALS', 'User account is locked') }
}

/** The credentials of a login: of its body, or without one of Basic. Throws `bad-request` or `missing-field`. */
const credentialsOf = (call: Call): { readonly username: string; readonly password: string } => {
  const { request } = call
  const body = bodyOf(request)
  if (body === undefined && basic.test(request.headers.authorization ?? '') && !basicOf(request))
    throw new Failure('bad-request', { variant: 'basic', why: { reason: 'malformed', error: invalidBasic } })
  const authType = authTypeOf(body)
  if (authType !== 'password')
    throw new Failure('bad-request', {
      variant: 'auth-type',
      value: authType,
      why: { reason: 'unknown-auth-type', authType }
    })
  const { username = '', password = '' } = basicOf(request) ?? {
    username: text(body, 'username'),
    password: text(body, 'password')
  }
  const field = username === '' ? 'username' : 'password'
  if (username === '' || password === '')
    call.refuse('missing-field', { field, why: { reason: 'missing-field', field } })
  return { username, password }
}

/** The authType as sent, or the only valid one if it is absent or null. */
const authTypeOf = (body: unknown): string => {
  const sent = isRecord(body) && Object.hasOwn(body, 'authType') ? body.authType : undefined
  return text(body, 'authType') ?? (sent === undefined || sent === null ? 'password' : JSON.stringify(sent))
}

const basic = /^Basic(?:\s|$)/i
const invalidBasic = 'Basic credentials must be name:password in UTF-8 and base64'

/** The Basic credentials of a request without a body. Undefined if there are none, or invalid ones. */
const basicOf = ({ body, headers: { authorization = '' } }: ProductRequest) => {
  const [, encoded] = /^Basic\s+([A-Za-z0-9+/]+={0,2})\s*$/i.exec(authorization) ?? []
  if (body !== undefined || encoded === undefined) return undefined
  const bytes = Buffer.from(encoded, 'base64')
  const [, username, password] = /^([^:]*):(.*)$/s.exec(bytes.toString()) ?? []
  if (!isUtf8(bytes) || username === undefined || password === undefined) return undefined
  return { username, password }
}

const loginData = (call: Call, { login: username }: Session, transactionId: string): object => {
  const { enterprise, organization, roles } = call.accountData<AccountData>(username)
  return {
    certificate,
    cloud: { cloudType: 'VC', isVCDGVRDepricated: false, delegateAuthToVCD: false },
    user: { enterprise, organization, currentOrganization: organization[0], roles, username, transactionId },
    organizations: organization.map(uuid => ({ uuid })),
    endpointInfo: { uuid: endpointOf(call.space) }
  }
}

/** The id of the appliance, constant for its space. */
const endpointOf = ({ random }: Call['space']): string =>
  `20200131145334716-${uuid(random.bytes('hcx-workload endpoint', 0))}`

const about: Operation = {
  name: 'about',
  summary: 'Get the version of the appliance',
  routes: [['GET', `${base}/about`]],
  run(call) {
    call.current()
    return render(formatOf(call, 'json'), 200, restResponse, { name: 'HCX', version: '4.10.0.0', build: '24105226' })
  }
}

const endpointInfo: Operation = {
  name: 'endpoint-info',
  summary: 'Check whether the appliance is up, without a session',
  routes: [['GET', `${base}/endpointInfo`]],
  run: call =>
    render(
      formatOf(call, 'xml'),
      200,
      restResponse,
      envelope(call, true, { data: { endpointInfo: { uuid: endpointOf(call.space) } } })
    )
}

const logout: Operation = {
  name: 'logout',
  summary: 'Delete the current session',
  routes: [
    ['DELETE', path],
    ['DELETE', `${path}/current`]
  ],
  run(call) {
    call.end()
    return render(formatOf(call, 'json'), 200, restResponse, envelope(call, true, {}))
  }
}

const badRequest = ({ detail }: Failure, { request }: Call): string => {
  if (detail.variant === 'auth-type') return `Unsupported auth type: ${detail.value}`
  if (detail.variant === 'media-type') return `Unsupported content type: ${request.headers['content-type']}`
  if (detail.variant === 'basic') return 'Malformed Basic credentials'
  return detail.variant === 'malformed' ? 'Malformed JSON request body' : 'Bad Request'
}

const methodNotAllowed: FailureResponse = (failure, call) => {
  const words = `Method ${call.request.method} is not supported for ${call.path}`
  const { allow } = failure.detail
  return chain(refused(call, 405, 'BAD_REQUEST', words), answer =>
    allow ? withHeaders(answer, { Allow: allow.join(', ') }) : answer
  )
}

const noSession = refusal(401, 'INVALID_SESSION_TOKEN', 'No valid session found')

/** The session of the HCX Workload Migration APIs, on port 443 of HCX Manager. See hcx-workload.md. */
export const hcxWorkload: Product = {
  name: 'hcx-workload',
  title: 'HCX Workload Migration',
  base: '',
  pathPattern: /^\/hybridity(?=\/|$)/,
  router: { caseSensitive: true, ignoreTrailingSlash: false, ignoreDuplicateSlashes: false },
  bodies: { 'application/json': jsonObject, '': jsonObject, '*': otherType },
  sessions: {
    policy: { idle: 15 * 60_000, lifetime: Number.POSITIVE_INFINITY, renewed: true },
    token: /^[0-9a-f]{8}:[0-9a-f]{4}:4[0-9a-f]{3}:[89ab][0-9a-f]{3}:[0-9a-f]{12}$/,
    createToken: draw => uuid(draw).replaceAll('-', ':')
  },
  accounts: {
    schema: account,
    defaults: (): AccountData => ({
      enterprise: 'HybridityAdmin',
      organization: ['DEFAULT'],
      roles: ['System Administrator', 'Enterprise Administrator']
    })
  },
  token: ({ headers }) => text(headers, 'x-hm-authorization') || undefined,
  tokenHeaders: ['x-hm-authorization'],
  operations: [login, about, endpointInfo, logout],
  notEmulated: [
    {
      path: /^\/hybridity(?=\/|$)/,
      note: `of the HCX Workload Migration APIs only the session is emulated: ${path}, ${base}/about and ${base}/endpointInfo`
    },
    {
      path: /^\/api\/admin(?=\/|$)/,
      note: `the appliance management API of HCX is the product hcx; the session of this API is at ${path}, where POST logs in`
    }
  ],
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
  describe: async fidelity => (await import('./hcx-workload.api.js')).describeHcxWorkload(fidelity),
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

/** A self-signed certificate of hcx.example.com in DER, whose key nobody has. */
const certificate =
  'MIIBizCCATGgAwIBAgIUIjfYqxVR++XuQViZKw0Xnb7S1JQwCgYIKoZIzj0EAwIwGjEYMBYGA1UEAwwPaGN4LmV4YW1wbGUuY29tMCAXDTI2MTEzMDIxMzkxOVoYDzIxMjYxMTA2MjEzOTE5WjAaMRgwFgYDVQQDDA9oY3guZXhhbXBsZS5jb20wWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAASidFDkJ/RdS6OA/hYGXpDKEv65T+uWZTMKWLq+U/cJMY5UU9LgCdlL5L15VUiqzUYQ8d8rMhpjgWMdvOPPjkp9o1MwUTAdBgNVHQ4EFgQU9ecHYpkis+jC3Dtz9+8DnmWVlQAwHwYDVR0jBBgwFoAU9ecHYpkis+jC3Dtz9+8DnmWVlQAwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiEAtAwEjonqbrcxrUVZD+dv7hP1ueQ4SgT/X44xQOiBh/QCIDN8swQAwQO69p1JdK0VBWx/aPojig/GYT1QCC3oerHj'
