import type { InjectOptions, Response } from 'light-my-request'
import t from 'tap'
import { cbrain } from '../../routes/cbrain.js'
import { Failure, type FailureName } from '../../src/product/failure.js'
import { fidelities, type Product } from '../../src/product/product.js'
import type { InitialSession, Scenario } from '../../src/scenario/scenario.js'
import { type Double, type DoubleOptions, double } from '../support/double.js'
import { scenarioOf } from '../support/scenario.js'

const live = '00112233445566778899aabbccddeeff'
const expired = 'eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee'
const loggedOut = 'dddddddddddddddddddddddddddddddd'
const neverIssued = 'ffffffffffffffffffffffffffffffff'

const liveAsJson = '{"user_id":2,"cbrain_api_token":"00112233445566778899aabbccddeeff"}'
const liveAsXml =
  '<?xml version="1.0" encoding="UTF-8"?>\n<SessionInfo>\n  <user_id type="integer">2</user_id>\n  <cbrain_api_token>00112233445566778899aabbccddeeff</cbrain_api_token>\n</SessionInfo>\n'

const opening = (login: string, token: string, status: InitialSession['status'] = 'open'): InitialSession => ({
  product: 'cbrain',
  login,
  token,
  status,
  age: 0
})

const scenario: Partial<Scenario> = {
  accounts: [
    { login: 'demo', password: 'demo' },
    { login: 'jailed', password: 'jailed', cbrain: { locked: true } },
    { login: 'norm', password: 'norm_123', cbrain: { user_id: 2 } },
    { login: 'eve', password: 'eve' }
  ],
  sessions: [
    opening('norm', live),
    opening('norm', expired, 'expired'),
    opening('norm', loggedOut, 'ended'),
    opening('jailed', 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa')
  ]
}

/** CBRAIN with norm, who is user 2 and already logged in, and others. */
const portal = (options: DoubleOptions = {}): Double =>
  double({ ...options, scenario: { ...scenario, ...options.scenario } })

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
const asJson = { accept: 'application/json' }
const form = { 'content-type': 'application/x-www-form-urlencoded' }

const login = (payload = 'login=norm&password=norm_123', headers = {}): InjectOptions => ({
  method: 'POST',
  url: '/session',
  headers: { ...asJson, ...form, ...headers },
  payload
})
const session = (token: string, headers = {}): InjectOptions => ({
  url: '/session',
  headers: { ...asJson, ...bearer(token), ...headers }
})
const logout = (token: string, headers = {}): InjectOptions => ({ ...session(token, headers), method: 'DELETE' })

const tokenIn = ({ body }: Response): string => /[0-9a-f]{32}/.exec(body)?.[0] ?? ''

/** What an answer without a body is made of: the status, the type, the body. */
const bones = ({ statusCode, headers, body }: Response) => [statusCode, headers['content-type'], body]

const refused = [401, 'application/json', '']
const badRequest = [400, 'application/json; charset=utf-8', '{"status":400,"error":"Bad Request"}']

t.test('a token is valid from login to logout', async t => {
  const { send } = portal()
  const opened = await send(login())
  t.equal(opened.statusCode, 200)
  t.match(opened.body, /^\{"user_id":2,"cbrain_api_token":"[0-9a-f]{32}"\}$/)
  t.equal(opened.headers.location, undefined)
  const token = tokenIn(opened)
  t.equal((await send(session(token))).body, opened.body)
  t.strictSame(bones(await send(logout(token))), [200, 'application/json', ''])
  t.strictSame(bones(await send(session(token))), refused)
  t.strictSame(bones(await send(logout(token))), refused)
})

t.test('of a hundred parallel logouts exactly one succeeds', async t => {
  const { send } = portal()
  const answers = await Promise.all(Array.from({ length: 100 }, () => send(logout(live))))
  t.equal(answers.filter(({ statusCode }) => statusCode === 200).length, 1)
  t.equal(answers.filter(({ statusCode }) => statusCode === 401).length, 99)
})

t.test('HEAD is handled as GET', async t => {
  const { send } = portal()
  const head = await send({ ...session(live), method: 'HEAD' })
  t.equal(head.statusCode, 200)
  t.equal(head.headers['content-type'], 'application/json; charset=utf-8')
  t.equal(head.headers['content-length'], '67')
  t.equal((await send({ ...session(neverIssued), method: 'HEAD' })).statusCode, 401)
  t.equal((await send({ ...session(live), method: 'HEAD', url: '/logout' })).statusCode, 200)
  t.equal((await send(session(live))).statusCode, 401, 'it logs out as GET does')
})

t.test('every 401 has an empty body, a type without charset, and no challenge', async t => {
  const { send } = portal()
  const reasons: Record<string, InjectOptions> = {
    'a wrong password': login('login=norm&password=wrong'),
    'an unknown user': login('login=nobody&password=norm_123'),
    'a locked account': login('login=jailed&password=jailed'),
    'no token': { url: '/session' },
    'a token never issued': session(neverIssued),
    'a token of another form': session('short'),
    'an expired token': session(expired),
    'a logged-out token': session(loggedOut),
    'a logout without a token': { method: 'DELETE', url: '/session' },
    'a logout with a refused token': logout(neverIssued)
  }
  for (const [reason, request] of Object.entries(reasons)) {
    for (const type of ['application/json', 'application/xml']) {
      const { statusCode, headers, body } = await send({ ...request, headers: { ...request.headers, accept: type } })
      t.strictSame([statusCode, body], [401, ''], `${reason}, ${type}`)
      t.strictSame(constant(headers), {
        'content-type': type,
        'cache-control': 'no-cache',
        'content-length': '0',
        ...framing
      })
    }
  }
})

/** The headers of every answer that are always the same. */
const framing = {
  'x-frame-options': 'SAMEORIGIN',
  'x-xss-protection': '1; mode=block',
  'x-content-type-options': 'nosniff'
}

const constant = ({
  date,
  connection,
  'x-request-id': id,
  'x-runtime': runtime,
  ...others
}: Response['headers']): object => others

t.test('a login reads its fields from a form, flat JSON, a multipart form or the query', async t => {
  const { send } = portal()
  const boundary = { 'content-type': 'multipart/form-data; boundary=----------8a' }
  const part = (name: string, value: string) =>
    `------------8a\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`
  const json = (value: unknown) => login(JSON.stringify(value), { 'content-type': 'application/json; charset=utf-8' })
  const accepted: Record<string, InjectOptions> = {
    'a form': login('login=norm&password=norm_123'),
    'a form with escapes': login('login=n%6Frm&password=norm%5F123'),
    'a form with a charset': login(undefined, { 'content-type': 'application/x-www-form-urlencoded; charset=UTF-8' }),
    'a form with repeated fields, of which the last counts': login('login=x&login=norm&password=y&password=norm_123'),
    'a form with strange fields': login('__proto__=1&constructor=2&login=norm&password=norm_123'),
    JSON: json({ login: 'norm', password: 'norm_123' }),
    'JSON with strange fields': login(
      '{"__proto__":{"login":"x"},"constructor":1,"login":"norm","password":"norm_123"}',
      {
        'content-type': 'application/json'
      }
    ),
    'a multipart form': login(`${part('login', 'norm')}${part('password', 'norm_123')}------------8a--\r\n`, boundary),
    'a multipart form with strange and repeated fields': login(
      `${part('__proto__', '1')}${part('constructor', '2')}${part('login', 'x')}${part('login', 'norm')}${part('password', 'norm_123')}------------8a--\r\n`,
      boundary
    ),
    'the query': { method: 'POST', url: '/session?login=norm&password=norm_123', headers: asJson },
    'the query, which beats the body': {
      ...login('login=demo&password=demo'),
      url: '/session?login=norm&password=norm_123'
    },
    'both together': { ...login('password=norm_123'), url: '/session?login=norm' }
  }
  for (const [what, request] of Object.entries(accepted))
    t.match((await send(request)).body, /^\{"user_id":2,"cbrain_api_token":"[0-9a-f]{32}"\}$/, what)
})

t.test('a login is refused if its fields are missing, blank, or in an unsupported body', async t => {
  const { send } = portal({ anyone: true })
  const xml = '<user><login>norm</login><password>norm_123</password></user>'
  const typed = (type: string, payload: string) => login(payload, { 'content-type': type })
  const rejected: Record<string, InjectOptions> = {
    'no body': { method: 'POST', url: '/session', headers: asJson },
    'an empty form': typed('application/x-www-form-urlencoded', ''),
    'empty JSON': typed('application/json', ''),
    'JSON without fields': typed('application/json', '{}'),
    'JSON that is no object': typed('application/json', '["norm","norm_123"]'),
    'JSON null': typed('application/json', 'null'),
    'nested JSON': typed('application/json', '{"session":{"login":"norm","password":"norm_123"}}'),
    'fields that are inherited': typed('application/json', '{"__proto__":{"login":"norm","password":"norm_123"}}'),
    'a list of logins': typed('application/json', '{"login":["norm"],"password":"norm_123"}'),
    XML: typed('application/xml', xml),
    'XML as text': typed('text/xml', xml),
    'plain text': typed('text/plain', 'login=norm&password=norm_123'),
    bytes: typed('application/octet-stream', 'login=norm&password=norm_123'),
    'a type that is none': typed('nonsense', 'login=norm&password=norm_123'),
    'a multipart form without fields': typed('multipart/form-data; boundary=x', '--x--\r\n'),
    'an empty multipart form': typed('multipart/form-data; boundary=x', ''),
    'no login': login('password=norm_123'),
    'an empty login': login('login=&password=norm_123'),
    'a blank login': login('login=+%20&password=norm_123'),
    'an empty login in the query, which beats the body': { ...login(), url: '/session?login=' }
  }
  for (const [what, request] of Object.entries(rejected)) t.strictSame(bones(await send(request)), refused, what)
})

t.test('an unreadable body or query is a bad request, and opens no session', async t => {
  const { send, app } = portal({ anyone: true })
  const typed = (type: string, payload: string | Buffer): InjectOptions => ({
    ...login(),
    headers: { ...asJson, 'content-type': type },
    payload
  })
  const part = '--x\r\nContent-Disposition: form-data; name="login"\r\n\r\nnorm\r\n'
  const file = '--x\r\nContent-Disposition: form-data; name="f"; filename="f"\r\n\r\nabc'
  const unreadable: Record<string, InjectOptions> = {
    'JSON cut short': typed('application/json', '{"login":"norm"'),
    'JSON with a comma too many': typed('application/json', '{"login":"norm",}'),
    'a form that calls itself JSON': typed('application/json', 'login=norm&password=norm_123'),
    'JSON that is not UTF-8': typed('application/json', Buffer.from('{"login":"n\xf6rm","password":"x"}', 'latin1')),
    'a form with a percent sign that encodes nothing': login('login=norm%zz&password=norm_123'),
    'a form with a percent sign at its end': login('login=norm&password=100%'),
    'a form whose escapes are not UTF-8': login('login=n%F6rm&password=x'),
    'a form that is not UTF-8': typed('application/x-www-form-urlencoded', Buffer.from('login=n\xf6rm', 'latin1')),
    'a query with a percent sign that encodes nothing': { method: 'POST', url: '/session?login=norm%zz&password=x' },
    'a multipart form without a boundary': typed('multipart/form-data', `${part}--x--\r\n`),
    'a multipart form with another boundary': typed('multipart/form-data; boundary=y', `${part}--x--\r\n`),
    'a multipart form cut short': typed('multipart/form-data; boundary=x', part),
    'a multipart form cut short in a file': typed('multipart/form-data; boundary=x', `${part}${file}`),
    'a multipart form that is a form': typed('multipart/form-data; boundary=x', 'login=norm&password=norm_123'),
    'a multipart form that is not UTF-8': typed(
      'multipart/form-data; boundary=x',
      Buffer.from(`${part.replace('norm', 'n\xf6rm')}--x--\r\n`, 'latin1')
    )
  }
  const open = async () => (await app.spaces.default.sessions.list(0)).length
  const before = await open()
  for (const [what, request] of Object.entries(unreadable)) t.strictSame(bones(await send(request)), badRequest, what)
  t.equal(await open(), before)
  t.strictSame(bones(await send({ ...typed('application/json', '{'), url: '/session.xml' })), [
    400,
    'application/xml; charset=utf-8',
    '<?xml version="1.0" encoding="UTF-8"?>\n<hash>\n  <status type="integer">400</status>\n  <error>Bad Request</error>\n</hash>\n'
  ])
})

t.test('a body over the limit is refused in the same format', async t => {
  const { send } = portal({ bodyLimit: 100 })
  t.strictSame(bones(await send(login(`login=norm&password=${'x'.repeat(100)}`))), [
    413,
    'application/json; charset=utf-8',
    '{"status":413,"error":"Payload Too Large"}'
  ])
})

t.test('an invalid Content-Type does not affect a valid token', async t => {
  const { send } = portal()
  t.equal((await send(session(live, { 'content-type': 'nonsense' }))).body, liveAsJson)
})

t.test('login names are case-insensitive, passwords case-sensitive', async t => {
  const { send } = portal()
  t.match((await send(login('login=NoRm&password=norm_123'))).body, /^\{"user_id":2,/)
  t.strictSame(bones(await send(login('login=norm&password=NORM_123'))), refused)
  const { send: sendAnyone } = portal({ anyone: true })
  const [small, capital] = [await sendAnyone(login('login=eve')), await sendAnyone(login('login=EVE'))]
  t.equal(/\d+/.exec(small.body)?.[0], /\d+/.exec(capital.body)?.[0], 'also where everyone may come in')
})

t.test('a login with a valid token returns that session, and ignores the credentials', async t => {
  const { send } = portal()
  for (const payload of ['login=demo&password=demo', 'login=norm&password=wrong', ''])
    t.equal((await send(login(payload, bearer(live)))).body, liveAsJson, payload)
  t.equal((await send(login(`login=demo&password=demo&cbrain_api_token=${live}`))).body, liveAsJson, 'in the form')
})

t.test('a login with an ended token opens a new session', async t => {
  const { send } = portal()
  for (const refusedToken of [neverIssued, expired, loggedOut]) {
    const opened = await send(login(undefined, bearer(refusedToken)))
    t.match(opened.body, /^\{"user_id":2,"cbrain_api_token":"[0-9a-f]{32}"\}$/)
    t.not(tokenIn(opened), refusedToken)
    t.strictSame(bones(await send(login('login=norm&password=wrong', bearer(refusedToken)))), refused)
  }
})

t.test('every login opens a new session, and a logout ends only its own', async t => {
  const { send } = portal()
  const [one, other] = [tokenIn(await send(login())), tokenIn(await send(login()))]
  t.not(one, other)
  t.equal((await send(logout(one))).statusCode, 200)
  t.equal((await send(session(one))).statusCode, 401)
  for (const token of [other, live]) t.equal((await send(session(token))).statusCode, 200)
})

t.test('a locked account cannot log in, and has no sessions', async t => {
  const { send, app } = portal()
  const token = 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'
  t.strictSame(bones(await send(login('login=jailed&password=jailed'))), refused)
  t.strictSame(bones(await send(login('login=jailed&password=jailed', bearer(token)))), refused)
  t.strictSame(bones(await send(logout(token))), refused)
  t.strictSame(bones(await send(session(token))), refused)
  t.equal((await app.spaces.default.sessions.peek('cbrain', token, 0)).is, 'ended')
})

t.test('locking an account in a scenario ends its sessions, and unlocking restores none', async t => {
  const locked = (isLocked: boolean) =>
    scenarioOf(
      `accounts: [{ login: norm, password: norm_123, cbrain: { locked: ${isLocked} } }, { login: eve, password: eve }]`
    )
  const { send, app } = portal()
  const { default: space } = app.spaces
  const [token, other] = [tokenIn(await send(login())), tokenIn(await send(login('login=eve&password=eve')))]
  t.equal(space.sessions.count('cbrain', space.clock.now()), 3)
  space.continueWith(locked(true))
  t.equal(space.sessions.count('cbrain', space.clock.now()), 1, 'a session of a locked account counts as open no more')
  space.continueWith(locked(false))
  for (const each of [token, live]) t.strictSame(bones(await send(session(each))), refused)
  t.match(space.journal.entries().at(-1)?.why, { reason: 'revoked', by: 'the lock on its account' })
  t.equal((await send(session(other))).statusCode, 200)
  t.equal((await send(login())).statusCode, 200)
})

t.test('HEAD of the login pages is 200 with and without a session', async t => {
  for (const fidelity of fidelities)
    for (const path of ['/login', '/session/new', '/login.json', '/session/new.xml', '/session//new/']) {
      const { send } = portal({ fidelity })
      for (const headers of [{}, bearer(live), bearer(neverIssued), { accept: 'image/png' }])
        t.equal((await send({ method: 'HEAD', url: path, headers })).statusCode, 200, path)
    }
  const { send } = portal()
  t.equal((await send({ url: '/login', headers: asJson })).statusCode, 401, 'GET still asks for a session')
})

t.test('observed: GET /logout without a format ends the session', async t => {
  const { send } = portal({ fidelity: 'observed' })
  const leave = async (headers = {}) => {
    const { statusCode, headers: answered, body } = await send({ url: '/logout', headers })
    return [statusCode, answered['content-type'], answered.location, body]
  }
  const left = [302, 'text/html', '/session/new', '']
  t.strictSame(await leave(bearer(live)), left)
  t.strictSame(bones(await send(session(live))), refused)
  for (const headers of [{}, bearer(live), bearer(neverIssued)]) t.strictSame(await leave(headers), left)
})

t.test('observed: a login with three unknown parameters blocks the address', async t => {
  const twoWeeks = 14 * 24 * 3_600_000
  const odd = login('login=norm&password=norm_123&a=1&b=2&c=3')
  const elsewhere = { remoteAddress: '203.0.113.7' }
  const { send, systemClock } = portal({ fidelity: 'observed' })
  t.equal((await send({ ...login('login=norm&password=norm_123&a=1&b=2&utf8=x'), ...elsewhere })).statusCode, 200)
  t.strictSame(bones(await send({ ...odd, ...elsewhere })), refused)
  systemClock.advance(twoWeeks - 1)
  t.strictSame(bones(await send({ ...login(), ...elsewhere })), refused)
  t.equal((await send(login())).statusCode, 200, 'other addresses are served')
  systemClock.advance(1)
  t.equal((await send({ ...login(), ...elsewhere })).statusCode, 200)
  t.strictSame(bones(await send(odd)), refused)
  t.equal((await send(login())).statusCode, 200, '127.0.0.1 is refused only this once')
  const documented = portal()
  t.equal((await documented.send({ ...odd, ...elsewhere })).statusCode, 200, 'by the document they are ignored')
})

t.test('a new scenario removes the block of an address', async t => {
  const elsewhere = { remoteAddress: '203.0.113.7' }
  const { send, app } = portal({ fidelity: 'observed' })
  await send({ ...login('login=norm&password=norm_123&a=1&b=2&c=3'), ...elsewhere })
  t.equal((await send({ ...login(), ...elsewhere })).statusCode, 401)
  await app.spaces.default.reset()
  t.equal((await send({ ...login(), ...elsewhere })).statusCode, 200)
})

t.test('observed: the address of a client is read through private proxies', async t => {
  const from = (forwarded: string) => ({ 'x-forwarded-for': forwarded })
  const { send } = portal({ fidelity: 'observed' })
  const token = tokenIn(await send(login(undefined, from('198.51.100.7, 10.0.0.1'))))
  t.equal((await send(session(token, from('198.51.100.7')))).statusCode, 200)
  t.equal((await send(session(token, from('spoofed, 198.51.100.7, 192.168.0.9')))).statusCode, 200)
  t.strictSame(bones(await send(session(token, from('198.51.100.8')))), refused)
  t.strictSame(bones(await send(session(token, from('198.51.100.7')))), refused, 'refused for good')
})

t.test(
  'observed: a session belongs to the connection of its client where all forwarded addresses are private',
  async t => {
    const { send } = portal({ fidelity: 'observed' })
    const token = tokenIn(await send(login(undefined, { 'x-forwarded-for': '10.0.0.9' })))
    t.equal((await send(session(token, { 'x-forwarded-for': '192.168.0.9' }))).statusCode, 200)
    t.equal((await send(session(token))).statusCode, 200)
  }
)

t.test('observed: a request id of which nothing is left is empty', async t => {
  const { send } = portal({ fidelity: 'observed' })
  const id = async (sent: string) => (await send(session(live, { 'x-request-id': sent }))).headers['x-request-id']
  t.equal(await id('<>'), '')
  t.equal(await id('<a>'), 'a')
  t.match(await id(' '), /^[0-9a-f-]{36}$/, 'a blank one is none')
})

t.test('a client that accepts neither JSON nor XML gets 401, and the request has no effect', async t => {
  const { send, app } = portal()
  const open = async () => (await app.spaces.default.sessions.list(0)).length
  const before = await open()
  for (const accept of [
    'image/png',
    'text/html',
    'text/plain, text/csv',
    'application/json;q=0',
    ',',
    'nonsense',
    '"'
  ]) {
    t.strictSame(bones(await send(session(live, { accept }))), refused, accept)
    t.strictSame(bones(await send(login(undefined, { accept }))), refused, `a login with ${accept}`)
    t.strictSame(bones(await send(logout(live, { accept }))), refused, `a logout with ${accept}`)
  }
  t.strictSame(bones(await send({ ...session(live), url: '/session?format=yaml' })), refused, '?format=yaml')
  t.equal(await open(), before)
  t.equal((await send(session(live))).statusCode, 200)
})

t.test('responses with and without a body have their headers', async t => {
  const { send } = portal()
  const withBody = { 'cache-control': 'max-age=0, private, must-revalidate', ...framing }
  t.strictSame(constant((await send(session(live))).headers), {
    'content-type': 'application/json; charset=utf-8',
    etag: 'W/"b810d1c67a4c6651978ccea46a6c08d4"',
    'content-length': '67',
    ...withBody
  })
  t.strictSame(constant((await send(session(live, { accept: 'text/xml' }))).headers), {
    'content-type': 'application/xml; charset=utf-8',
    etag: 'W/"b356cd9982ac8791c8b925bc17c64967"',
    'content-length': '178',
    ...withBody
  })
  t.match((await send(login())).headers, { etag: /^W\/"[0-9a-f]{32}"$/, ...withBody }, 'a login too')
  t.strictSame(constant((await send(logout(live))).headers), {
    'content-type': 'application/json',
    'cache-control': 'no-cache',
    'content-length': '0',
    ...framing
  })
  t.strictSame(constant((await send({ method: 'PUT', url: '/session' })).headers), {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-cache',
    'content-length': '34',
    ...framing
  })
})

t.test('a matching If-None-Match gets 304', async t => {
  const { send } = portal()
  const known = { 'if-none-match': 'W/"b810d1c67a4c6651978ccea46a6c08d4"' }
  for (const method of ['GET', 'HEAD'] as const) {
    const { statusCode, headers, body } = await send({ ...session(live, known), method })
    t.strictSame([statusCode, body], [304, ''])
    t.strictSame(constant(headers), {
      etag: 'W/"b810d1c67a4c6651978ccea46a6c08d4"',
      'cache-control': 'max-age=0, private, must-revalidate',
      ...framing
    })
  }
  t.equal((await send(session(live, { 'if-none-match': 'W/"another"' }))).body, liveAsJson)
  t.equal((await send(session(live, { ...known, accept: 'text/xml' }))).body, liveAsXml, 'XML is another answer')
  t.equal((await send(login('', { ...known, ...bearer(live) }))).statusCode, 200, 'a login is always answered')
  t.equal((await send(session(neverIssued, known))).statusCode, 401)
})

t.test('a response has the sanitized request id or a new one, and a run time', async t => {
  const { send } = portal()
  const id = async (headers = {}) => (await send(session(live, headers))).headers['x-request-id']
  t.equal(await id({ 'x-request-id': 'My_id-1' }), 'My_id-1')
  t.equal(await id({ 'x-request-id': 'a b/c<d>"é".e@f' }), 'abcdef')
  t.equal(await id({ 'x-request-id': 'x'.repeat(300) }), 'x'.repeat(255))
  const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/
  t.match(await id(), uuid)
  t.match(await id({ 'x-request-id': '<>' }), uuid, 'where nothing is left of it')
  t.match(await id({ 'x-request-id': ' ' }), uuid, 'a blank one is none')
  t.not(await id(), await id())
  t.match((await send(session(live))).headers['x-runtime'], /^0\.\d{6}$/)
})

t.test('a session expires 24 hours after its last use', async t => {
  const { send, systemClock } = portal()
  const day = 24 * 3_600_000
  const token = tokenIn(await send(login()))
  systemClock.advance(day - 1)
  t.equal((await send(session(token))).statusCode, 200)
  systemClock.advance(day - 1)
  t.equal((await send(login('', bearer(token)))).statusCode, 200, 'a login that re-uses it is a use')
  systemClock.advance(day - 1)
  t.equal((await send(session(token, { accept: 'image/png' }))).statusCode, 401, 'one that is refused is a use too')
  systemClock.advance(day - 1)
  t.equal((await send(login('', { ...bearer(token), accept: 'image/png' }))).statusCode, 401, 'and so is such a login')
  systemClock.advance(day)
  t.strictSame(bones(await send(session(token))), refused)
  t.strictSame(bones(await send(logout(token))), refused)
})

/** CBRAIN on a day when every operation fails so. */
const failing = (kind: FailureName): Product => ({
  ...cbrain,
  operations: cbrain.operations.map(operation => ({
    ...operation,
    run: () => Promise.reject(new Failure(kind))
  }))
})

t.test('failures injected by a scenario have their own bodies', async t => {
  const words: readonly (readonly [FailureName, number, string])[] = [
    ['server-error', 500, 'Internal Server Error'],
    ['rate-limited', 429, 'Too Many Requests'],
    ['unavailable', 503, 'Service Unavailable']
  ]
  for (const [kind, status, error] of words) {
    const { send } = portal({ products: [failing(kind)] })
    t.strictSame(bones(await send(session(live))), [
      status,
      'application/json; charset=utf-8',
      `{"status":${status},"error":"${error}"}`
    ])
    t.strictSame(bones(await send(login(undefined, { accept: 'text/xml' }))), [
      status,
      'application/xml; charset=utf-8',
      `<?xml version="1.0" encoding="UTF-8"?>\n<hash>\n  <status type="integer">${status}</status>\n  <error>${error}</error>\n</hash>\n`
    ])
  }
  for (const kind of ['bad-credentials', 'missing-field', 'no-session', 'expired-session', 'forbidden'] as const)
    t.strictSame(bones(await portal({ products: [failing(kind)] }).send(session(live))), refused, kind)
})

t.test('observed: a client without a format is treated as a browser', async t => {
  const anyFormat = [undefined, '*/*', 'application/json, */*', 'text/html, */*;q=0.8']
  for (const accept of anyFormat) {
    const { send } = portal({ fidelity: 'observed' })
    const as = (method: 'GET' | 'POST' | 'DELETE', token?: string, payload?: string): InjectOptions => ({
      method,
      url: '/session',
      headers: { ...(token && bearer(token)), ...(accept && { accept }), ...(payload && form) },
      ...(payload && { payload })
    })
    const refusedAsPage = [401, 'text/html', '']
    t.strictSame(bones(await send(as('GET', live))), [200, 'text/html', ''], `Accept: ${accept ?? 'none'}`)
    const opening = await send(as('POST', undefined, 'login=norm&password=norm_123'))
    t.strictSame([...bones(opening), opening.headers.location], [302, 'text/html', '', '/session/new'])
    const leaving = await send(as('DELETE', live))
    t.strictSame([...bones(leaving), leaving.headers.location], [302, 'text/html', '', '/groups'])
    t.strictSame(constant(leaving.headers), {
      location: '/groups',
      'content-type': 'text/html',
      'cache-control': 'no-cache',
      'content-length': '0',
      ...framing
    })
    t.equal((await send(session(live))).body, liveAsJson, 'the session stays open')
    for (const method of ['GET', 'DELETE'] as const) {
      t.strictSame(bones(await send(as(method))), refusedAsPage, `${method} without a token`)
      for (const refusedToken of [neverIssued, expired, loggedOut])
        t.strictSame(bones(await send(as(method, refusedToken))), refusedAsPage, `${method} with a refused token`)
    }
  }
})

t.test('observed: a client with a format gets the documented response', async t => {
  const { send } = portal({ fidelity: 'observed' })
  const token = tokenIn(await send(login()))
  t.strictSame(bones(await send(session(live))), [200, 'application/json; charset=utf-8', liveAsJson])
  t.equal((await send({ url: '/session.xml', headers: bearer(live) })).body, liveAsXml)
  t.equal((await send({ url: '/session?format=json', headers: { ...bearer(live), accept: '*/*' } })).body, liveAsJson)
  t.strictSame(bones(await send(session(live, { accept: 'image/png' }))), refused)
  t.strictSame(bones(await send(logout(token))), [200, 'application/json', ''])
  t.strictSame(bones(await send(session(token))), refused)
})

t.test('observed: wrong credentials take three seconds; documented: none', async t => {
  for (const [fidelity, slept] of [
    ['documented', []],
    ['observed', [3000]]
  ] as const) {
    const { send, systemClock } = portal({ fidelity })
    t.strictSame(bones(await send(login('login=norm&password=wrong'))), refused)
    t.strictSame(systemClock.slept, slept)
    await send(login())
    await send(session(neverIssued))
    t.strictSame(systemClock.slept, slept, 'and nothing else')
  }
})

t.test('observed: use of a token from another address ends its session', async t => {
  const elsewhere = { remoteAddress: '10.0.0.7' }
  for (const request of [session, logout]) {
    const { send } = portal({ fidelity: 'observed' })
    const token = tokenIn(await send(login()))
    t.equal((await send(session(token))).statusCode, 200)
    t.strictSame(bones(await send({ ...request(token), ...elsewhere })), refused)
    t.strictSame(bones(await send(session(token))), refused, 'also where it was issued')
  }
})

t.test('observed: a login with a token of another address opens a new session', async t => {
  const elsewhere = { remoteAddress: '10.0.0.7' }
  const { send } = portal({ fidelity: 'observed' })
  const token = tokenIn(await send(login()))
  const fresh = tokenIn(await send({ ...login(undefined, bearer(token)), ...elsewhere }))
  t.match(fresh, /^[0-9a-f]{32}$/)
  t.not(fresh, token)
  t.strictSame(bones(await send(session(token))), refused)
  t.equal((await send({ ...session(fresh), ...elsewhere })).statusCode, 200)
})

t.test('documented: a token is valid from every address', async t => {
  const { send } = portal()
  const token = tokenIn(await send(login()))
  t.equal((await send({ ...session(token), remoteAddress: '10.0.0.7' })).statusCode, 200)
  t.equal((await send(session(token))).statusCode, 200)
})

t.test('the number of an account is that of the scenario, or its position in the list', async t => {
  const { send } = portal()
  t.match((await send(login())).body, /^\{"user_id":2,/)
  t.match((await send(login('login=eve&password=eve'))).body, /^\{"user_id":4,/)
})
