import { request as httpRequest } from 'node:http'
import t from 'tap'
import { clientOf, type Steered, steered } from '../../support/control.js'
import { form, json, type Request } from '../../support/driver.js'
import { drivers } from '../../support/drivers.js'
import { scenarioOf } from '../../support/scenario.js'
import { ask, serving } from '../../support/serving.js'

interface Rows {
  readonly requests: readonly Record<string, unknown>[]
}

const rowsOf = async (server: Pick<Steered, 'ask'>): Promise<Rows['requests']> =>
  ((await server.ask('GET /requests')).body as unknown as Rows).requests

t.test('a row has client, operation and duration; times by the clock of the space and in real time', async t => {
  const server = steered()
  await server.ask('PUT /clock', { action: 'set', to: '2030-01-01T00:00:00Z' })
  const hcx = clientOf('hcx')
  const { method, url, headers, payload = '' } = hcx.login()
  const reply = await server.send({ method, url, payload, headers: { ...headers, 'user-agent': 'test', host: 'mock' } })
  const token = hcx.issued(reply)
  const short = `${token.slice(0, 4)}…${token.slice(-4)}`
  t.match(await rowsOf(server), [
    {
      number: 1,
      at: '2030-01-01T00:00:00.000Z',
      wall: '2026-01-01T12:00:00.000Z',
      space: 'default',
      product: 'hcx',
      operation: 'login',
      login: 'demo',
      session: short,
      method: 'POST',
      path: '/api/admin/v1/sessions',
      outcome: 'success',
      status: 200,
      milliseconds: 0,
      rules: [],
      request: {
        line: 'POST /api/admin/v1/sessions HTTP/1.1',
        headers: { 'content-type': 'application/json', 'user-agent': 'test', host: 'mock' },
        body: '{"username":"demo","password":"…"}'
      },
      answer: {
        status: 200,
        headers: {
          'Content-Type': 'application/json',
          'x-hm-authorization': short,
          AUTH_TOKEN_NAME: 'x-hm-authorization'
        },
        body: /^\{"success":true,/
      }
    }
  ])
})

t.test('a delayed request has its duration and arrival', async t => {
  const { url } = await serving(t, {
    scenario: scenarioOf('title: slow\nrules: [{ on: hcx.session, then: { delay: 30ms } }]')
  })
  const hcx = clientOf('hcx')
  await ask(url, hcx.use(hcx.unknownToken))
  const { body } = await ask(url, { method: 'GET', url: '/__admin/requests?slower=29ms' })
  const [row] = (JSON.parse(body) as { requests: { milliseconds: number; at: string; wall: string }[] }).requests
  t.ok(row && row.milliseconds >= 29 && row.milliseconds < 5000)
  t.ok(row && Math.abs(Date.parse(row.at) - Date.parse(row.wall)) <= 2, 'both times are when it came')
})

t.test('the outcome of a request is success, refused, broken, left or unmatched', async t => {
  const server = steered({ scenario: scenarioOf('title: x\nrules: [{ on: hcx.logout, then: { connection: reset } }]') })
  const hcx = clientOf('hcx')
  const token = hcx.issued(await server.send(hcx.login()))
  await server.send(hcx.use(hcx.unknownToken))
  await server.send(hcx.logout(token)).catch(() => undefined)
  await server.send({ method: 'GET', url: '/nowhere' })
  t.strictSame(
    (await rowsOf(server)).map(({ outcome, fault = '' }) => [outcome, fault]),
    [
      ['success', ''],
      ['refused', ''],
      ['broken', 'reset'],
      ['unmatched', '']
    ]
  )
})

/** A login of this password and uses of this token, in every place where a client may put them. */
const everyWay: Readonly<Record<string, (password: string, token: string) => readonly Request[]>> = {
  netbrain: (password, token) => {
    const url = '/ServicesAPI/API/V1/Session'
    const body = JSON.stringify({ username: 'demo', password })
    const basic = Buffer.from(`demo:${password}`).toString('base64')
    return [
      { method: 'POST', url, headers: json, payload: body },
      { method: 'POST', url, headers: { 'content-type': 'text/plain' }, payload: body },
      { method: 'GET', url, headers: json, payload: body },
      { method: 'POST', url, headers: { authorization: `Basic ${basic}` } },
      { method: 'POST', url, headers: json, payload: body.slice(0, -2) },
      { method: 'POST', url: `${url}?password=${encodeURIComponent(password)}`, headers: json, payload: '{}' },
      { method: 'GET', url: '/ServicesAPI/API/V1/CMDB/Tenants', headers: { token } },
      { method: 'GET', url: `/ServicesAPI/API/V1/CMDB/Tenants?Token=${token}` },
      { method: 'GET', url: `/ServicesAPI/API/V1/CMDB/Tenants?token=${token.replaceAll('-', '%2d')}` },
      { method: 'DELETE', url, headers: json, payload: JSON.stringify({ token }) }
    ]
  },
  videntity: (password, token) => [
    {
      method: 'POST',
      url: '/session/login',
      headers: form,
      payload: `username=demo&password=${encodeURIComponent(password)}&account_number=100000000000001`
    },
    { method: 'POST', url: '/session/login', headers: json, payload: JSON.stringify({ username: 'demo', password }) },
    { method: 'POST', url: '/session/ping', headers: form, payload: `session_key=${token}` },
    { method: 'POST', url: `/session/ping?session_key=${token}`, headers: form, payload: `session_key=${token}` },
    { method: 'POST', url: '/session/logout', headers: form, payload: `session_key=${token}` },
    {
      method: 'POST',
      url: '/session/ping',
      headers: { 'content-type': 'text/xml' },
      payload: `<session_key>${token}</session_key>`
    }
  ],
  cbrain: (password, token) => {
    const accept = { accept: 'application/json' }
    const multipart = `--B\r\nContent-Disposition: form-data; name="login"\r\n\r\ndemo\r\n--B\r\nContent-Disposition: form-data; name="password"\r\n\r\n${password}\r\n--B--\r\n`
    const encoded = encodeURIComponent(password)
    return [
      { method: 'POST', url: '/session', headers: { ...accept, ...form }, payload: `login=demo&password=${encoded}` },
      {
        method: 'POST',
        url: '/session',
        headers: { ...accept, ...json },
        payload: JSON.stringify({ login: 'demo', password })
      },
      {
        method: 'POST',
        url: '/session',
        headers: { ...accept, 'content-type': 'multipart/form-data; boundary=B' },
        payload: multipart
      },
      { method: 'POST', url: `/session?login=demo&password=${encoded}`, headers: accept },
      { method: 'GET', url: '/session.xml', headers: { authorization: `Bearer ${token}` } },
      { method: 'GET', url: '/session', headers: { ...accept, authorization: `Token token="${token}"` } },
      { method: 'GET', url: `/session?cbrain_api_token=${token}`, headers: accept },
      { method: 'GET', url: `/session?cbrain_api_token=Bearer%20${token}`, headers: accept },
      {
        method: 'POST',
        url: '/session',
        headers: { ...accept, ...json },
        payload: JSON.stringify({ cbrain_api_token: token })
      },
      { method: 'DELETE', url: '/session', headers: { ...accept, ...form }, payload: `cbrain_api_token=${token}` }
    ]
  },
  hcx: (password, token) => {
    const url = '/api/admin/v1/sessions'
    return [
      { method: 'POST', url, headers: json, payload: JSON.stringify({ username: 'demo', password }) },
      { method: 'POST', url, headers: form, payload: `username=demo&password=${encodeURIComponent(password)}` },
      { method: 'POST', url, headers: json, payload: `{"username":"demo","password":"${password}` },
      { method: 'GET', url, headers: { 'x-hm-authorization': token } },
      { method: 'GET', url, headers: { authorization: token } },
      { method: 'GET', url, headers: { authorization: `Bearer ${token}` } },
      { method: 'GET', url: `${url}?x=${encodeURIComponent(token)}`, headers: { 'x-hm-authorization': token } },
      { method: 'DELETE', url, headers: { authorization: token, 'x-hm-authorization': token } }
    ]
  }
}

const elsewhere = (password: string, token: string): Request[] => [
  {
    method: 'POST',
    url: `/nowhere?password=${password}&token=${token}`,
    headers: json,
    payload: JSON.stringify({ password, token })
  },
  { method: 'GET', url: '/nowhere', headers: { 'x-hm-authorization': token, cookie: `session=${token}` } },
  { method: 'GET', url: `/nowhere/${token.toUpperCase()};token=${token}` },
  { method: 'GET', url: `/nowhere/${password}/${Buffer.from(`demo:${token}`).toString('base64')}` },
  { method: 'GET', url: `/nowhere/password/${encodeURIComponent(encodeURIComponent(password))}` },
  { method: 'PUT', url: '/nowhere', payload: `login,note\ndemo,${password.toUpperCase()}\nann,${token.toLowerCase()}` },
  { method: 'GET', url: `/~other/nowhere/${token}/${token.toUpperCase()}` }
]

const secretsOf = (token: string, password: string): string[] => [
  token,
  token.slice(4, -4),
  encodeURIComponent(token),
  password,
  Buffer.from(`demo:${password}`).toString('base64'),
  Buffer.from(`demo:${token}`).toString('base64'),
  ...[token, password].flatMap(secret => [secret.toUpperCase(), secret.toLowerCase()])
]

for (const client of drivers)
  t.test(`${client.product.title}: no row, event, verdict or difference contains a secret`, async t => {
    const password = 'Swordfish-0815'
    const accounts = [{ login: 'demo', password, videntity: { account_number: '100000000000001' } }]
    const rules = [
      {
        on: 'login',
        name: `about ${password}`,
        when: { header: { 'X-Password': password } },
        then: { fail: 'unavailable' }
      },
      { on: '*', when: { body: `password=${password}` }, then: { reply: { body: { token: password } } } },
      { on: '*', then: { headers: { 'X-Note': `not ${password}` } } }
    ]
    const server = steered({ scenario: scenarioOf(JSON.stringify({ accounts, rules })) })
    const { token } = (await server.ask('POST /sessions', { product: client.product.name, login: 'demo' })).body
    const ways = everyWay[client.product.name]?.(password, String(token)) ?? []
    for (const request of [...ways, ...elsewhere(password, String(token))]) await server.send(request)
    const told = [
      await server.ask('GET /requests'),
      await server.ask('GET /requests/unmatched'),
      await server.ask('GET /sessions'),
      await server.ask('GET /scenario'),
      await server.ask('GET /snapshot'),
      await server.ask('GET /requests?space=other'),
      await server.ask('GET /verdicts'),
      await server.ask('POST /verify', { requests: [{ count: 0 }, { login: 'nobody' }] })
    ]
    for (const secret of secretsOf(String(token), password))
      for (const { text } of told) t.equal(around(text, secret), '', 'a secret is not told')
    const rows = await rowsOf(server)
    t.equal(rows.length, ways.length + 7)
    const brief = `${String(token).slice(0, 4)}…${String(token).slice(-4)}`
    t.ok(
      rows.some(row => row.token === brief),
      'a token can be recognised'
    )
    const short = (await server.ask(`GET /requests?token=${encodeURIComponent(brief)}`)).body as unknown as {
      count: number
    }
    const whole = (await server.ask(`GET /requests?token=${encodeURIComponent(String(token))}`)).body as unknown as {
      count: number
    }
    t.ok(whole.count > 0)
    t.equal(short.count, whole.count, 'and looked for, whole or in short')
  })

const around = (text: string, secret: string): string => {
  const at = text.indexOf(secret)
  return at < 0 ? '' : text.slice(Math.max(0, at - 60), at + secret.length + 20)
}

t.test('with --show-secrets, rows are complete', async t => {
  const server = steered({ showSecrets: true })
  const cbrain = clientOf('cbrain')
  const token = cbrain.issued(await server.send({ ...cbrain.login(), url: '/session?password=demo' }))
  await server.send(cbrain.use(token))
  t.match(await rowsOf(server), [
    {
      session: token,
      request: { line: 'POST /session?password=demo HTTP/1.1', body: 'login=demo&password=demo' },
      answer: { body: `{"user_id":1,"cbrain_api_token":"${token}"}` }
    },
    { token, request: { headers: { authorization: `Bearer ${token}` } } }
  ])
})

t.test('repeated headers are all recorded', async t => {
  const { url } = await serving(t)
  await new Promise(resolve =>
    httpRequest(`${url}/session`, { headers: { 'x-a': ['one', 'two'] } })
      .on('response', reply => reply.resume().on('end', resolve))
      .end()
  )
  const { body } = await ask(url, { method: 'GET', url: '/__admin/requests' })
  t.match(JSON.parse(body), { requests: [{ request: { headers: { 'x-a': 'one, two' } } }] })
})

t.test('a long body is truncated, with its length', async t => {
  const server = steered()
  const hcx = clientOf('hcx')
  await server.send(hcx.login(200_000))
  const [row] = (await rowsOf(server)) as { request: { body: string } }[]
  t.match(row?.request.body, /^\{"username":"demo","password":"…"\} +… \(200000 bytes in all\)$/)
  t.ok((row?.request.body.length ?? 0) < 66_000)
})

t.test('a binary body is shown as far as it is text', async t => {
  const server = steered()
  await server.send({
    method: 'POST',
    url: '/session',
    headers: { accept: 'application/json' },
    payload: Buffer.from([0, 255, 97])
  })
  t.match(await rowsOf(server), [{ request: { body: '\u0000\ufffda' } }])
})
