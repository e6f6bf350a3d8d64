import type { InjectOptions } from 'light-my-request'
import t from 'tap'
import { describeReason } from '../../src/journal/rendering.js'
import { verdictsOf } from '../../src/journal/verdicts.js'
import { type DoubleOptions, double } from '../support/double.js'
import { scenarioOf } from '../support/scenario.js'

const url = '/ServicesAPI/auth/oauth2/token'
const form = { 'content-type': 'application/x-www-form-urlencoded' }
const session = '/ServicesAPI/API/V1/Session'
const tenants = '/ServicesAPI/API/V1/CMDB/Tenants'
const good = 'grant_type=client_credentials&client_id=demo&client_secret=demo'
const success = '{"statusCode":790200,"statusDescription":"Success."}'
const invalidToken = '{"statusCode":795005,"statusDescription":"Invalid token."}'
const hour = 3_600_000

const server = (options: DoubleOptions = {}) => {
  const { app, systemClock, send } = double(options)
  const { default: space } = app.spaces
  const ask = (payload = good, headers = {}): InjectOptions => ({
    method: 'POST',
    url,
    headers: { ...form, ...headers },
    payload
  })
  const issue = async (payload = good) => (await send(ask(payload))).json<{ access_token: string }>().access_token
  const use = (token: string) => send({ url: tenants, headers: { token } })
  const leave = (token: string) => send({ method: 'DELETE', url: session, headers: { token } })
  const why = () => {
    const said = space.journal.entries().at(-1)?.why
    return said && describeReason(said)
  }
  return { space, systemClock, send, ask, issue, use, leave, why }
}

const partsOf = (token: string) =>
  token
    .split('.')
    .slice(0, 2)
    .map(part => JSON.parse(Buffer.from(part, 'base64url').toString()))

t.test('a client gets a token by its credentials, and uses it like a session token', async t => {
  const { send, ask, use, systemClock } = server()
  const reply = await send(ask())
  t.equal(reply.statusCode, 200)
  t.equal(reply.headers['content-type'], 'application/json; charset=utf-8')
  t.match(reply.body, /^\{"access_token":"[\w-]+\.[\w-]+\.[\w-]{86}","token_type":"bearer","expires_in":3599\}$/)
  const { access_token: token } = reply.json<{ access_token: string }>()
  const [header, claims] = partsOf(token)
  t.strictSame(header, { alg: 'HS512', typ: 'JWT' })
  t.match(claims, {
    iss: 'netBrain',
    aud: 'ie',
    CLAIMS: { auth_type: 'OAuth' },
    iat: Math.floor(systemClock.now() / 1000)
  })
  t.equal(claims.exp - claims.iat, 3600)
  t.equal((await use(token)).statusCode, 200)
})

t.test('tokens are unique, and reproducible with a seed', async t => {
  const issued = async () => {
    const { issue } = server({ scenario: { seed: 1 } })
    return [await issue(), await issue()]
  }
  const [one, other] = await issued()
  t.not(one, other)
  t.strictSame(await issued(), [one, other])
})

t.test('a token expires exactly an hour after its issue, independent of use', async t => {
  const { issue, use, leave, systemClock, why } = server()
  const token = await issue()
  for (const ms of [hour / 2, hour / 2 - 1]) {
    systemClock.advance(ms)
    t.equal((await use(token)).statusCode, 200)
  }
  systemClock.advance(1)
  t.equal((await use(token)).body, invalidToken)
  t.equal(why(), 'expired just now (lifetime 1h)')
  t.equal((await leave(token)).body, invalidToken)
})

t.test('the setting lifetime applies to these tokens too', async t => {
  const { send, ask, systemClock, use } = server({ scenario: scenarioOf('products: { netbrain: { lifetime: 10m } }') })
  const { access_token: token, expires_in } = (await send(ask())).json()
  t.equal(expires_in, 599)
  systemClock.advance(600_000 - 1)
  t.equal((await use(token)).statusCode, 200)
  systemClock.advance(1)
  t.equal((await use(token)).statusCode, 401)
})

t.test('a logout with it succeeds and ends nothing', async t => {
  const { issue, use, leave } = server()
  const token = await issue()
  t.equal((await leave(token)).body, success)
  t.equal((await use(token)).statusCode, 200)
})

t.test('neither a later login nor a limit ends it, and it does not count for a limit', async t => {
  const { send, issue, use } = server({ scenario: scenarioOf('products: { netbrain: { limit: 1 } }') })
  const login = async () =>
    (await send({ method: 'POST', url: session, payload: { username: 'demo', password: 'demo' } })).json().token
  const [first, token, again] = [await login(), await issue(), await issue()]
  for (const each of [first, token, again]) t.equal((await use(each)).statusCode, 200)
  await login()
  t.equal((await use(first)).statusCode, 401)
  for (const each of [token, again]) t.equal((await use(each)).statusCode, 200)
})

t.test('invalid forms of client credentials are refused', async t => {
  const { send, ask, why } = server()
  for (const request of [
    ask('grant_type=password&client_id=demo&client_secret=demo'),
    ask('client_id=demo&client_secret=demo'),
    ask('{"grant_type":"client_credentials","client_id":"demo","client_secret":"demo"}', {
      'content-type': 'application/json'
    }),
    { method: 'POST', url } as const
  ]) {
    const reply = await send(request)
    t.equal(reply.statusCode, 400)
    t.equal(reply.body, '{"error":"invalid grant type"}')
  }
  t.equal(why(), 'the form has no grant_type, or the body is not a form')
})

t.test('a wrong client or secret is refused, and the reason names it', async t => {
  const { send, ask, why } = server()
  for (const [payload, words] of [
    ['client_id=nobody&client_secret=demo', 'no account has the client nobody'],
    ['client_id=demo&client_secret=guess', 'the secret of the client demo does not match'],
    ['client_id=demo', 'the secret of the client demo does not match'],
    ['client_secret=demo', 'no client_id was sent']
  ] as const) {
    const reply = await send(ask(`grant_type=client_credentials&${payload}`))
    t.equal(reply.statusCode, 401)
    t.equal(reply.body, '{"error":"invalid_client"}')
    t.equal(why(), words)
  }
})

const clients = `accounts:
  - { login: demo, password: demo }
  - { login: norm, password: n, netbrain: { client_id: app, client_secret: s3cret, user_token: norms-own-token } }`

t.test('a client belongs to one account', async t => {
  const { issue, use, space } = server({ scenario: scenarioOf(clients) })
  const token = await issue('grant_type=client_credentials&client_id=app&client_secret=s3cret')
  t.equal((await use(token)).statusCode, 200)
  t.strictSame(
    space.journal.entries().map(({ operation, login }) => [operation, login]),
    [
      ['oauth-token', 'norm'],
      ['tenants', 'norm']
    ]
  )
})

t.test('with accounts: any, every client with a name and a secret is accepted', async t => {
  const { send, ask } = server({ anyone: true })
  const asked = async (rest: string) => (await send(ask(`grant_type=client_credentials&${rest}`))).statusCode
  t.equal(await asked('client_id=x&client_secret=y'), 200)
  t.equal(await asked('client_id=x'), 401)
})

t.test('a user token is valid without a login, indefinitely, in every space', async t => {
  const { send, use, leave, systemClock } = server({ scenario: scenarioOf(clients) })
  const token = 'norms-own-token'
  systemClock.advance(1000 * 24 * hour)
  t.equal((await use(token)).statusCode, 200)
  t.equal((await leave(token)).body, success)
  t.equal((await use(token)).statusCode, 200)
  t.equal((await send({ url: `/~w1${tenants}`, headers: { token } })).statusCode, 200)
  t.equal((await use('another')).body, invalidToken)
})

t.test('a scenario without a user token ends it, and one with it restores it', async t => {
  const { space, use, why } = server({ scenario: scenarioOf(clients) })
  space.continueWith(scenarioOf('rules: []'))
  t.equal((await use('norms-own-token')).statusCode, 401)
  t.equal(why(), 'revoked just now by the scenario')
  space.continueWith(scenarioOf(clients))
  t.equal((await use('norms-own-token')).statusCode, 200)
  await space.reset()
  t.equal((await use('norms-own-token')).statusCode, 200)
})

t.test('rules match the operation by its name, and can end its tokens', async t => {
  const scenario = scenarioOf(`rules:
    - { on: oauth-token, times: 1, then: { fail: rate-limited } }
    - { on: netbrain.tenants, call: 2, per: session, then: expire }`)
  const { send, ask, issue, use, why } = server({ scenario })
  t.equal((await send(ask())).body, '{"statusCode":795011,"statusDescription":"API calls exceeded the limit."}')
  const token = await issue()
  t.equal((await use(token)).statusCode, 200)
  t.equal((await use(token)).body, invalidToken)
  t.match(why(), /^expired just now by rule 2/)
})

t.test('a client that renews its expired token passes; one that does not, fails', async t => {
  const failed = (space: ReturnType<typeof server>['space']) =>
    verdictsOf([space])
      .filter(({ passed }) => !passed)
      .map(({ verdict }) => verdict)
  const { space, issue, use, leave, systemClock } = server()
  const token = await issue()
  await leave(token)
  t.strictSame(failed(space), [], 'what no logout ends is not left open, and may be used after one')
  await use(token)
  t.strictSame(failed(space), [])
  systemClock.advance(hour)
  await use(token)
  t.strictSame(failed(space), ['refusal-without-login'])
  await issue()
  t.strictSame(failed(space), [])
  await issue()
  t.strictSame(failed(space), ['needless-login'])
})

const initial = 'fb24f3f0-81a7-1929-4b8f-99106c23fa5b'
const domain = '0201adc0-1a50-4b8c-9a2e-4b7a0d8e5b01'

t.test('ids are case-insensitive, and the working domain is shown with session and request', async t => {
  const { send, issue } = server()
  const headers = { token: await issue() }
  const payload = { tenantId: initial.toUpperCase(), domainId: domain.toUpperCase() }
  const entered = await send({ method: 'PUT', url: '/ServicesAPI/API/V1/Session/CurrentDomain', headers, payload })
  t.equal(entered.body, success)
  const listed = await send({ url: `/ServicesAPI/API/V1/CMDB/Domains?tenantId=${initial.toUpperCase()}`, headers })
  t.match(listed.body, domain)
  const data = { tenantId: initial, domainId: domain }
  t.match((await send({ url: '/__admin/sessions' })).json(), { count: 1, sessions: [{ data }] })
  const { requests } = (await send({ method: 'POST', url: '/__admin/requests/find', payload: '{}' })).json()
  t.strictSame(
    requests.map((row: { sessionData?: object }) => row.sessionData),
    [undefined, data, data]
  )
})
