import inject from 'light-my-request'
import t from 'tap'
import { hcx } from '../../routes/hcx.js'
import { hcxWorkload } from '../../routes/hcx-workload.js'
import { describeReason } from '../../src/journal/rendering.js'
import { type DoubleOptions, double } from '../support/double.js'
import { serving, talk } from '../support/serving.js'

const url = '/hybridity/api/sessions'
const about = '/hybridity/api/about'
const minutes = 60_000
const uuid = '[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}'
const good = '{"username":"demo","password":"demo"}'

/** A client of both APIs of the appliance; by default as the real server, and with `Accept: application/json`. */
const client = (options: DoubleOptions = {}) => {
  const { send, ...rest } = double({ products: [hcx, hcxWorkload], fidelity: 'observed', ...options })
  const post = (payload: string | Buffer, headers: Record<string, string> = json) =>
    send({ method: 'POST', url, payload, headers })
  const login = async () => String((await post(good)).headers['x-hm-authorization'])
  const call = (method: 'GET' | 'DELETE' | 'HEAD', path: string, headers: Record<string, string> = {}) =>
    send({ method, url: path, headers: { accept: 'application/json', ...headers } })
  return { ...rest, send, post, login, call }
}

const json = { accept: 'application/json', 'content-type': 'application/json' }
const show = (token: string) => ({ 'x-hm-authorization': token })

/** The whole body of a refusal; the double's time stands at noon of the first of January 2026. */
const refusal = (errorCode: string, error: string) =>
  `{"success":false,"completed":false,"time":1767268800000,"version":"1.0","errorCode":"${errorCode}","error":"${error}"}`

const entries = (errorCode: string, message: string) => `<?xml version="1.0" encoding="UTF-8"?>
<entries>
  <entry>
    <string>errorCode</string>
    <string>${errorCode}</string>
  </entry>
  <entry>
    <string>message</string>
    <string>${message}</string>
  </entry>
</entries>`

const noSession = refusal('INVALID_SESSION_TOKEN', 'No valid session found')

t.test('a login has the recorded body, key by key, and the recorded headers', async t => {
  const { post } = client({
    products: [
      {
        ...hcxWorkload,
        sessions: { ...hcxWorkload.sessions, createToken: () => '78a7ac4e:ab72:483c:9f66:a76525838fd1' }
      }
    ],
    scenario: {
      clock: 1582194800716,
      frozen: true,
      accounts: [{ login: 'administrator@vsphere.local', password: 'secret' }]
    }
  })
  const login = await post('{"username":"administrator@vsphere.local","password":"secret"}')
  t.equal(login.statusCode, 200)
  const id = login.headers['x-transaction-id']
  const [, certificate = ''] = /"certificate":"([A-Za-z0-9+/]+=*)"/.exec(login.body) ?? []
  const [, endpoint = ''] = /"endpointInfo":\{"uuid":"([^"]*)"/.exec(login.body) ?? []
  t.equal(
    login.body,
    `{"success":true,"completed":true,"time":1582194800716,"version":"1.0","data":{"certificate":"${certificate}","cloud":{"cloudType":"VC","isVCDGVRDepricated":false,"delegateAuthToVCD":false},"user":{"enterprise":"HybridityAdmin","organization":["DEFAULT"],"currentOrganization":"DEFAULT","roles":["System Administrator","Enterprise Administrator"],"username":"administrator@vsphere.local","transactionId":"${id}"},"organizations":[{"uuid":"DEFAULT"}],"endpointInfo":{"uuid":"${endpoint}"}}}`
  )
  t.match(id, new RegExp(`^${uuid}$`))
  t.match(endpoint, new RegExp(`^\\d{17}-${uuid}$`))
  t.match(Buffer.from(certificate, 'base64').subarray(0, 2).toString('hex'), '3082', 'a certificate in DER')
  t.has(login.headers, {
    'content-type': 'application/json;charset=UTF-8',
    auth_token_name: 'x-hm-authorization',
    'x-hm-authorization': '78a7ac4e:ab72:483c:9f66:a76525838fd1',
    ...everywhere
  })
})

const everywhere = {
  'cache-control': 'no-cache, no-store, max-age=0, must-revalidate',
  pragma: 'no-cache',
  expires: '0',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'SAMEORIGIN',
  'x-xss-protection': '1; mode=block'
}

t.test('by the document, a login and its refusals with 400 and 401 have no body', async t => {
  const { post, login, call } = client({ fidelity: 'documented' })
  for (const [payload, status] of [
    [good, 200],
    ['{"username":"demo","password":"guess"}', 401],
    ['{"username":"demo","password":"demo","authType":"LDAP"}', 400],
    ['{', 400],
    ['{}', 400]
  ] as const) {
    const { statusCode, headers, body } = await post(payload)
    t.equal(statusCode, status)
    t.equal(body, '')
    t.equal(headers['content-length'], '0')
    t.has(headers, everywhere)
    t.equal('x-hm-authorization' in headers, status === 200)
  }
  t.equal((await call('GET', about, show(await login()))).statusCode, 200)
  t.equal((await call('GET', about)).body, noSession, 'other refusals have one')
})

t.test('security headers are on every response; transport security only over TLS', async t => {
  const { app, post, call, send } = client({ bodyLimit: 100 })
  for (const answer of [
    await post(good),
    await post('x'.repeat(101)),
    await call('GET', about),
    await call('GET', '/hybridity/api/endpointInfo'),
    await call('GET', '/hybridity/none'),
    await send({ method: 'PUT', url })
  ]) {
    t.has(answer.headers, everywhere)
    t.notOk('strict-transport-security' in answer.headers)
  }
  const peer = { address: '127.0.0.1', isLocal: true, port: 1, secure: true }
  const secure = await inject((request, response) => app.handle(Object.assign(request, { peer }), response), about)
  t.equal(secure.headers['strict-transport-security'], 'max-age=31536000 ; includeSubDomains')
})

t.test('all logins of an appliance have the same endpoint id, and their own transaction id', async t => {
  const { post, call } = client()
  const [first, second] = [(await post(good)).json().data, (await post(good)).json().data]
  t.equal(first.endpointInfo.uuid, second.endpointInfo.uuid)
  t.not(first.user.transactionId, second.user.transactionId)
  t.strictSame((await call('GET', '/hybridity/api/endpointInfo')).json().data, { endpointInfo: first.endpointInfo })
})

t.test('a session is open from login to logout, at either path, and a second logout finds none', async t => {
  const { login, call } = client()
  for (const path of [url, `${url}/current`]) {
    const token = show(await login())
    t.match((await call('GET', about, token)).json().version, /^\d+\.\d+/)
    const { statusCode, headers, body } = await call('DELETE', path, token)
    t.equal(statusCode, 200)
    t.equal(headers['content-type'], 'application/json;charset=UTF-8')
    t.equal(body, '{"success":true,"completed":true,"time":1767268800000,"version":"1.0"}')
    for (const again of [await call('DELETE', path, token), await call('GET', about, token)]) {
      t.equal(again.statusCode, 401)
      t.equal(again.body, noSession)
    }
  }
})

t.test('a session expires after 15 idle minutes; use renews it, a check of the appliance does not', async t => {
  const { login, call, systemClock } = client()
  const token = show(await login())
  for (const _ of [1, 2, 3]) {
    systemClock.advance(15 * minutes - 1)
    t.equal((await call('GET', about, token)).statusCode, 200)
  }
  systemClock.advance(15 * minutes - 1)
  t.equal((await call('GET', '/hybridity/api/endpointInfo', token)).statusCode, 200)
  systemClock.advance(1)
  const { statusCode, body } = await call('GET', about, token)
  t.equal(statusCode, 401)
  t.equal(body, noSession.replace('1767268800000', String(systemClock.now())))
})

t.test('an account logs in to both APIs of the appliance; a token of one is unknown to the other', async t => {
  const { app, send, login, call } = client()
  const admin = '/api/admin/v1/sessions'
  const other = await send({ method: 'POST', url: admin, payload: good, headers: json })
  const [workload, appliance] = [await login(), String(other.headers['x-hm-authorization'])]
  t.equal((await call('GET', about, show(workload))).statusCode, 200)
  t.equal((await call('GET', admin, show(appliance))).statusCode, 200)
  t.equal((await call('GET', about, show(appliance))).statusCode, 401)
  t.equal((await call('GET', admin, show(workload))).statusCode, 401)
  const reasons = app.spaces.default.journal.entries().flatMap(({ why }) => (why ? [describeReason(why)] : []))
  t.strictSame(reasons, ['the token belongs to hcx', 'the token belongs to hcx-workload'])
})

t.test('a token counts only in its header, and raw', async t => {
  const { login, call } = client()
  const token = await login()
  for (const headers of [
    { 'x-hm-authorization': `Bearer ${token}` },
    { authorization: token },
    { authorization: `Bearer ${token}` },
    { authorization: 'Basic ZGVtbzpkZW1v' },
    { cookie: `x-hm-authorization=${token}; JSESSIONID=${token}` },
    { auth_token_name: token },
    { 'x-hm-authorization': '' }
  ])
    t.equal((await call('GET', about, headers)).statusCode, 401, JSON.stringify(headers))
  t.equal((await call('GET', about, { ...show(token), cookie: 'JSESSIONID=1' })).statusCode, 200)
})

t.test('a login by HTTP Basic has no body; a body takes precedence over other Basic credentials', async t => {
  const { post, app } = client({
    scenario: {
      accounts: ['demo', 'ann', 'Zoë', 'a'].map(login => ({ login, password: login === 'a' ? 'b:c' : 'demo' }))
    }
  })
  const basic = (text: string | Buffer) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` })
  const asked = async (payload: string, headers: Record<string, string>) => {
    const { statusCode, body } = await post(payload, { ...json, ...headers })
    return [statusCode, statusCode === 200 ? JSON.parse(body).data.user.username : JSON.parse(body).error]
  }
  t.strictSame(await asked('', basic('demo:demo')), [200, 'demo'])
  t.strictSame(await asked('  ', basic('demo:demo')), [200, 'demo'])
  t.strictSame(await asked('', basic('Zoë:demo')), [200, 'Zoë'])
  t.strictSame(await asked('', basic('a:b:c')), [200, 'a'])
  t.strictSame(await asked(good, basic('demo:demo')), [200, 'demo'])
  t.strictSame(await asked(good, basic('ann:demo')), [200, 'demo'])
  t.strictSame(await asked(good, basic('demo:wrong')), [200, 'demo'])
  t.strictSame(await asked(good, basic(Buffer.from([0xff]))), [200, 'demo'])
  t.strictSame(await asked('{"username":"demo","password":"x"}', basic('demo:demo')), [
    401,
    'Invalid username or password.'
  ])
  t.strictSame(await asked('{}', basic('demo:demo')), [400, 'Missing required field: username'])
  t.strictSame(await asked('', basic('demo:wrong')), [401, 'Invalid username or password.'])
  t.strictSame(await asked('', basic(':demo')), [400, 'Missing required field: username'])
  t.strictSame(await asked('', basic('demo:')), [400, 'Missing required field: password'])
  for (const bad of [
    basic(Buffer.from([0x64, 0xff, 0x3a, 0x78])),
    basic('demo'),
    { authorization: 'Basic' },
    { authorization: 'Basic de:mo' }
  ])
    t.strictSame(await asked('', bad), [400, 'Malformed Basic credentials'])
  const why = app.spaces.default.journal.entries().at(-1)?.why
  t.equal(
    why && describeReason(why),
    'the request cannot be read: Basic credentials must be name:password in UTF-8 and base64'
  )
})

t.test('a login has the authType password, or none', async t => {
  const { post } = client()
  for (const authType of ['"password"', 'null'])
    t.equal((await post(`{"username":"demo","password":"demo","authType":${authType}}`)).statusCode, 200)
  for (const [sent, said] of [
    ['"local"', 'local'],
    ['"vsphere"', 'vsphere'],
    ['""', ''],
    ['7', '7'],
    ['["password"]', '[\\"password\\"]']
  ]) {
    const { statusCode, body } = await post(`{"username":"demo","password":"demo","authType":${sent}}`)
    t.equal(statusCode, 400)
    t.equal(body, refusal('BAD_REQUEST', `Unsupported auth type: ${said}`))
  }
})

t.test('a login whose body is not a JSON object is refused', async t => {
  const { post } = client()
  for (const [payload, type, said] of [
    ['{', 'application/json', 'Malformed JSON request body'],
    ['[]', 'application/json', 'Malformed JSON request body'],
    ['<entity/>', 'application/json', 'Malformed JSON request body'],
    [Buffer.from([0x22, 0xff, 0x22]), 'application/json', 'Malformed JSON request body'],
    ['<entity/>', 'application/xml', 'Unsupported content type: application/xml'],
    [
      'username=demo&password=demo',
      'application/x-www-form-urlencoded',
      'Unsupported content type: application/x-www-form-urlencoded'
    ]
  ] as const) {
    const answer = await post(payload, { accept: 'application/json', 'content-type': type })
    t.equal(answer.statusCode, 400)
    t.equal(answer.body, refusal('BAD_REQUEST', said))
  }
})

t.test('refusals are XML unless the client prefers JSON; uses are JSON unless it prefers XML', async t => {
  const { login, send } = client()
  const token = show(await login())
  for (const [accept, refused, used] of [
    ['', 'xml', 'json'],
    ['*/*', 'xml', 'json'],
    ['application/*', 'xml', 'json'],
    ['text/html', 'xml', 'json'],
    ['text/xml', 'xml', 'json'],
    ['application/json', 'json', 'json'],
    ['Application/JSON', 'json', 'json'],
    ['application/json, text/plain, */*', 'json', 'json'],
    ['application/json;charset=utf-8', 'xml', 'json'],
    ['application/xml', 'xml', 'xml'],
    ['application/xml;q=0.5, application/json;q=0.9', 'json', 'json'],
    ['application/json;q=0.5, application/xml', 'xml', 'xml'],
    ['application/json;q=0', 'xml', 'json']
  ] as const) {
    // An empty text stands for no header.
    const headers = accept === '' ? {} : { accept }
    const without = await send({ method: 'GET', url: about, headers })
    const type = { json: 'application/json;charset=UTF-8', xml: 'application/xml;charset=UTF-8' }
    t.equal(without.statusCode, 401)
    t.equal(without.headers['content-type'], type[refused], accept)
    t.equal(without.body, refused === 'json' ? noSession : entries('INVALID_SESSION_TOKEN', 'No valid session found'))
    t.equal(
      (await send({ method: 'GET', url: about, headers: { ...headers, ...token } })).headers['content-type'],
      type[used],
      accept
    )
    const up = await send({ method: 'GET', url: '/hybridity/api/endpointInfo', headers })
    t.equal(up.headers['content-type'], type[refused], accept)
    t.match(
      up.body,
      refused === 'json'
        ? '{"success":true,'
        : '<com.vmware.vchs.hybridity.protocol.RestResponse>\n  <success>true</success>'
    )
  }
})

t.test('wrong credentials are refused in both forms', async t => {
  const { post } = client()
  for (const sent of ['{"username":"demo","password":"guess"}', '{"username":"nobody","password":"demo"}']) {
    const asJson = await post(sent)
    t.equal(asJson.statusCode, 401)
    t.equal(asJson.body, refusal('INVALID_CREDENTIALS', 'Invalid username or password.'))
    const asXml = await post(sent, {})
    t.equal(asXml.statusCode, 401)
    t.equal(asXml.body, entries('INVALID_CREDENTIALS', 'Invalid username or password.'))
  }
})

t.test('an account can have its own enterprise, organizations and roles', async t => {
  const part = { enterprise: 'Acme', organization: ['North', 'South'], roles: ['Auditor'] }
  const { post } = client({ scenario: { accounts: [{ login: 'ann', password: 'a', 'hcx-workload': part }] } })
  const { body } = await post('{"username":"ann","password":"a"}')
  t.match(
    body,
    '"user":{"enterprise":"Acme","organization":["North","South"],"currentOrganization":"North","roles":["Auditor"],"username":"ann",'
  )
  t.match(body, '"organizations":[{"uuid":"North"},{"uuid":"South"}]')
})

t.test('the rest of /hybridity is refused, and the journal says what is emulated', async t => {
  const { app, send, call } = client()
  for (const path of ['/hybridity', '/hybridity/api/cloudConfigs', `${url}/`, '/hybridity/api/About']) {
    const { statusCode, body } = await call('GET', path)
    t.equal(statusCode, 404)
    t.equal(body, refusal('BAD_REQUEST', `No such resource: ${path}`))
    const why = app.spaces.default.journal.entries().at(-1)?.why
    t.equal(
      why && describeReason(why),
      'no operation has this path; of the HCX Workload Migration APIs only the session is emulated: /hybridity/api/sessions, /hybridity/api/about and /hybridity/api/endpointInfo'
    )
  }
  t.match((await send({ method: 'GET', url: '/hybridityx' })).json().title, 'No such path on any product')
  const alone = double({ products: [hcxWorkload] })
  t.equal((await alone.send({ method: 'POST', url: '/api/admin/v1/sessions' })).statusCode, 404)
  const [entry] = alone.app.spaces.default.journal.entries()
  t.equal(
    entry?.why && describeReason(entry.why),
    'no operation has this path; the appliance management API of HCX is the product hcx; the session of this API is at /hybridity/api/sessions, where POST logs in'
  )
})

t.test('another method is refused with the methods of the path; HEAD too', async t => {
  const { call, send } = client()
  const put = await send({ method: 'PUT', url, headers: { accept: 'application/json' } })
  t.equal(put.statusCode, 405)
  t.equal(put.headers.allow, 'POST, DELETE')
  t.equal(put.body, refusal('BAD_REQUEST', 'Method PUT is not supported for /hybridity/api/sessions'))
  for (const [path, allow] of [
    [url, 'POST, DELETE'],
    [about, 'GET'],
    [`${url}/current`, 'DELETE']
  ] as const) {
    const head = await call('HEAD', path)
    t.equal(head.statusCode, 405)
    t.equal(head.headers.allow, allow)
  }
})

/** The login requests of public clients, with the bytes that they send. */
const logins = {
  'the Terraform provider': `POST /hybridity/api/sessions HTTP/1.1
Host: hcx.example.com
User-Agent: Go-http-client/1.1
Content-Length: 37
Accept-Encoding: gzip

{"username":"demo","password":"demo"}`,
  'the Salt extension': `POST /hybridity/api/sessions HTTP/1.1
Host: hcx.example.com
User-Agent: python-requests/2.32.3
Accept-Encoding: gzip, deflate
Accept: */*
Connection: keep-alive
Content-Length: 0
Authorization: Basic ZGVtbzpkZW1v

`,
  'the vRNI script': `POST /hybridity/api/sessions HTTP/1.1
Accept: application/json
User-Agent: Mozilla/5.0 (Windows NT; Windows NT 10.0; en-US) WindowsPowerShell/5.1.17763.1007
Content-Type: application/json
Host: hcx.example.com
Content-Length: 55
Connection: Keep-Alive

{\r
    "password":  "demo",\r
    "username":  "demo"\r
}`,
  'a PowerShell tool at its second try': `POST /hybridity/api/sessions HTTP/1.1
Host: hcx.example.com
Accept: application/json
Authorization: Basic ZGVtbzpkZW1v
User-Agent: Mozilla/5.0 (Linux; Debian) PowerShell/7.4.6
Content-Type: application/json
Content-Length: 37

{"username":"demo","password":"demo"}`,
  'a bash client': `POST /hybridity/api/sessions HTTP/1.1
Host: hcx.example.com
User-Agent: curl/7.88.1
Accept: application/json
Content-Type: application/json
Content-Length: 42

{
"username": "demo",
"password": "demo"
}`
}

for (const [name, request] of Object.entries(logins))
  t.test(`the login of ${name} is accepted, and its token is used`, async t => {
    const { url: base } = await serving(t, { products: [hcx, hcxWorkload] })
    const [head = '', body = ''] = request.split('\n\n')
    const bytes = `${head.replaceAll('\n', '\r\n')}\r\nConnection: close\r\n\r\n${body}`.replace(
      /\r\nConnection: [Kk]eep-[Aa]live/,
      ''
    )
    const heard = await talk(base, bytes)
    t.match(heard, /^HTTP\/1\.1 200 OK\r\n/)
    const [line = ''] = heard.split('\r\n').filter(each => each.startsWith('x-hm-authorization:'))
    const [, token = ''] = /([a-f0-9:]+)[^a-f0-9:]*$/.exec(line) ?? []
    t.match(token, hcxWorkload.sessions.token)
    const used = await talk(
      base,
      `GET ${about} HTTP/1.1\r\nHost: x\r\nx-hm-authorization: ${token}\r\nConnection: close\r\n\r\n`
    )
    t.match(used, '"version":"4.10.0.0"')
  })

t.test('the Terraform provider finds the message in a refusal, by the entries of its XML', async t => {
  const { post } = client()
  const { statusCode, body } = await post('{"username":"demo","password":"guess"}', {
    'user-agent': 'Go-http-client/1.1'
  })
  t.equal(statusCode, 401)
  const found = [...body.matchAll(/<entry>\s*<string>([^<]*)<\/string>\s*<string>([^<]*)<\/string>\s*<\/entry>/g)]
  t.strictSame(
    found.map(([, key, value]) => [key, value]),
    [
      ['errorCode', 'INVALID_CREDENTIALS'],
      ['message', 'Invalid username or password.']
    ]
  )
})
