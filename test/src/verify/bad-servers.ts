import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:net'
import t, { type Test } from 'tap'
import { portOf } from '../../../src/server/http-server.js'
import { isScale } from '../../support/scale.js'
import { scenarioOf } from '../../support/scenario.js'
import { answering, realServer, verifyReal } from '../../support/verify.js'

/** Answers everything alike. */
const always =
  (status: number, headers: Record<string, string>, body: string) =>
  (_request: IncomingMessage, response: ServerResponse) =>
    response.writeHead(status, headers).end(body)

/** A server that answers each request with these bytes, and closes. */
const sending = async (t: Test, bytes: string): Promise<string> => {
  const server = createServer(socket => socket.once('data', () => socket.end(bytes)).on('error', () => undefined))
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => server.close())
  return `http://127.0.0.1:${portOf(server)}`
}

const html = { 'Content-Type': 'text/html; charset=utf-8' }

for (const [what, status, headers, body, message] of [
  [
    'a login page in HTML',
    200,
    html,
    '<!DOCTYPE html><title>Sign in</title>',
    'POST /session was answered with HTTP 200, text/html; charset=utf-8, a page for browsers: this URL leads to a login page, a proxy or another server'
  ],
  [
    'a redirect',
    302,
    { Location: 'https://sso.example.org/login' },
    '',
    'POST /session was answered with HTTP 302, no Content-Type, a redirect to https://sso.example.org/login, which is not followed: give the URL of cbrain itself'
  ],
  [
    "a proxy's 502",
    502,
    { 'Content-Type': 'text/plain' },
    'Bad Gateway',
    'POST /session was answered with HTTP 502, text/plain: the server behind this URL does not respond to its proxy'
  ],
  [
    'another product',
    404,
    { 'Content-Type': 'application/json' },
    '{"statusCode":793404,"statusDescription":"No resource"}',
    'POST /session was answered with HTTP 404, application/json, and no session token: this is not a response of cbrain. It begins with "{\\"statusCode\\":793404,\\"statusDescription\\":\\"No resource\\"}"'
  ],
  [
    'wrong credentials',
    401,
    { 'Content-Type': 'application/json' },
    '',
    'POST /session was answered with HTTP 401, application/json: the login is refused. The credentials are wrong, or the account is locked. Nothing more was sent'
  ]
] as const)
  t.test(`${what}: reported after one request`, async t => {
    const { url, asked } = await answering(t, always(status, headers, body))
    const { code, out, err } = await verifyReal('cbrain', url)
    t.equal(code, 1)
    t.equal(out, '')
    t.equal(err, `session-mock: ${message}\n`)
    t.strictSame(asked, ['POST /session'])
  })

t.test('a refused login with HTTP 200 is detected', async t => {
  const { url, app } = await realServer(t, 'videntity')
  const { code, err } = await verifyReal('videntity', url, [], { env: { REAL_PASSWORD: 'not-my-password' } })
  t.equal(code, 1)
  t.match(err, 'the login is refused. The credentials are wrong, or the account is locked.')
  t.equal(app.spaces.default.journal.entries().length, 1)
})

t.test('an account locked during a run ends it immediately', async t => {
  const scenario = scenarioOf('{ rules: [{ on: hcx.login, call: 2-, then: { fail: bad-credentials } }] }')
  const { url, app } = await realServer(t, 'hcx', { scenario })
  const { code, out, err } = await verifyReal('hcx', url)
  t.equal(code, 1)
  t.match(err, 'the server refuses an account that it accepted before; it may be locked. Nothing more was sent')
  t.match(out, 'The run ended early: POST /api/admin/v1/sessions')
  const logins = app.spaces.default.journal.entries().filter(({ operation }) => operation === 'login')
  t.ok(logins.length <= 3, `${logins.length} logins`)
  t.equal(await app.spaces.default.sessions.count('hcx', app.spaces.default.clock.now()), 0)
})

t.test('a server that switches protocols is reported, whatever it names', async t => {
  for (const [headers, message] of [
    [
      'Upgrade: websocket\r\nConnection: Upgrade\r\n',
      'the server switched to websocket (HTTP 101), which no request asked for'
    ],
    ['Connection: Upgrade\r\n', 'POST /session was answered with HTTP 101, no Content-Type, and no session token']
  ] as const) {
    const url = await sending(t, `HTTP/1.1 101 Switching Protocols\r\n${headers}\r\n`)
    const { code, out, err } = await verifyReal('cbrain', url)
    t.strictSame([code, out], [1, ''])
    t.match(err, `session-mock: ${message}`)
  }
})

for (const [what, bytes] of [
  ['nothing', ''],
  ['only 103 Early Hints', 'HTTP/1.1 103 Early Hints\r\n\r\n']
] as const)
  t.test(`a server that sends ${what} and closes is reported`, async t => {
    const url = await sending(t, bytes)
    const { code, err } = await verifyReal('cbrain', url)
    t.equal(code, 1)
    t.match(err, 'cannot be reached: the server closed the connection without a response (ECONNRESET)\n')
  })

t.test('a port without a server is reported', async t => {
  const { url } = await answering(t, always(200, {}, ''))
  const { code, err } = await verifyReal('cbrain', url.replace(/:\d+$/, ':1'))
  t.strictSame(
    [code, err],
    [1, 'session-mock: http://127.0.0.1:1 cannot be reached: nothing listens there (ECONNREFUSED)\n']
  )
})

t.test('HTTPS to a port for HTTP is reported', async t => {
  const { url } = await answering(t, always(200, {}, ''))
  const { code, err } = await verifyReal('cbrain', url.replace('http:', 'https:'))
  t.equal(code, 1)
  t.match(err, 'cannot be reached: the server has no TLS at this port')
})

t.test('slow responses are differences, and the run continues', async t => {
  const scenario = scenarioOf('{ rules: [{ on: cbrain.session, call: 6, then: { hold: forever } }] }')
  const { url, app } = await realServer(t, 'cbrain', { scenario })
  const { code, out } = await verifyReal('cbrain', url, ['--timeout', '400ms'])
  t.equal(code, 5)
  t.match(out, /use the alias \/session_status +no answer: no complete response within 400ms\n/)
  t.match(
    out,
    '  no answer: no complete response within 400ms instead of an answer\n    use the alias /session_status\n'
  )
  t.match(out, ', 0 differ, 1 without a response, ')
  app.spaces.default.holds.releaseAll()
})

t.test('a server that stops responding ends the run, and the results so far are reported', async t => {
  const { url, app } = await realServer(t, 'hcx', {
    scenario: scenarioOf('{ rules: [{ on: hcx, call: 6-, then: { connection: EMPTY_RESPONSE } }] }')
  })
  const { code, out, err } = await verifyReal('hcx', url)
  t.equal(code, 1)
  t.match(
    err,
    `session-mock: ${url} cannot be reached: the server closed the connection without a response (ECONNRESET)\n`
  )
  t.match(out, /log in +log in +same\n/)
  t.match(out, '1 session was opened, 1 could not be ended and will expire.')
  t.ok(app.spaces.default.journal.entries().length < 15)
})

t.test('a response of megabytes is read up to one, and reported', async t => {
  const big = 'x'.repeat(isScale ? 50_000_000 : 2_500_000)
  const { url } = await realServer(t, 'hcx')
  const proxy = await answering(t, async (request, response) => {
    if (request.method === 'GET') return response.writeHead(200, { 'Content-Type': 'application/json' }).end(big)
    let body = ''
    for await (const piece of request) body += piece
    const { host: _host, connection: _connection, ...headers } = request.headers
    const answer = await fetch(`${url}${request.url}`, {
      method: request.method ?? '',
      headers: headers as Record<string, string>,
      ...(body !== '' && { body })
    })
    return response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(await answer.text())
  })
  const report = t.testdir({})
  const { code, out } = await verifyReal('hcx', proxy.url, ['--report', report])
  t.equal(code, 5)
  t.match(out, 'format, body: text: ')
  t.ok(out.length < 20_000)
})

t.test('a truncated response is not a response', async t => {
  const scenario = scenarioOf('{ rules: [{ on: hcx.session, call: 1, then: { connection: truncate } }] }')
  const { url } = await realServer(t, 'hcx', { scenario })
  const { code, out } = await verifyReal('hcx', url)
  t.equal(code, 5)
  t.match(out, /use a token in x-hm-authorization +no answer: /)
})
