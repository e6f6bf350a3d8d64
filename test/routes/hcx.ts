import { createServer, type IncomingMessage, request } from 'node:http'
import { createServer as createTlsServer, request as tlsRequest } from 'node:https'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { hcx } from '../../routes/hcx.js'
import type { App } from '../../src/app.js'
import { Failure, type FailureName } from '../../src/product/failure.js'
import type { Product } from '../../src/product/product.js'
import { type DoubleOptions, double } from '../support/double.js'

const url = '/api/admin/v1/sessions'
const minutes = 60_000
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

/** A client of HCX Manager: it logs in with JSON and shows its token in a header. */
const client = (options: DoubleOptions = {}) => {
  const { send, ...rest } = double(options)
  const post = (payload: string | object | Buffer, type = 'application/json') =>
    send({ method: 'POST', url, payload, headers: { 'content-type': type } })
  const login = async (username = 'demo', password = 'demo') =>
    String((await post({ username, password })).headers['x-hm-authorization'])
  const call = (method: 'GET' | 'DELETE', headers: Record<string, string> = {}) => send({ method, url, headers })
  return { ...rest, send, post, login, call }
}

/** The whole body of a refusal; the double's time stands at noon of the first of January 2026. */
const refusal = (errorCode: string, error: string) =>
  `{"success":false,"completed":false,"time":1767268800000,"version":"1.0","errorCode":"${errorCode}","error":"${error}"}`

const noUser = refusal('INVALID_SESSION_TOKEN', 'UserContext not found in SecurityContext')
const noSession = refusal('INVALID_SESSION_TOKEN', 'No active session found')

/** The product with every operation failing in this way. */
const failing = (kind: FailureName): Product => ({
  ...hcx,
  operations: hcx.operations.map(operation => ({
    ...operation,
    run: () => {
      throw new Failure(kind)
    }
  }))
})

t.test('responses equal the printed ones of the document', async t => {
  const { post, call } = client({
    products: [{ ...hcx, sessions: { ...hcx.sessions, createToken: () => '78a7ac4e:ab72:483c:9f66:a76525838fd1' } }],
    scenario: { clock: 1753089693083, frozen: true, accounts: [{ login: 'admin', password: 'secret' }] }
  })
  const login = await post({ username: 'admin', password: 'secret', authType: 'local' })
  const id = login.headers['x-transaction-id']
  t.match(id, uuid)
  t.equal(login.statusCode, 200)
  t.equal(login.headers['content-type'], 'application/json')
  t.equal(login.headers['x-hm-authorization'], '78a7ac4e:ab72:483c:9f66:a76525838fd1')
  t.equal(
    login.body,
    `{"success":true,"completed":true,"time":1753089693083,"version":"1.0","data":{"user":{"enterprise":"HybridityAdmin","organization":["DEFAULT"],"currentOrganization":"DEFAULT","roles":["System Administrator","Appliance Administrator"],"username":"admin","transactionId":"${id}"},"cloud":{"name":"HCX Manager","type":"vsphere"},"organizations":[{"name":"DEFAULT","id":"default-org-id"}]}}`
  )

  const token = { 'x-hm-authorization': '78a7ac4e:ab72:483c:9f66:a76525838fd1' }
  const session = await call('GET', token)
  t.equal(session.statusCode, 200)
  t.equal(session.headers['content-type'], 'application/json')
  t.equal(
    session.body,
    `{"success":true,"completed":true,"time":1753089693083,"version":"1.0","data":{"user":{"enterprise":"HybridityAdmin","organization":["DEFAULT"],"currentOrganization":"DEFAULT","roles":["System Administrator","Appliance Administrator"],"username":"admin","transactionId":"${id}"}}}`
  )
  t.notOk('x-transaction-id' in session.headers)
  t.notOk('x-hm-authorization' in session.headers)

  const logout = await call('DELETE', token)
  t.equal(logout.statusCode, 200)
  t.equal(logout.headers['content-type'], 'application/json')
  t.equal(logout.body, '{"success":true,"completed":true,"time":1753089693083,"version":"1.0"}')

  const again = await call('DELETE', token)
  t.equal(again.statusCode, 401)
  t.equal(
    again.body,
    '{"success":false,"completed":false,"time":1753089693083,"version":"1.0","errorCode":"INVALID_SESSION_TOKEN","error":"No active session found"}'
  )
})

t.test('no difference between document and server is known', async t => {
  for (const fidelity of ['documented', 'observed'] as const) {
    const { post, call } = client({ fidelity })
    const { statusCode, headers, body } = await post({ username: 'demo', password: 'demo' })
    t.equal(statusCode, 200)
    t.equal(headers['content-type'], 'application/json')
    t.match(body, /^\{"success":true,"completed":true,"time":1767268800000,"version":"1.0","data":\{"user":/)
    t.equal((await call('GET')).body, noUser)
    t.equal((await call('DELETE')).body, noSession)
  }
})

t.test('a login returns the token and the name of its header in headers, not in the body', async t => {
  const { app } = client()
  const { rawHeaders, body } = await overSocket(app)
  const value = (name: string) => rawHeaders[rawHeaders.indexOf(name) + 1] ?? ''
  t.equal(value('AUTH_TOKEN_NAME'), 'x-hm-authorization')
  t.match(value('x-hm-authorization'), /^[0-9a-f]{8}:[0-9a-f]{4}:4[0-9a-f]{3}:[89ab][0-9a-f]{3}:[0-9a-f]{12}$/)
  t.match(value('x-transaction-id'), uuid)
  t.match(body, `"transactionId":"${value('x-transaction-id')}"`)
  t.notMatch(body, value('x-hm-authorization'))
})

const everywhere = {
  'cache-control': 'no-cache, no-store, max-age=0, must-revalidate',
  pragma: 'no-cache',
  expires: '0',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'SAMEORIGIN',
  'x-xss-protection': '1; mode=block'
}

t.test('security headers are on every response; transport security only over TLS', async t => {
  const { app, post, call, send, login } = client({ bodyLimit: 100 })
  const token = { 'x-hm-authorization': await login() }
  for (const answer of [
    await post({ username: 'demo', password: 'demo' }),
    await call('GET', token),
    await call('DELETE', token),
    await call('DELETE', token),
    await post({}),
    await post('{'),
    await post({ username: 'demo', password: 'x'.repeat(100) }),
    await send({ method: 'PUT', url }),
    await send({ method: 'GET', url: '/api/admin' })
  ]) {
    t.has(answer.headers, everywhere, String(answer.statusCode))
    t.notOk('strict-transport-security' in answer.headers)
  }
  const { headers } = await overTls(app)
  t.has(headers, { ...everywhere, 'strict-transport-security': 'max-age=31536000 ; includeSubDomains' })
})

t.test('a session is open from login to logout', async t => {
  const { login, call } = client()
  const token = { 'x-hm-authorization': await login() }
  t.equal((await call('GET', token)).statusCode, 200)
  t.equal((await call('DELETE', token)).statusCode, 200)
  const refused = await call('GET', token)
  t.equal(refused.statusCode, 401)
  t.equal(refused.body, noUser)
  t.equal((await call('DELETE', token)).body, noSession)
})

t.test('a logout accepts each token location', async t => {
  const { login, call } = client()
  for (const carry of [
    (token: string) => ({ 'x-hm-authorization': token }),
    (token: string) => ({ authorization: token }),
    (token: string) => ({ authorization: `Bearer ${token}` })
  ]) {
    const headers = carry(await login())
    t.equal((await call('DELETE', headers)).statusCode, 200)
    t.equal((await call('DELETE', headers)).statusCode, 401)
  }
})

t.test('a session expires after 60 idle minutes, like an unknown token; use renews it', async t => {
  const { login, call, systemClock } = client()
  const token = { 'x-hm-authorization': await login() }
  for (const _ of [1, 2, 3]) {
    systemClock.advance(60 * minutes - 1)
    t.equal((await call('GET', token)).statusCode, 200)
  }
  systemClock.advance(60 * minutes)
  const later = (body: string) => body.replace('1767268800000', String(systemClock.now()))
  const session = await call('GET', token)
  t.equal(session.statusCode, 401)
  t.equal(session.body, later(noUser))
  const logout = await call('DELETE', token)
  t.equal(logout.statusCode, 401)
  t.equal(logout.body, later(noSession))
})

t.test('logins are independent; a logout ends only its own session', async t => {
  const { login, call } = client()
  const [first, second] = [await login(), await login()]
  t.not(first, second)
  const ids = [first, second].map(async token => (await call('GET', { authorization: token })).json().data.user)
  t.not((await ids[0]).transactionId, (await ids[1]).transactionId)
  await call('DELETE', { authorization: first })
  t.equal((await call('GET', { authorization: second })).statusCode, 200)
})

t.test('a login has the auth type local or vsphere; local is the default', async t => {
  for (const authType of ['local', 'vsphere', undefined, null])
    t.equal((await client().post({ username: 'demo', password: 'demo', authType })).statusCode, 200, String(authType))
  for (const [sent, said] of [
    ['"LDAP"', 'LDAP'],
    ['"Local"', 'Local'],
    ['""', ''],
    ['7', '7'],
    ['["local"]', '[\\"local\\"]']
  ]) {
    for (const rest of ['', ',"username":"demo","password":"demo"', ',"username":"demo","password":"wrong"']) {
      const answer = await client().post(`{"authType":${sent}${rest}}`)
      t.equal(answer.statusCode, 400)
      t.equal(answer.body, refusal('BAD_REQUEST', `Unsupported auth type: ${said}`))
    }
  }
})

t.test('a login with a body that is not a JSON object is malformed', async t => {
  for (const body of [
    '{',
    '{"username":"demo",}',
    '[]',
    'null',
    '"demo"',
    'username=demo',
    Buffer.from([0xff, 0xfe])
  ]) {
    const answer = await client().post(body)
    t.equal(answer.statusCode, 400)
    t.equal(answer.body, refusal('BAD_REQUEST', 'Malformed JSON request body'), String(body))
  }
})

t.test('a login without a Content-Type, as of a Go client, is read as JSON', async t => {
  const good = '{"username":"demo","password":"demo"}'
  t.equal((await client().post(good, '')).statusCode, 200)
  t.equal((await client().send({ method: 'POST', url, payload: Buffer.from(good) })).statusCode, 200)
  const form = await client().send({ method: 'POST', url, payload: Buffer.from('username=demo&password=demo') })
  t.equal(form.body, refusal('BAD_REQUEST', 'Malformed JSON request body'))
})

t.test('only a login reads a body; other bodies are ignored', async t => {
  const { login, send } = client()
  for (const [payload, type] of [
    ['{', 'application/json'],
    ['', 'application/json'],
    ['x', 'text/plain'],
    ['x', 'garbage']
  ] as const) {
    const headers = { 'x-hm-authorization': await login(), 'content-type': type }
    t.equal((await send({ method: 'GET', url, payload, headers })).statusCode, 200)
    t.equal((await send({ method: 'DELETE', url, payload, headers })).statusCode, 200)
  }
})

t.test('wrong credentials are refused', async t => {
  for (const credentials of [
    { username: 'nobody', password: 'demo' },
    { username: 'demo', password: 'guess' },
    { username: 'Demo', password: 'demo' },
    { username: '__proto__', password: 'constructor' },
    { username: 5, password: true }
  ]) {
    const answer = await client().post(credentials)
    t.equal(answer.statusCode, 401)
    t.equal(answer.body, refusal('INVALID_CREDENTIALS', 'Invalid username or password.'))
    t.notOk('x-hm-authorization' in answer.headers)
  }
  const bytes = Buffer.concat([Buffer.from('{"username":"demo","password":"'), Buffer.from([0xff]), Buffer.from('"}')])
  t.equal((await client().post(bytes)).statusCode, 400, 'what is not UTF-8 is no JSON')
})

t.test('valid credentials of an account without a role are refused for missing privileges', async t => {
  const { post } = client({ scenario: { accounts: [{ login: 'guest', password: 'g', hcx: { roles: [] } }] } })
  const answer = await post({ username: 'guest', password: 'g' })
  t.equal(answer.statusCode, 403)
  t.equal(answer.body, refusal('NOT_ENOUGH_PRIVILEGES', 'User does not have enough privileges'))
  t.notOk('x-hm-authorization' in answer.headers)
  t.equal((await post({ username: 'guest', password: 'guess' })).statusCode, 401)
})

t.test('an account can have its own enterprise, organizations and roles', async t => {
  const part = { enterprise: 'Acme', organization: ['North', 'South'], roles: ['Auditor'] }
  const { post } = client({ scenario: { accounts: [{ login: 'ann', password: 'a', hcx: part }] } })
  const { body } = await post({ username: 'ann', password: 'a' })
  t.match(
    body,
    '"user":{"enterprise":"Acme","organization":["North","South"],"currentOrganization":"North","roles":["Auditor"],"username":"ann","transactionId":"'
  )
  t.match(body, '"organizations":[{"name":"North","id":"north-org-id"},{"name":"South","id":"south-org-id"}]}}')
})

t.test('a body over the limit gets HTTP 413, and the connection is closed', async t => {
  const answer = await client({ bodyLimit: 10 }).post({ username: 'demo', password: 'demo' })
  t.equal(answer.statusCode, 413)
  t.equal(answer.headers.connection, 'close')
  t.equal(answer.body, refusal('BAD_REQUEST', 'Request body is too large'))
})

t.test('a server error has a different text for logout', async t => {
  for (const [kind, method, status, error] of [
    ['server-error', 'POST', 500, 'Internal Server Error'],
    ['server-error', 'GET', 500, 'Internal Server Error'],
    ['server-error', 'DELETE', 500, 'Error during logout'],
    ['rate-limited', 'POST', 429, 'Too Many Requests'],
    ['rate-limited', 'GET', 429, 'Too Many Requests'],
    ['rate-limited', 'DELETE', 429, 'Too Many Requests'],
    ['unavailable', 'POST', 503, 'Service Unavailable'],
    ['unavailable', 'GET', 503, 'Service Unavailable'],
    ['unavailable', 'DELETE', 503, 'Service Unavailable']
  ] as const) {
    const answer = await client({ products: [failing(kind)] }).send({ method, url })
    t.equal(answer.statusCode, status, `${kind} at ${method}`)
    t.equal(answer.body, refusal('INTERNAL_SERVER_ERROR', error))
    t.has(answer.headers, everywhere)
  }
})

t.test('an injected failure has the same body as a real one', async t => {
  for (const [kind, method, status, body] of [
    ['no-session', 'GET', 401, noUser],
    ['expired-session', 'GET', 401, noUser],
    ['no-session', 'DELETE', 401, noSession],
    ['expired-session', 'DELETE', 401, noSession],
    ['bad-credentials', 'POST', 401, refusal('INVALID_CREDENTIALS', 'Invalid username or password.')],
    ['forbidden', 'POST', 403, refusal('NOT_ENOUGH_PRIVILEGES', 'User does not have enough privileges')],
    ['missing-field', 'POST', 400, refusal('BAD_REQUEST', 'Missing required field: username')],
    ['bad-request', 'GET', 400, refusal('BAD_REQUEST', 'Bad Request')]
  ] as const) {
    const answer = await client({ products: [failing(kind)] }).send({ method, url })
    t.equal(answer.statusCode, status, `${kind} at ${method}`)
    t.equal(answer.body, body)
  }
})

type Received = Pick<IncomingMessage, 'headers' | 'rawHeaders'> & { readonly body: string }

const loginRequest = (port: number) => ({
  port,
  host: '127.0.0.1',
  method: 'POST',
  path: url,
  agent: false as const,
  headers: { 'content-type': 'application/json' }
})

const credentials = '{"username":"demo","password":"demo"}'

const receive = async (response: IncomingMessage): Promise<Received> => {
  let body = ''
  for await (const chunk of response) body += chunk
  return { headers: response.headers, rawHeaders: response.rawHeaders, body }
}

/** A login over a real socket, where header names keep their letter case. */
const overSocket = (app: App): Promise<Received> =>
  new Promise((resolve, reject) => {
    const server = createServer((req, res) => app.handle(req, res)).listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      request(loginRequest(port), response => {
        server.close()
        receive(response).then(resolve, reject)
      })
        .on('error', reject)
        .end(credentials)
    })
  })

/** A login over TLS. Both ends share a key, so neither needs a certificate. */
const overTls = (app: App): Promise<Received> =>
  new Promise((resolve, reject) => {
    const psk = Buffer.from('a key that both ends know')
    const suite = { ciphers: 'PSK', maxVersion: 'TLSv1.2' as const }
    const server = createTlsServer({ ...suite, pskCallback: () => psk }, (req, res) => app.handle(req, res))
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      const psks = { ...suite, pskCallback: () => ({ psk, identity: 'test' }), checkServerIdentity: () => undefined }
      tlsRequest({ ...loginRequest(port), ...psks }, response => {
        server.close()
        receive(response).then(resolve, reject)
      })
        .on('error', reject)
        .end(credentials)
    })
  })
