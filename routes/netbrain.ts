import type { FromSchema } from 'json-schema-to-ts'
import { type Answer, withHeaders } from '../src/http/response.js'
import { bodyOf, jsonObject } from '../src/product/body.js'
import { Failure } from '../src/product/failure.js'
import { jsonArguments, lastText, lowerCaseKeys, text } from '../src/product/fields.js'
import type { Call, FailureResponse, Operation, Product } from '../src/product/product.js'
import type { ProductRequest } from '../src/product/request.js'
import { uuid } from '../src/session/random.js'
import { clientSchema, demoClient, oauthToken } from './netbrain/oauth.js'

const base = '/ServicesAPI/API'
const id = { type: 'string', minLength: 1 } as const
const name = { type: 'string' } as const
const strict = { type: 'object', additionalProperties: false } as const
const domain = {
  ...strict,
  required: ['domainId', 'domainName'],
  properties: { domainId: id, domainName: name }
} as const
const tenant = {
  ...strict,
  required: ['tenantId', 'tenantName'],
  properties: { tenantId: id, tenantName: name, domains: { type: 'array', items: domain } }
} as const
const account = {
  ...strict,
  properties: {
    ...clientSchema,
    authentication_id: { ...id, description: 'Marks an external user: a login requires this authentication_id.' },
    tenants: {
      type: 'array',
      items: tenant,
      description: 'The tenants accessible to the user, each with its domains.'
    }
  }
} as const

type Tenant = FromSchema<typeof tenant>
type Domain = FromSchema<typeof domain>
type AccountData = FromSchema<typeof account> & { readonly tenants: readonly Tenant[] }

const initialTenant: Tenant = {
  tenantId: 'fb24f3f0-81a7-1929-4b8f-99106c23fa5b',
  tenantName: 'Initial Tenant',
  domains: [{ domainId: '0201adc0-1a50-4b8c-9a2e-4b7a0d8e5b01', domainName: 'Demo Domain' }]
}

const version = { productVersion: '12.3', softwareVersion: '12.3.0', date: '2025-06-30', gitVersion: '9c3f1e7' }

/** The fields of the body with lower-case names. Throws `bad-request` if it is not a JSON object. */
const fields = (request: ProductRequest): Readonly<Record<string, unknown>> => lowerCaseKeys(bodyOf(request))

/** The credentials of a login; missing fields are empty. Throws `bad-request`. */
const credentials = (request: ProductRequest): { username: string; password: string; authentication_id: string } => {
  const [, basic] = /^Basic\s+(\S+)$/i.exec(request.headers.authorization ?? '') ?? []
  if (basic && request.body === undefined) {
    const [username = '', ...rest] = Buffer.from(basic, 'base64').toString().split(':')
    return { username, password: rest.join(':'), authentication_id: '' }
  }
  const body = fields(request)
  const textOf = (field: string) => text(body, field) ?? ''
  return { username: textOf('username'), password: textOf('password'), authentication_id: textOf('authentication_id') }
}

const respond = (status: number, statusCode: number, statusDescription: string, payload: object = {}): Answer => ({
  status,
  headers: { 'Content-Type': 'application/json; charset=utf-8' },
  // V8 takes twice as long to write an object that begins with a spread.
  body: JSON.stringify(Object.assign({}, payload, { statusCode, statusDescription }))
})

const success = (payload?: object): Answer => respond(200, 790200, 'Success.', payload)

const refusal =
  (...response: Parameters<typeof respond>): FailureResponse =>
  () =>
    respond(...response)

const invalidCredentials = refusal(401, 795000, 'Invalid username or password.')
const invalidToken = refusal(401, 795005, 'Invalid token.')
const serverError = 'Inner exception. please check system log(default location: log/NgThirdAPI.log)'

const nullParameter = (parameter: string): Answer =>
  respond(400, 791000, `Null parameter: the parameter '${parameter}' cannot be null.`)

const badRequest: FailureResponse = ({ detail: { variant } }) => {
  if (variant === 'unknown-tenant') return respond(400, 791004, 'Invalid tenant id.')
  return variant === 'unknown-domain' ? respond(400, 791005, 'Invalid domain id.') : nullParameter('request body')
}

const noSuchTenant: FailureResponse = (_failure, call) =>
  respond(400, 791006, `tenant with id ${queriedTenant(call)} does not exist.`)

/** The real server distinguishes ended sessions from unknown tokens; the document does not. */
const noSessionAtLogout: FailureResponse = (failure, call) => {
  const issued = failure.kind === 'expired-session' || call.session?.end !== undefined
  return call.fidelity === 'observed' && issued
    ? respond(401, 795010, 'Session not exist')
    : invalidToken(failure, call)
}

const methodNotAllowed: FailureResponse = ({ detail: { allow } }) => {
  const answer = respond(405, 793405, 'Method is not supported')
  return allow ? withHeaders(answer, { Allow: allow.join(', ') }) : answer
}

const login: Operation = {
  name: 'login',
  summary: 'Log in',
  routes: [
    ['POST', `${base}/V1/Session`],
    ['GET', `${base}/V1/Session`]
  ],
  login: request => (request.body instanceof Failure ? undefined : credentials(request).username),
  run(call) {
    const { username, password, authentication_id } = credentials(call.request)
    requireFields(call, { username, password })
    const user = call.authenticate(username, password)
    const external = call.accountData<AccountData>(user.login).authentication_id
    if (external !== undefined && external !== authentication_id)
      call.refuse('bad-credentials', { why: { reason: 'wrong-authentication-id', login: user.login } })
    return success({ token: call.open(user).token })
  },
  failureResponses: { 'missing-field': invalidCredentials }
}

const logout: Operation = {
  name: 'logout',
  summary: 'Log out',
  routes: [['DELETE', `${base}/V1/Session`]],
  run(call) {
    call.current()
    fields(call.request)
    call.end()
    return success()
  },
  failureResponses: { 'no-session': noSessionAtLogout, 'expired-session': noSessionAtLogout }
}

const workingDomain: Operation = {
  name: 'working-domain',
  summary: 'Specify a working domain',
  routes: [['PUT', `${base}/V1/Session/CurrentDomain`]],
  run(call) {
    const session = call.current()
    const body = fields(call.request)
    const tenantId = text(body, 'tenantid') ?? ''
    const domainId = text(body, 'domainid') ?? ''
    requireFields(call, { tenantId })
    const tenant = enter(call, tenantId, 'unknown-tenant')
    const domain = tenant && domainId !== '' ? enterDomain(call, tenant, domainId) : undefined
    session.data = { tenantId: tenant?.tenantId ?? tenantId, domainId: domain?.domainId ?? '' }
    return success()
  }
}

const tenants: Operation = {
  name: 'tenants',
  summary: 'Get all accessible tenants',
  routes: [['GET', `${base}/V1/CMDB/Tenants`]],
  run(call) {
    call.current()
    return success({ tenants: tenantsOf(call).map(({ tenantId, tenantName }) => ({ tenantId, tenantName })) })
  }
}

const domains: Operation = {
  name: 'domains',
  summary: 'Get all accessible domains of a tenant',
  routes: [['GET', `${base}/V1/CMDB/Domains`]],
  run(call) {
    call.current()
    const tenantId = queriedTenant(call)
    const found = tenantId === '' ? [] : (enter(call, tenantId, 'no-such-tenant')?.domains ?? [])
    return success({ domains: found.map(({ domainId, domainName }) => ({ domainId, domainName })) })
  },
  // It has no body and no required field: this is its only invalid request.
  failureResponses: { 'bad-request': noSuchTenant, 'missing-field': noSuchTenant }
}

const queriedTenant = ({ request }: Call): string => lastText(lowerCaseKeys(request.query), 'tenantid') ?? ''

const productVersion: Operation = {
  name: 'product-version',
  summary: 'Get the version of the product',
  routes: [['GET', `${base}/V1/System/ProductVersion`]],
  run(call) {
    call.current()
    return success(version)
  }
}

/** Refuses the call with `missing-field` for the first empty field. */
const requireFields = (call: Call, values: Readonly<Record<string, string>>): void => {
  for (const [field, value] of Object.entries(values))
    if (value === '') call.refuse('missing-field', { field, why: { reason: 'missing-field', field } })
}

/** The tenants accessible to the caller. */
const tenantsOf = (call: Call): readonly Tenant[] =>
  call.session ? call.accountData<AccountData>(call.session.login).tenants : []

/** The tenant of the caller. Refuses the call with `forbidden`, or `bad-request` with the variant. */
const enter = (call: Call, tenantId: string, variant: string): Tenant | undefined => {
  const matches = (each: Tenant) => isSame(each.tenantId, tenantId)
  return tenantsOf(call).find(matches) ?? refuseEntry(call, matches, variant, tenantId)
}

/** The domain of the tenant. Refuses the call with `forbidden` or `bad-request`. */
const enterDomain = (call: Call, tenant: Tenant, domainId: string): Domain | undefined => {
  const find = ({ domains = [] }: Tenant) => domains.find(each => isSame(each.domainId, domainId))
  return find(tenant) ?? refuseEntry(call, each => find(each) !== undefined, 'unknown-domain', domainId)
}

/** GUIDs are case-insensitive. */
const isSame = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase()

/** `forbidden` for a tenant or domain of other users, the variant of `bad-request` for an unknown one. */
const refuseEntry = (call: Call, matches: (each: Tenant) => boolean, variant: string, value: string): undefined => {
  const all = call.space.accounts.list().flatMap(({ login }) => call.accountData<AccountData>(login).tenants)
  if ([initialTenant, ...all].some(matches) && !tenantsOf(call).some(matches))
    call.refuse('forbidden', { why: { reason: 'no-access', value } })
  call.refuse('bad-request', { variant, value, why: { reason: variant, value } })
}

/** The session API of NetBrain, verified against its published documents for 7.1 to 12.3. See netbrain.md. */
export const netbrain: Product = {
  name: 'netbrain',
  title: 'NetBrain',
  base,
  pathPattern: /^\/+servicesapi(?=\/|$)/i,
  router: { caseSensitive: false, ignoreTrailingSlash: true, ignoreDuplicateSlashes: true },
  // Always JSON, regardless of Content-Type.
  bodies: { '*': jsonObject },
  sessions: {
    policy: { idle: 30 * 60_000, lifetime: Number.POSITIVE_INFINITY, renewed: true },
    token: /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    createToken: uuid
  },
  accounts: {
    schema: account,
    defaults: ({ login }): AccountData => ({ tenants: [initialTenant], ...demoClient(login) }),
    unique: { client_id: 'client_secret', user_token: undefined },
    fixedTokens: data => [text(data, 'user_token') ?? []].flat()
  },
  token: (request, operation) =>
    text(request.headers, 'token') ??
    lastText(lowerCaseKeys(request.query), 'token') ??
    (operation === logout ? text(lowerCaseKeys(request.body), 'token') : undefined),
  tokenHeaders: ['token'],
  operations: [login, logout, workingDomain, tenants, domains, productVersion, oauthToken],
  errorCode: body => /"statusCode":(\d+)/.exec(body)?.[1],
  failureResponses: {
    'bad-credentials': invalidCredentials,
    'missing-field': ({ detail }) => nullParameter(detail.field ?? 'tenantId'),
    'bad-request': badRequest,
    'too-large': () => nullParameter('request body'),
    'no-session': invalidToken,
    'expired-session': invalidToken,
    forbidden: refusal(403, 795001, 'The current user has no access permissions to the tenant or domain.'),
    'rate-limited': refusal(429, 795011, 'API calls exceeded the limit.'),
    'server-error': refusal(500, 793001, serverError),
    unavailable: refusal(503, 793000, 'Unexpected Error.'),
    'not-found': refusal(404, 793404, 'No resource'),
    'method-not-allowed': methodNotAllowed
  },
  describe: async () => (await import('./netbrain.api.js')).describeNetbrain(),
  sample: (url, account) => `curl ${jsonArguments(account)} ${url}${base}/V1/Session`
}
