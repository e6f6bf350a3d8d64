import { execFile } from 'node:child_process'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { run as command, serving } from '../../support/command.js'

const shell = promisify(execFile)
const hasCurl = await shell('curl', ['--version']).then(
  () => true,
  () => false
)
const skip = hasCurl ? false : 'curl is not here'

t.test('every login command of the banner works as printed', { skip }, async t => {
  const { out } = await serving(t, '--listen', 'cbrain=0')
  const commands = out().match(/curl (?:.*\\\n)*.*/g) ?? []
  const answers = await Promise.all(commands.map(command => shell('bash', ['-c', `${command} -sS`])))
  const [netbrain = '', videntity = '', cbrain = '', hcx = ''] = answers.map(({ stdout }) => stdout)
  t.match(netbrain, /^\{"token":"[0-9a-f-]{36}","statusCode":790200,"statusDescription":"Success\."\}$/)
  t.match(videntity, '<detail>you logged in successfully</detail>')
  t.match(cbrain, /^\{"user_id":1,"cbrain_api_token":"[0-9a-f]{32}"\}$/)
  t.match(hcx, /\r\nx-hm-authorization: [0-9a-f:-]+\r\n/)
})

t.test('with all addresses, the printed addresses work', async t => {
  const { url, out } = await serving(t, '--host', '0.0.0.0', '--admin-token', 'x', '--log-level', 'error')
  t.match(url, /^http:\/\/127\.0\.0\.1:\d+$/)
  t.notMatch(out(), '0.0.0.0')
  t.equal((await fetch(`${url}/session`)).status, 401)
})

t.test('the shared port is open even if the only product has its own listener', async t => {
  const { url, out } = await serving(t, '--products', 'cbrain', '--listen', 'cbrain=0')
  const own = /CBRAIN +(\S+)/.exec(out())?.[1] ?? ''
  t.not(own, url)
  t.equal((await fetch(`${url}/session`)).status, 401)
  t.equal((await fetch(`${own}/session`)).status, 401)
})

t.test('with --log json, the ready line is a JSON object at every log level', async t => {
  for (const level of ['info', 'silent']) {
    const { out } = await serving(t, '--log', 'json', '--log-level', level)
    t.match(out(), /^[^\n]+\n$/)
    const { version, url, products, msg } = JSON.parse(out())
    t.equal(version, '1.2.3')
    t.match(url, /^http:\/\/127\.0\.0\.1:\d+$/)
    t.same(products, { netbrain: `${url}/ServicesAPI/API`, videntity: url, cbrain: url, hcx: url })
    t.equal(msg, `Ready. session-mock 1.2.3 listening on ${url}`)
  }
})

t.test('each call is logged in one line, without secrets of the query', async t => {
  const { url, out } = await serving(t, '--products', 'cbrain', '--log', 'pretty')
  const before = out().length
  const response = await fetch(`${url}/session?login=demo&password=demo`, { method: 'POST' })
  t.equal(response.status, 200)
  await response.text()
  t.match(out().slice(before), /^[\d:.]+ 200 cbrain login POST \/session demo \d+ms\n$/)
})

t.test('a login name cannot inject lines into the log', async t => {
  const { url, out } = await serving(t, '--products', 'cbrain', '--log', 'pretty')
  const before = out().length
  await (
    await fetch(`${url}/session`, { method: 'POST', body: new URLSearchParams({ login: 'x\n\u001b[2Jy' }) })
  ).text()
  t.match(
    out().slice(before),
    /^[\d:.]+ 401 cbrain login POST \/session x\?\?\[2Jy refused: no account has the login x\?\?\[2Jy, \d+ms\n$/
  )
})

t.test('an open control API on a public address is reported on the standard error at every log level', async t => {
  const warning =
    'session-mock: the control API, /__admin, is open to all clients of 0.0.0.0; set --admin-token, or --admin-port with a private port\n'
  const err = async (...argv: string[]) => (await command(['--port', '0', ...argv])).err
  for (const level of ['info', 'error', 'silent'])
    t.equal(await err('--host', '0.0.0.0', '--log-level', level), warning, level)
  t.equal(await err('--host', '0.0.0.0', '--admin-token', 'x'), '')
  t.equal(await err('--host', '127.0.0.1'), '')
})

t.test('a file as the folder for certificates is an invalid setting, not a bug', async t => {
  const file = join(t.testdir({ file: '' }), 'file')
  t.match(await command(['--port', '0', '--https-port', '0', '--tls-dir', file]), {
    code: 2,
    err: `session-mock: --tls-dir "${file}": it is a file: give a folder, which is created if missing\n`
  })
})

t.test('an unknown variable with the prefix is reported in one line', async t => {
  const env = { SESSION_MOCK_FOO: 'x', SESSION_MOCK_TAG: '1', SESSION_MOCK_SERVICE_HOST: '10.0.0.1' }
  const { code, err } = await command(['--port', '0'], { env })
  t.equal(code, 0)
  t.equal(err, 'session-mock: SESSION_MOCK_FOO and SESSION_MOCK_TAG are not settings, ignored\n')
})

t.test('invalid settings and scenarios are reported together', async t => {
  const scenario = '{ "rules": [{ "on": "logn", "then": "expire" }] }'
  const { code, err } = await command(['--port', 'x', '--journal', 'y', '--scenario', scenario], {
    env: { SESSION_MOCK_PROT: '1' }
  })
  t.equal(code, 2)
  for (const part of [
    'SESSION_MOCK_PROT: no such setting; did you mean SESSION_MOCK_PORT?',
    '--port "x"',
    '--journal "y"'
  ])
    t.match(err, part)
  t.match(err, /rules\[0\]\.on/)
})

t.test('localhost is both loopback addresses, on one port', async t => {
  const { url } = await serving(t)
  const { port } = new URL(url)
  const answers = await Promise.all([url, `http://localhost:${port}`].map(base => fetch(`${base}/session`)))
  t.same(
    answers.map(({ status }) => status),
    [401, 401]
  )
  const ipv6 = Object.values(networkInterfaces()).some(all => all?.some(({ address }) => address === '::1'))
  if (ipv6) t.equal((await fetch(`http://[::1]:${port}/session`)).status, 401)
})

t.test('the root lists the products, as JSON and HTML', async t => {
  const { url } = await serving(t)
  const json = await fetch(url)
  t.equal(json.status, 200)
  t.match(await json.json(), {
    name: 'session-mock',
    version: '1.2.3',
    products: { netbrain: { title: 'NetBrain', base: '/ServicesAPI/API' } },
    control: '/__admin'
  })
  t.match(await fetch(url, { method: 'HEAD' }), { status: 200 })
  const html = await fetch(url, { headers: { Accept: 'text/html,*/*' } })
  t.match(html.headers.get('content-type'), 'text/html')
  t.match(await html.text(), '<h1>session-mock 1.2.3</h1>')
  t.equal((await fetch(url, { method: 'POST' })).status, 404)
  t.match(await (await fetch(`${url}/__admin/requests/unmatched`)).json(), { count: 1 })
})

t.test('the login commands use an account of the scenario', { skip }, async t => {
  const scenario = JSON.stringify({
    accounts: [{ login: 'ann', password: "it's & more", videntity: { account_number: '100000000000009' } }]
  })
  const { out } = await serving(t, '--scenario', scenario)
  t.match(out(), "Accounts: ann / it's & more\n")
  const commands = out().match(/curl (?:.*\\\n)*.*/g) ?? []
  const answers = await Promise.all(commands.map(line => shell('bash', ['-c', `${line} -sS`])))
  const words = ['"token":', 'you logged in successfully', '"cbrain_api_token":', 'x-hm-authorization: ']
  for (const [index, word] of words.entries()) t.match(answers[index]?.stdout, word)
})
