import type { InjectOptions, Response } from 'light-my-request'
import t, { type Test } from 'tap'
import { netbrain } from '../../routes/netbrain.js'
import { Failure, type FailureName, failureNames } from '../../src/product/failure.js'
import { type Call, type Fidelity, fidelities } from '../../src/product/product.js'
import { type DoubleOptions, double } from '../support/double.js'

const session = '/ServicesAPI/API/V1/Session'
const currentDomain = `${session}/CurrentDomain`
const tenants = '/ServicesAPI/API/V1/CMDB/Tenants'
const domains = '/ServicesAPI/API/V1/CMDB/Domains'
const version = '/ServicesAPI/API/V1/System/ProductVersion'

const initial = 'fb24f3f0-81a7-1929-4b8f-99106c23fa5b'
const demoDomain = '0201adc0-1a50-4b8c-9a2e-4b7a0d8e5b01'
const unissued = '8d5b2e55-9f0c-4d54-8e6c-3c0f7c1d2e3f'

const success = '200 {"statusCode":790200,"statusDescription":"Success."}'
const invalidToken = '401 {"statusCode":795005,"statusDescription":"Invalid token."}'
const noSession = '401 {"statusCode":795010,"statusDescription":"Session not exist"}'
const invalidCredentials = '401 {"statusCode":795000,"statusDescription":"Invalid username or password."}'
const nullTenant =
  '400 {"statusCode":791000,"statusDescription":"Null parameter: the parameter \'tenantId\' cannot be null."}'
const nullBody =
  '400 {"statusCode":791000,"statusDescription":"Null parameter: the parameter \'request body\' cannot be null."}'
const noAccess =
  '403 {"statusCode":795001,"statusDescription":"The current user has no access permissions to the tenant or domain."}'
const noResource = '404 {"statusCode":793404,"statusDescription":"No resource"}'
const notSupported = '405 {"statusCode":793405,"statusDescription":"Method is not supported"}'
const noDomains = '200 {"domains":[],"statusCode":790200,"statusDescription":"Success."}'
const initialTenants =
  '200 {"tenants":[{"tenantId":"fb24f3f0-81a7-1929-4b8f-99106c23fa5b","tenantName":"Initial Tenant"}],"statusCode":790200,"statusDescription":"Success."}'

const loggedIn =
  /^200 \{"token":"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}","statusCode":790200,"statusDescription":"Success\."\}$/

const demo = { username: 'demo', password: 'demo' }
const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` })

/** What came over the wire: the status and the body. */
const wire = ({ statusCode, payload }: Response): string => `${statusCode} ${payload}`

/** A NetBrain, and a client of it. */
const server = (options: DoubleOptions = {}) => {
  const { app, systemClock, send } = double(options)
  const ask = async (request: InjectOptions) => wire(await send(request))
  const login = async (username = 'demo', password = username, more: object = {}): Promise<string> => {
    const answer = await send({ method: 'POST', url: session, payload: { username, password, ...more } })
    return answer.json<{ token: string }>().token
  }
  const honoured = async (token: string) => (await ask({ url: tenants, headers: { token } })) !== invalidToken
  const enter = (token: string, payload: object) =>
    ask({ method: 'PUT', url: currentDomain, headers: { token }, payload })
  return { app, systemClock, send, ask, login, honoured, enter }
}

/** The scenario under both fidelities, told apart by name. */
const both = (name: string, scenario: (t: Test, fidelity: Fidelity) => Promise<void>): void => {
  for (const fidelity of fidelities) t.test(`${name} (${fidelity})`, t => scenario(t, fidelity))
}

both('a session is open from its login to its logout, and not a call longer', async (t, fidelity) => {
  const { ask, login } = server({ fidelity })
  const headers = { token: await login() }
  t.equal(await ask({ url: tenants, headers }), initialTenants)
  t.equal(await ask({ method: 'DELETE', url: session, headers }), success)
  t.equal(await ask({ url: tenants, headers }), invalidToken)
  t.equal(await ask({ method: 'DELETE', url: session, headers }), fidelity === 'observed' ? noSession : invalidToken)
})

both('a body that is not a JSON object is named as missing', async (t, fidelity) => {
  const { ask, login, honoured } = server({ fidelity })
  const token = await login()
  for (const payload of ['{', 'username=demo&password=demo', '"demo"', '[]', 'null', '7', Buffer.from([0x7b, 0xff])]) {
    t.equal(await ask({ method: 'POST', url: session, payload }), nullBody, 'login')
    t.equal(await ask({ method: 'GET', url: session, payload }), nullBody, 'login by GET')
    t.equal(await ask({ method: 'PUT', url: currentDomain, headers: { token }, payload }), nullBody, 'working domain')
    t.equal(await ask({ method: 'DELETE', url: session, headers: { token }, payload }), nullBody, 'logout')
    t.equal(await ask({ method: 'DELETE', url: session, payload }), invalidToken, 'the token is judged first')
  }
  t.ok(await honoured(token), 'a refused logout ended nothing')
})

both('a body over the limit is named as missing, and the connection closes', async (t, fidelity) => {
  const { send } = server({ fidelity, bodyLimit: 100 })
  const answer = await send({ method: 'POST', url: session, payload: { ...demo, more: 'x'.repeat(100) } })
  t.equal(wire(answer), nullBody)
  t.equal(answer.headers.connection, 'close')
})

both('an external user names the authentication_id of the account', async (t, fidelity) => {
  const ann = { login: 'ann', password: 'ann', netbrain: { authentication_id: 'ldap_1' } }
  const { ask } = server({ fidelity, scenario: { accounts: [ann] } })
  const login = (more: object) =>
    ask({ method: 'POST', url: session, payload: { username: 'ann', password: 'ann', ...more } })
  t.match(await login({ authentication_id: 'ldap_1' }), loggedIn)
  t.match(await login({ Authentication_ID: 'ldap_1' }), loggedIn)
  t.equal(await login({ authentication_id: 'ldap_2' }), invalidCredentials)
  t.equal(await login({ authentication_id: '' }), invalidCredentials)
  t.equal(await login({}), invalidCredentials)
  t.equal(await ask({ method: 'POST', url: session, headers: basic('ann:ann') }), invalidCredentials)
})

both('where anyone may log in, a name and a password are still asked for', async (t, fidelity) => {
  const { ask } = server({ fidelity, anyone: true })
  t.match(await ask({ method: 'POST', url: session, payload: { username: 'ann', password: 'any' } }), loggedIn)
  t.equal(await ask({ method: 'POST', url: session, payload: { username: 'ann', password: '' } }), invalidCredentials)
  t.equal(await ask({ method: 'POST', url: session, payload: { username: 'ann' } }), invalidCredentials)
  t.equal(await ask({ method: 'POST', url: session, payload: { password: 'any' } }), invalidCredentials)
})

both('a password in Basic may have colons and letters of any language', async (t, fidelity) => {
  const { ask } = server({ fidelity, scenario: { accounts: [{ login: 'josé', password: 'a:b:ñ' }] } })
  t.match(await ask({ method: 'POST', url: session, headers: basic('josé:a:b:ñ') }), loggedIn)
})

both('the token is read from every place where clients put it', async (t, fidelity) => {
  const { ask, login } = server({ fidelity })
  const tokenLocations: readonly ((token: string) => InjectOptions)[] = [
    token => ({ headers: { token } }),
    token => ({ headers: { Token: token } }),
    token => ({ query: { token } }),
    token => ({ query: { Token: token } }),
    token => ({ query: { token: [unissued, token] } })
  ]
  for (const carry of tokenLocations) {
    const token = await login()
    t.equal(await ask({ url: tenants, ...carry(token) }), initialTenants)
    t.equal(await ask({ method: 'DELETE', url: session, ...carry(token) }), success)
    t.equal(await ask({ url: tenants, ...carry(token) }), invalidToken)
  }
})

both('a logout also reads the token from its body, and no other call does', async (t, fidelity) => {
  const { ask, login } = server({ fidelity })
  const types = [{}, { 'content-type': 'text/plain' }, { 'content-type': 'x' }]
  for (const headers of types)
    for (const field of ['token', 'Token']) {
      const payload = Buffer.from(JSON.stringify({ [field]: await login() }))
      t.equal(await ask({ method: 'DELETE', url: session, headers, payload }), success)
    }
  const token = await login()
  t.equal(await ask({ method: 'PUT', url: currentDomain, payload: { token, tenantId: initial } }), invalidToken)
  t.equal(await ask({ method: 'GET', url: tenants, payload: { token } }), invalidToken)
})

both('of several tokens the header counts, then the query, then the body', async (t, fidelity) => {
  const { ask, login, honoured } = server({ fidelity })
  const [header, query, body] = [await login(), await login(), await login()]
  const logout = (request: InjectOptions) => ask({ method: 'DELETE', url: session, ...request })
  const wrong = { headers: { token: unissued }, query: { token: query }, payload: { token: body } }
  t.equal(await logout(wrong), invalidToken, 'a wrong header is not made good by what follows')
  t.equal(await logout({ ...wrong, headers: { token: '' } }), invalidToken, 'nor is an empty one')
  t.equal(await logout({ headers: { token: header }, query: { token: query }, payload: { token: body } }), success)
  t.same([await honoured(header), await honoured(query), await honoured(body)], [false, true, true])
  t.equal(await logout({ query: { token: query }, payload: { token: body } }), success)
  t.same([await honoured(query), await honoured(body)], [false, true])
  t.equal(await logout({ payload: { token: body } }), success)
})

both('a token that was never issued is invalid everywhere', async (t, fidelity) => {
  const { ask, login } = server({ fidelity })
  const upper = (await login()).toUpperCase()
  const calls: readonly InjectOptions[] = [
    { method: 'DELETE', url: session },
    { method: 'PUT', url: currentDomain, payload: { tenantId: initial } },
    { method: 'PUT', url: currentDomain, payload: '{' },
    { url: tenants },
    { url: domains },
    { url: version }
  ]
  const bearer = { authorization: `Bearer ${await login()}` }
  const wrong = ['', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa', unissued, upper, '__proto__', 'constructor']
  for (const call of calls) {
    for (const token of wrong) t.equal(await ask({ ...call, headers: { token } }), invalidToken, token)
    t.equal(await ask(call), invalidToken, 'no token')
    t.equal(await ask({ ...call, headers: bearer }), invalidToken, 'not as a Bearer')
  }
})

both('logins of one user are independent', async (t, fidelity) => {
  const { ask, login, honoured } = server({ fidelity })
  const [first, second] = [await login(), await login()]
  t.not(first, second)
  t.equal(await ask({ method: 'DELETE', url: session, headers: { token: first } }), success)
  t.same([await honoured(first), await honoured(second)], [false, true])
})

both('of many logouts at once exactly one succeeds', async (t, fidelity) => {
  const { ask, login } = server({ fidelity })
  const headers = { token: await login() }
  const logout = () => ask({ method: 'DELETE', url: session, headers })
  const answers = await Promise.all(Array.from({ length: 100 }, logout))
  t.equal(answers.filter(answer => answer === success).length, 1)
  const refusal = fidelity === 'observed' ? noSession : invalidToken
  t.equal(answers.filter(answer => answer === refusal).length, 99)
})

both('a session ends after 30 minutes without use, and each use begins them anew', async (t, fidelity) => {
  const { systemClock, ask, login, honoured } = server({ fidelity })
  const token = await login()
  for (let use = 0; use < 4; use += 1) {
    systemClock.advance(30 * 60_000 - 1)
    t.ok(await honoured(token))
  }
  systemClock.advance(30 * 60_000)
  t.equal(await ask({ url: tenants, headers: { token } }), invalidToken)
  const refusal = fidelity === 'observed' ? noSession : invalidToken
  t.equal(await ask({ method: 'DELETE', url: session, headers: { token } }), refusal)
  t.equal(await ask({ method: 'DELETE', url: session, query: { token } }), refusal)
  t.equal(await ask({ method: 'DELETE', url: session, payload: { token } }), refusal)
})

both('the working domain is remembered on the session', async (t, fidelity) => {
  const { app, systemClock, ask, login, enter } = server({ fidelity })
  const token = await login()
  const remembered = async () => {
    const tokenStatus = await app.spaces.default.sessions.peek('netbrain', token, systemClock.now())
    return tokenStatus.is === 'open' ? tokenStatus.session.data : tokenStatus.is
  }
  t.equal(await enter(token, { tenantId: initial }), success)
  t.same(await remembered(), { tenantId: initial, domainId: '' })
  t.equal(await enter(token, { TENANTID: initial, domainid: demoDomain }), success)
  t.same(await remembered(), { tenantId: initial, domainId: demoDomain })
  t.not(await enter(token, { tenantId: initial, domainId: 'x' }), success)
  t.same(await remembered(), { tenantId: initial, domainId: demoDomain }, 'a refusal changes nothing')
  const payload = Buffer.from(JSON.stringify({ tenantId: initial }))
  t.equal(await ask({ method: 'PUT', url: currentDomain, query: { token }, payload }), success)
})

const ann = {
  login: 'ann',
  password: 'ann',
  netbrain: {
    tenants: [
      { tenantId: 'north', tenantName: 'North', domains: [{ domainId: 'n1', domainName: 'N "1"' }] },
      { domains: [{ domainName: 'S 1', domainId: 's1' }], tenantName: 'South', tenantId: 'south' }
    ]
  }
}
const bob = {
  login: 'bob',
  password: 'bob',
  netbrain: {
    tenants: [
      {
        tenantId: 'north',
        tenantName: 'North',
        domains: [
          { domainId: 'n1', domainName: 'N "1"' },
          { domainId: 'n2', domainName: 'N 2' }
        ]
      },
      { tenantId: 'west', tenantName: 'West' }
    ]
  }
}
const nobody = { login: 'nobody', password: 'nobody', netbrain: { tenants: [] } }
const scenario = { accounts: [ann, bob, nobody] }

both('a user sees the tenants and domains that the account may enter', async (t, fidelity) => {
  const { ask, login } = server({ fidelity, scenario })
  const headers = { token: await login('ann') }
  const of = (tenantId: string) => ask({ url: domains, headers, query: { tenantId } })
  t.equal(
    await ask({ url: tenants, headers }),
    '200 {"tenants":[{"tenantId":"north","tenantName":"North"},{"tenantId":"south","tenantName":"South"}],"statusCode":790200,"statusDescription":"Success."}'
  )
  const north =
    '200 {"domains":[{"domainId":"n1","domainName":"N \\"1\\""}],"statusCode":790200,"statusDescription":"Success."}'
  t.equal(await of('north'), north)
  t.equal(await ask({ url: domains, headers, query: { TenantID: 'north' } }), north)
  t.equal(await ask({ url: domains, headers, query: { tenantId: ['west', 'north'] } }), north, 'the last one counts')
  t.equal(
    await of('south'),
    '200 {"domains":[{"domainId":"s1","domainName":"S 1"}],"statusCode":790200,"statusDescription":"Success."}'
  )
  t.equal(
    await ask({ url: tenants, headers: { token: await login('nobody') } }),
    '200 {"tenants":[],"statusCode":790200,"statusDescription":"Success."}'
  )
  t.equal(await ask({ url: domains, headers: { token: await login('bob') }, query: { tenantId: 'west' } }), noDomains)
})

both('domains are asked of one tenant', async (t, fidelity) => {
  const { ask, login } = server({ fidelity, scenario })
  const headers = { token: await login('ann') }
  t.equal(await ask({ url: domains, headers }), noDomains)
  t.equal(await ask({ url: domains, headers, query: { tenantId: '' } }), noDomains)
  t.equal(await ask({ url: domains, headers, query: { tenantId: 'west' } }), noAccess)
  t.equal(await ask({ url: domains, headers, query: { tenantId: initial } }), noAccess)
  t.equal(
    await ask({ url: domains, headers, query: { tenantId: unissued } }),
    '400 {"statusCode":791006,"statusDescription":"tenant with id 8d5b2e55-9f0c-4d54-8e6c-3c0f7c1d2e3f does not exist."}'
  )
  t.equal(
    await ask({ url: domains, headers, query: { tenantId: '"<é>' } }),
    '400 {"statusCode":791006,"statusDescription":"tenant with id \\"<é> does not exist."}'
  )
})

both('a working domain is one that exists and that the user may enter', async (t, fidelity) => {
  const { login, enter } = server({ fidelity, scenario })
  const token = await login('ann')
  const unknownTenant = '400 {"statusCode":791004,"statusDescription":"Invalid tenant id."}'
  const unknownDomain = '400 {"statusCode":791005,"statusDescription":"Invalid domain id."}'
  const asked: readonly (readonly [payload: object, answer: string])[] = [
    [{ tenantId: 'north', domainId: 'n1' }, success],
    [{ tenantId: 'north', domainId: '' }, success],
    [{ tenantId: 'north', domainId: null }, success],
    [{}, nullTenant],
    [{ tenantId: '' }, nullTenant],
    [{ tenantId: null }, nullTenant],
    [{ domainId: 'n1' }, nullTenant],
    [{ tenantId: unissued }, unknownTenant],
    [{ tenantId: '__proto__' }, unknownTenant],
    [{ tenantId: 7 }, unknownTenant],
    [{ tenantId: unissued, domainId: 'n1' }, unknownTenant],
    [{ tenantId: 'north', domainId: unissued }, unknownDomain],
    [{ tenantId: 'north', domainId: 's1' }, unknownDomain],
    [{ tenantId: 'west' }, noAccess],
    [{ tenantId: initial }, noAccess],
    [{ tenantId: 'north', domainId: 'n2' }, noAccess],
    [{ tenantId: 'north', domainId: demoDomain }, noAccess]
  ]
  for (const [payload, answer] of asked) t.equal(await enter(token, payload), answer, JSON.stringify(payload))
})

both('a working domain without a body lacks its tenant', async (t, fidelity) => {
  const { ask, login } = server({ fidelity })
  t.equal(await ask({ method: 'PUT', url: currentDomain, headers: { token: await login() } }), nullTenant)
})

both('demo has one tenant with one domain', async (t, fidelity) => {
  const { ask, login } = server({ fidelity })
  const headers = { token: await login() }
  t.equal(await ask({ url: tenants, headers }), initialTenants)
  t.equal(
    await ask({ url: domains, headers, query: { tenantId: initial } }),
    '200 {"domains":[{"domainId":"0201adc0-1a50-4b8c-9a2e-4b7a0d8e5b01","domainName":"Demo Domain"}],"statusCode":790200,"statusDescription":"Success."}'
  )
})

both('the product says its version to who is logged in', async (t, fidelity) => {
  const { ask, login } = server({ fidelity })
  t.equal(
    await ask({ url: version, headers: { token: await login() } }),
    '200 {"productVersion":"12.3","softwareVersion":"12.3.0","date":"2025-06-30","gitVersion":"9c3f1e7","statusCode":790200,"statusDescription":"Success."}'
  )
})

both('letter case and spare slashes of a path do not matter', async (t, fidelity) => {
  const { ask, login } = server({ fidelity })
  const sessions = [
    '/servicesapi/API/v1/session',
    '/SERVICESAPI/api/V1/SESSION',
    '/ServicesAPI/API//V1/Session/',
    '//ServicesAPI//API/V1/Session',
    '/ServicesAPI/API/V1/Session//'
  ]
  for (const url of sessions) {
    t.match(await ask({ method: 'POST', url, payload: demo }), loggedIn, url)
    t.equal(await ask({ method: 'DELETE', url, headers: { token: await login() } }), success, url)
    t.equal(await ask({ method: 'PATCH', url }), notSupported, url)
  }
  const headers = { token: await login() }
  t.equal(await ask({ url: '/servicesapi/api/v1//cmdb/tenants/', headers }), initialTenants)
  t.equal(await ask({ url: '/servicesapi/api/v1/cmdb/domains/', headers }), noDomains)
  t.match(await ask({ url: '/servicesapi/api/v1/system/productversion/', headers }), '"productVersion":"12.3"')
  const put = { method: 'PUT', url: '/servicesapi/api/v1/session/currentdomain/', headers } as const
  t.equal(await ask({ ...put, payload: { tenantId: initial } }), success)
})

/** The call that this request makes, as the product sees it, for its words to be asked of it. */
const callOf = async (fidelity: Fidelity, request: InjectOptions): Promise<Call> => {
  const calls: Call[] = []
  const operations = netbrain.operations.map(operation => ({
    ...operation,
    run: (call: Call) => {
      calls.push(call)
      return operation.run(call)
    }
  }))
  const { send } = double({ fidelity, products: [{ ...netbrain, operations }] })
  await send(request)
  const [call] = calls
  if (!call) throw new Error('nobody witnessed the call')
  return call
}

both('a Content-Type that can be read stays on the request, for rules that look at it', async (t, fidelity) => {
  const headers = { 'content-type': 'text/plain' }
  const call = await callOf(fidelity, { method: 'POST', url: session, headers, payload: demo })
  t.equal(call.request.headers['content-type'], 'text/plain')
})

/** How the operation of that call words a failure that only a scenario brings about. */
const worded = async (call: Call, kind: FailureName): Promise<string> => {
  const wording = call.operation?.failureResponses?.[kind] ?? netbrain.failureResponses[kind]
  const { status, body } = await wording(new Failure(kind), call)
  return `${status} ${body}`
}

const operations: readonly InjectOptions[] = [
  { method: 'POST', url: session },
  { method: 'DELETE', url: session },
  { method: 'PUT', url: currentDomain },
  { url: tenants },
  { url: domains },
  { url: version }
]

both('what a scenario refuses is said in words of the product, whatever the operation', async (t, fidelity) => {
  const words: Readonly<Partial<Record<FailureName, string>>> = {
    'bad-credentials': invalidCredentials,
    'bad-request': nullBody,
    'too-large': nullBody,
    'no-session': invalidToken,
    forbidden: noAccess,
    'rate-limited': '429 {"statusCode":795011,"statusDescription":"API calls exceeded the limit."}',
    'server-error':
      '500 {"statusCode":793001,"statusDescription":"Inner exception. please check system log(default location: log/NgThirdAPI.log)"}',
    unavailable: '503 {"statusCode":793000,"statusDescription":"Unexpected Error."}',
    'not-found': noResource,
    'method-not-allowed': notSupported
  }
  for (const request of operations) {
    const call = await callOf(fidelity, request)
    const refusal = call.operation?.name === 'logout' && fidelity === 'observed' ? noSession : invalidToken
    const missing = call.operation?.name === 'login' ? invalidCredentials : nullTenant
    const noTenant = '400 {"statusCode":791006,"statusDescription":"tenant with id  does not exist."}'
    const own = call.operation?.name === 'domains' ? { 'missing-field': noTenant, 'bad-request': noTenant } : {}
    const all = { ...words, 'expired-session': refusal, 'missing-field': missing, ...own }
    for (const kind of failureNames) t.equal(await worded(call, kind), all[kind], `${call.operation?.name}: ${kind}`)
  }
})

both('a bug of our own is the server error of the product', async (t, fidelity) => {
  const [first, ...rest] = netbrain.operations
  if (!first) throw new Error('no operation')
  const broken = { ...netbrain, operations: [{ ...first, run: () => JSON.parse('{') }, ...rest] }
  const { ask } = server({ fidelity, products: [broken] })
  t.equal(
    await ask({ method: 'POST', url: session, payload: demo }),
    '500 {"statusCode":793001,"statusDescription":"Inner exception. please check system log(default location: log/NgThirdAPI.log)"}'
  )
})

t.test('with a seed the tokens are reproducible lower-case version-4 GUIDs', async t => {
  const tokens = async () => {
    const { login } = server({ scenario: { seed: 7 } })
    return [await login(), await login()]
  }
  const first = await tokens()
  t.same(await tokens(), first)
  for (const token of first) t.match(token, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
})
