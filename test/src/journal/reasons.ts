import t from 'tap'
import { describeReason } from '../../../src/journal/rendering.js'
import { clientOf, type Steered, steered } from '../../support/control.js'
import { type Driver, form, json, type Request } from '../../support/driver.js'
import { drivers } from '../../support/drivers.js'
import { loginAs } from '../../support/login-form.js'
import { scenarioOf } from '../../support/scenario.js'

/** The newest row of the journal. */
const newest = async ({ ask }: Steered, space = '') => {
  const { requests } = (await ask(`GET /requests?limit=1${space}`)).body as { requests: Record<string, unknown>[] }
  return requests[0] ?? {}
}

const login = async ({ send }: Steered, client: Driver): Promise<string> => client.issued(await send(client.login()))

/** Idle times in words. */
const idle: Readonly<Record<string, string>> = { netbrain: '30m', videntity: '30m', cbrain: '1d', hcx: '1h' }

const accounts = '[{ login: demo, password: demo }, { login: other, password: x }]'

for (const client of drivers) {
  const { product } = client
  const { name, title } = product

  t.test(`${title}: the reason of a refused token has a text and fields`, async t => {
    const server = steered({ only: product })
    const { send, ask, systemClock } = server
    const why = async () => (await newest(server)).why

    await send(client.use(''))
    t.match(
      await why(),
      name === 'videntity'
        ? { reason: 'missing-field', field: 'session_key' }
        : {
            reason: 'no-token',
            words: 'the request has no token'
          }
    )
    await send(client.use(client.unknownToken))
    t.strictSame(await why(), { reason: 'never-issued', words: 'the token was never issued' })

    const expired = await login(server, client)
    systemClock.advance(client.product.sessions.policy.idle + 12_000)
    await send(client.use(expired))
    t.match(await why(), {
      reason: 'expired',
      words: `expired 12s ago (idle ${idle[name]})`,
      at: new Date(systemClock.now() - 12_000).toISOString(),
      login: 'demo',
      idle: product.sessions.policy.idle
    })

    const left = await login(server, client)
    await send(client.logout(left))
    const { number } = await newest(server)
    systemClock.advance(3000)
    await send(client.use(left))
    t.match(await why(), {
      reason: 'logged-out',
      words: `logged out 3s ago by request ${number}`,
      by: `request ${number}`,
      request: number,
      login: 'demo'
    })
    await send(client.logout(left))
    t.match(await why(), { reason: 'logged-out', request: number }, 'and so at a second logout')

    const revoked = await login(server, client)
    await ask('POST /sessions/revoke', { token: revoked })
    systemClock.advance(90_000)
    await send(client.use(revoked))
    t.match(await why(), { reason: 'revoked', words: 'revoked 1m 30s ago by the control API', by: 'the control API' })
  })

  t.test(`${title}: the reason names the rule, its file and line`, async t => {
    const rule = '{ on: login, when: { login: other }, name: no others, then: { fail: rate-limited } }'
    const server = steered({ only: product, scenario: scenarioOf(`title: x\nrules: [${rule}]`) })
    await server.send(loginAs(client, 'other'))
    t.match(await newest(server), {
      outcome: 'refused',
      failure: 'rate-limited',
      why: { reason: 'rule', words: 'rule "no others" (scenario.yaml:2)', by: 'rule "no others" (scenario.yaml:2)' },
      rules: [
        { number: 1, rule: 'rule "no others" (scenario.yaml:2)', sentence: /^on login, when login is other: fail / }
      ]
    })
    const second = steered({
      only: product,
      scenario: scenarioOf(`rules: [{ on: ${name}, call: 2, then: revoke, name: two }]`)
    })
    const token = await login(second, client)
    await second.send(client.use(token))
    t.match(await newest(second), {
      why: { reason: 'revoked', words: 'revoked just now by rule "two" (scenario.yaml:1)' },
      rules: [{ rule: 'rule "two" (scenario.yaml:1)' }]
    })
    const asked = steered({ only: product })
    await asked.send({ ...client.login(), headers: { ...client.login().headers, prefer: 'fail=unavailable' } })
    t.match(await newest(asked), { failure: 'unavailable', why: { words: 'Prefer: fail=unavailable' } })
  })

  t.test(`${title}: the reason names the limit or the login that ended the session`, async t => {
    const limited = steered({ only: product, scenario: scenarioOf(`products: { ${name}: { limit: 1 } }`) })
    const first = await login(limited, client)
    limited.systemClock.advance(2000)
    await login(limited, client)
    await limited.send(client.use(first))
    t.match(await newest(limited), { why: { reason: 'evicted', words: 'evicted just now by a limit of 1' } })
    const evicting = steered({
      only: product,
      scenario: scenarioOf(`rules: [{ on: ${name}.login, call: 2, then: evict }]`)
    })
    const old = await login(evicting, client)
    await login(evicting, client)
    await evicting.send(client.use(old))
    t.match(await newest(evicting), {
      why: { reason: 'evicted', words: 'evicted just now by rule 1 (scenario.yaml:1)' }
    })
  })

  t.test(`${title}: a token of another product or space is recognized`, async t => {
    const server = steered()
    const other = clientOf(name === 'hcx' ? 'cbrain' : 'hcx')
    const foreign = await login(server, other)
    await server.send(client.use(foreign))
    t.match(await newest(server), {
      why: {
        reason: 'of-another-product',
        words: `the token belongs to ${other.product.name}`,
        owner: other.product.name
      }
    })
    const token = await login(server, client)
    await server.send({ ...client.use(token), url: `/~a${client.use(token).url}` })
    t.match(await newest(server, '&space=a'), {
      why: { reason: 'of-another-space', words: 'the token belongs to the space default', owner: 'default' }
    })
  })

  t.test(`${title}: the reason of a refused login is reported`, async t => {
    const server = steered({ only: product, scenario: scenarioOf(`accounts: ${accounts}`) })
    await server.send(loginAs(client, 'demo', 'wrong'))
    t.match(await newest(server), {
      login: 'demo',
      failure: 'bad-credentials',
      why: { reason: 'wrong-password', words: 'the password of demo does not match', login: 'demo' }
    })
    await server.send(loginAs(client, 'nobody'))
    t.match(await newest(server), {
      login: 'nobody',
      why: { reason: 'unknown-login', words: 'no account has the login nobody' }
    })
    await server.send(loginAs(client, ''))
    t.match(await newest(server), {
      why: name === 'cbrain' ? { words: 'no login was sent' } : { words: 'the field username is missing or empty' }
    })
  })

  t.test(`${title}: the reason of a refused request is reported, with a valid value`, async t => {
    const server = steered({ only: product, products: [product], bodyLimit: 2000 })
    const why = async (request: Request) => {
      await server.send(request)
      return (await newest(server)).why
    }
    const { invalidRequests } = client
    const token = await login(server, client)
    t.match(await why(invalidRequests['unknown path'].request(token)), {
      reason: 'unknown-path',
      words: /^no operation has this path; the nearest is [A-Z]+ \//,
      nearest: /^[A-Z]+ \//
    })
    t.match(await why(invalidRequests['wrong method'].request(token)), {
      reason: 'unknown-method',
      words: /^the path does not support this method; it supports [A-Z, ]+$/
    })
    t.match(await why(client.login(2001)), { reason: 'too-large', words: 'the body is larger than the limit' })
    const reasons: Readonly<Record<string, readonly [type: string, body: string]>> = {
      netbrain: ['malformed', 'malformed'],
      videntity: ['missing-field', 'missing-field'],
      cbrain: ['unknown-login', 'malformed'],
      hcx: ['media-type', 'malformed']
    }
    const [type, body] = reasons[name] ?? []
    t.match(await why(invalidRequests['wrong media type'].request(token)), { reason: type })
    t.match(await why(invalidRequests['malformed body'].request(token)), { reason: body })
  })
}

/** What only one product refuses. */
const own: readonly (readonly [what: string, scenario: string, request: Request, why: object])[] = [
  [
    'NetBrain: an external user with another authentication_id',
    'accounts: [{ login: demo, password: demo, netbrain: { authentication_id: ldap } }]',
    clientOf('netbrain').login(),
    { words: 'demo is an external user, and its authentication_id does not match' }
  ],
  [
    'Videntity: another account number',
    'accounts: [{ login: demo, password: demo }]',
    { method: 'POST', url: '/session/login', headers: form, payload: 'username=demo&password=demo&account_number=1' },
    { reason: 'wrong-account-number', words: 'the account number of demo does not match' }
  ],
  [
    'CBRAIN: a locked account',
    'accounts: [{ login: demo, password: demo, cbrain: { locked: true } }]',
    clientOf('cbrain').login(),
    { reason: 'locked', words: 'the account of demo is locked' }
  ],
  [
    'CBRAIN: none of the formats',
    'title: x',
    { method: 'GET', url: '/session', headers: { accept: 'image/png' } },
    { reason: 'unknown-format', words: 'the client accepts none of the available formats' }
  ],
  [
    'HCX: an account without a role',
    'accounts: [{ login: demo, password: demo, hcx: { roles: [] } }]',
    clientOf('hcx').login(),
    { reason: 'no-role', words: 'demo has no role' }
  ],
  [
    'HCX: an unknown authType',
    'title: x',
    {
      method: 'POST',
      url: '/api/admin/v1/sessions',
      headers: json,
      payload: '{"username":"demo","password":"demo","authType":"ldap"}'
    },
    { reason: 'unknown-auth-type', words: 'there is no authType ldap', authType: 'ldap' }
  ]
]

for (const [what, scenario, request, why] of own)
  t.test(what, async t => {
    const server = steered({ scenario: scenarioOf(scenario) })
    await server.send(request)
    t.match((await newest(server)).why, why)
  })

t.test('NetBrain: unknown and inaccessible tenants and domains are named', async t => {
  const tenant = '{ tenantId: there, tenantName: There, domains: [{ domainId: d, domainName: D }] }'
  const server = steered({
    scenario: scenarioOf(`accounts:
  - { login: demo, password: demo }
  - { login: other, password: x, netbrain: { tenants: [${tenant}] } }`)
  })
  const netbrain = clientOf('netbrain')
  const token = await login(server, netbrain)
  const enter = async (body: object) => {
    const url = '/ServicesAPI/API/V1/Session/CurrentDomain'
    await server.send({ method: 'PUT', url, headers: { ...json, token }, payload: JSON.stringify(body) })
    return (await newest(server)).why
  }
  t.match(await enter({}), {
    reason: 'missing-field',
    words: 'the field tenantId is missing or empty',
    field: 'tenantId'
  })
  t.match(await enter({ tenantId: 'x' }), { reason: 'unknown-tenant', words: 'there is no tenant x', value: 'x' })
  t.match(await enter({ tenantId: 'there' }), { reason: 'no-access', words: 'the account has no access to there' })
})

t.test('CBRAIN, observed: a token used from another address has ended, with its reason', async t => {
  const server = steered({ fidelity: 'observed' })
  const cbrain = clientOf('cbrain')
  const headers = { accept: 'application/json' }
  const token = await login(server, cbrain)
  await server.send({
    ...cbrain.use(token),
    headers: { ...headers, ...cbrain.use(token).headers },
    remoteAddress: '10.0.0.9'
  })
  t.match((await newest(server)).why, {
    reason: 'moved',
    words: 'ended just now, after use from another address, 10.0.0.9'
  })
})

t.test('CBRAIN: the reason of a session ended by a lock names the lock', async t => {
  const server = steered()
  const cbrain = clientOf('cbrain')
  const token = await login(server, cbrain)
  await server.ask(
    'PUT /scenario?keep=sessions',
    'accounts: [{ login: demo, password: demo, cbrain: { locked: true } }]'
  )
  await server.send(cbrain.use(token))
  t.match((await newest(server)).why, { reason: 'revoked', words: 'revoked just now by the lock on its account' })
})

t.test('a reason without a text is shown by its code', async t => {
  t.equal(describeReason({ reason: 'out-of-office' }), 'out of office')
  t.equal(
    describeReason({ reason: 'expired', at: 1000, now: 61_000, idle: 1000, lifetime: 5000 }),
    'expired 1m ago (idle 1s, lifetime 5s)'
  )
  t.equal(describeReason({ reason: 'expired' }), 'expired')
  t.equal(
    describeReason({ reason: 'malformed', error: 'a quote is missing' }),
    'the request cannot be read: a quote is missing'
  )
  t.equal(describeReason({ reason: 'unknown-path' }), 'no operation has this path')
})
