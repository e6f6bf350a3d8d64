import { networkInterfaces } from 'node:os'
import t from 'tap'
import { steered } from '../../support/control.js'
import { scenarioOf } from '../../support/scenario.js'
import { ask, serving } from '../../support/serving.js'

const web = 'Cross-origin requests are rejected'
const name = 'Unknown host name'

const headers: readonly (readonly [who: string, headers: Record<string, string>, refusal?: string])[] = [
  ['a program', { host: 'localhost:4100' }],
  ['a program that says no host', { host: '' }],
  ['a program of another machine', { host: '192.168.0.7:4100' }],
  ['a program in a network of containers', { host: 'session-mock:4100' }],
  ['a program at a name kept for tests', { host: 'hcx.test:4100' }],
  ['a person at the address line of a browser', { host: 'localhost:4100', 'sec-fetch-site': 'none' }],
  [
    'a page of the server itself',
    { host: 'localhost:4100', origin: 'http://localhost:4100', 'sec-fetch-site': 'same-origin' }
  ],
  ['a page at an IPv6 address', { host: '[::1]:4100', origin: 'http://[::1]:4100' }],
  ['a page of another origin', { host: 'localhost:4100', origin: 'https://evil.example' }, web],
  ['a page of another port', { host: 'localhost:4100', origin: 'http://localhost:8080' }, web],
  ['a page without an origin, such as a file', { host: 'localhost:4100', origin: 'null' }, web],
  ['an image on a page of another site', { host: 'localhost:4100', 'sec-fetch-site': 'cross-site' }, web],
  ['a frame of another port', { host: 'localhost:4100', 'sec-fetch-site': 'same-site' }, web],
  ['a page whose own name leads here', { host: 'evil.com:4100', origin: 'http://evil.com:4100' }, name],
  [
    'a page at a name that every machine of the network may take',
    { host: 'printer.local', origin: 'http://printer.local' },
    name
  ],
  ['a page whose name begins like ours', { host: 'localhost.evil.com', origin: 'http://localhost.evil.com' }, name]
]

t.test('programs can use the control API; cross-origin web pages cannot, with any request', async t => {
  const server = steered()
  for (const [who, sent, refusal] of headers) {
    const told = await server.ask('PUT /clock', { action: 'freeze' }, sent)
    t.equal(told.status, refusal === undefined ? 200 : 403, who)
    t.equal(told.body.title, refusal, who)
    await server.ask('PUT /clock', { action: 'run' })
  }
})

t.test('a cross-origin page gets no health, no hint and no space', async t => {
  const { ask, app, send } = steered()
  const origin = { origin: 'https://evil.example' }
  for (const line of ['GET /health', 'GET /ready', 'GET /nowhere', 'PATCH /clock', 'GET /~a/__admin/clock'])
    t.equal((await ask(line, undefined, origin)).status, 403, line)
  t.strictSame(
    app.spaces.list().map(space => space.name),
    ['default']
  )
  const preflight = await send({
    method: 'OPTIONS',
    url: '/__admin/clock',
    headers: { ...origin, 'access-control-request-method': 'PUT' }
  })
  t.equal(preflight.statusCode, 403)
  t.notOk(Object.keys(preflight.headers).some(header => header.startsWith('access-control-')))
})

t.test('the products accept cross-origin web pages', async t => {
  const { send } = steered()
  const reply = await send({ method: 'GET', url: '/session', headers: { origin: 'https://app.example' } })
  t.equal(reply.statusCode, 401)
})

t.test('on a loopback address, public host names are refused, also without an Origin', async t => {
  const { url } = await serving(t)
  const asked = async (host: string) =>
    (await ask(url, { method: 'GET', url: '/__admin/requests', headers: { host } })).statusCode
  for (const host of ['localhost', 'LOCALHOST:4100', 'localhost.', '127.0.0.1', 'a.localhost', 'mock.internal', 'mock'])
    t.equal(await asked(host), 200, host)
  for (const host of ['evil.com', 'evil.com:4100', 'localhost.evil.com', '127.0.0.1.nip.io'])
    t.equal(await asked(host), 403, host)
})

t.test('health checks may come by any host name', async t => {
  const { url } = await serving(t)
  for (const path of ['/__admin/health', '/__admin/ready']) {
    const asked = { method: 'GET', url: path, headers: { host: 'mock.example.com' } } as const
    t.equal((await ask(url, asked)).statusCode, 200, path)
  }
})

t.test('a public host name is refused if nobody knows the address of the connection', async t => {
  const { ask } = steered()
  t.equal((await ask('POST /reset', undefined, { host: 'evil.com' })).status, 403)
})

const lan = Object.values(networkInterfaces())
  .flat()
  .find(each => each?.family === 'IPv4' && !each.internal)?.address

t.test('on a public address, programs can use any host name', { skip: lan ? false : 'no network' }, async t => {
  const { url } = await serving(t, { host: lan ?? '' })
  const { statusCode } = await ask(url, {
    method: 'GET',
    url: '/__admin/clock',
    headers: { host: 'mock.ci.example.com' }
  })
  t.equal(statusCode, 200)
})

t.test('with an admin token only its bearer has access; health and ready stay open', async t => {
  const { ask } = steered({ adminToken: 'geheim!' })
  const status = async (line: string, authorization?: string) =>
    (await ask(line, undefined, authorization === undefined ? {} : { authorization })).status
  for (const wrong of [undefined, '', 'Bearer', 'Bearer geheim', 'Bearer geheim x', 'Basic geheim', 'geheim'])
    t.equal(await status('GET /clock', wrong), 401, `${wrong}`)
  t.equal(await status('GET /health'), 200)
  t.equal(await status('GET /ready'), 200)
  t.equal(await status('GET /nowhere'), 401, 'not even what there is')
  t.equal(await status('PATCH /clock'), 401)
})

t.test('the token is a bearer token with a case-insensitive scheme; a missing one is reported', async t => {
  const { ask } = steered({ adminToken: 's3cret' })
  t.equal((await ask('GET /clock', undefined, { authorization: 'Bearer s3cret' })).status, 200)
  t.equal((await ask('GET /clock', undefined, { authorization: 'bearer s3cret' })).status, 200)
  const refused = await ask('GET /clock')
  t.equal(refused.headers['www-authenticate'], 'Bearer realm="session-mock"')
  t.match(refused.body, {
    title: 'A token is required',
    detail: 'Send the token of --admin-token as Authorization: Bearer <token>.'
  })
  const page = await ask('GET /clock', undefined, { authorization: 'Bearer s3cret', origin: 'https://evil.example' })
  t.equal(page.status, 403, 'who has the token is still no web page')
})

t.test('with a token any host name is accepted', async t => {
  const { url } = await serving(t, { adminToken: 's3cret' })
  const headers = { host: 'mock.example.com', authorization: 'Bearer s3cret' }
  t.equal((await ask(url, { method: 'GET', url: '/__admin/clock', headers })).statusCode, 200)
})

t.test('with --admin-port the control API is only on that port', async t => {
  const listeners = [
    { port: 0, control: 'elsewhere' },
    { port: 0, control: 'alone' }
  ] as const
  const { urls } = await serving(t, { listeners })
  const [products = '', control = ''] = urls
  const status = async (base: string, url: string) => (await ask(base, { method: 'GET', url })).statusCode
  t.equal(await status(products, '/__admin/health'), 404)
  t.equal(await status(products, '/~a/__admin/health'), 404)
  t.equal(await status(control, '/__admin/health'), 200)
  t.equal(await status(control, '/~a/__admin/clock'), 200)
  t.equal(await status(products, '/session'), 401)
  t.equal(await status(control, '/session'), 404)
})

t.test('rules, preferences and the journal do not apply to the control API', async t => {
  const { ask } = steered({
    scenario: scenarioOf('title: all fails\nrules: [{ on: "*", then: { fail: server-error } }]')
  })
  t.equal((await ask('GET /clock', undefined, { prefer: 'fail=server-error, delay=1h' })).status, 200)
  t.match((await ask('GET /requests')).body, { count: 0 })
})

t.test('a bearer token is found in linear time, whatever a client writes', async t => {
  const { ask } = steered({ adminToken: 's3cret' })
  // In quadratic time, this takes minutes.
  const authorization = `Bearer${'\t'.repeat(1_000_000)}\nx`
  t.equal((await ask('GET /clock', undefined, { authorization })).status, 401)
})
