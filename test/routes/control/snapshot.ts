import t from 'tap'
import { clientOf, type Steered, shippedStories, steered } from '../../support/control.js'
import type { DoubleOptions } from '../../support/double.js'
import { scenarioOf } from '../../support/scenario.js'

const netbrain = clientOf('netbrain')
const cbrain = clientOf('cbrain')

const begin = (text = 'seed: 7', options: DoubleOptions = {}): Steered =>
  steered({ scenario: scenarioOf(text), catalog: shippedStories, ...options })

const inSpace = (space: string, { url, ...request }: ReturnType<typeof cbrain.login>) => ({
  ...request,
  url: `/~${space}${url}`
})

const minute29 = async (server: Steered): Promise<string[]> => {
  await server.ask('PUT /clock?space=base', { action: 'freeze' })
  const tokens = []
  for (let turn = 0; turn < 3; turn += 1)
    tokens.push(netbrain.issued(await server.send(inSpace('base', netbrain.login()))))
  await server.ask('PUT /clock?space=base', { action: 'advance', by: '29m' })
  return tokens
}

const works = async (server: Steered, space: string, token: string): Promise<boolean> =>
  netbrain.succeeded(await server.send(inSpace(space, netbrain.use(token))))

t.test('a test can start at minute 29 of 30 with three open sessions, repeatedly', async t => {
  const server = begin()
  const tokens = await minute29(server)
  for (const space of ['one', 'two']) {
    t.strictSame(await server.ask('POST /spaces/base/fork', { to: space }).then(told => [told.status, told.body]), [
      201,
      {
        name: space,
        scenario: 'scenario.yaml',
        state: 'Started',
        requests: 0,
        sessions: 3,
        now: '2026-01-01T12:29:00.000Z',
        frozen: true
      }
    ])
    await server.ask(`PUT /clock?space=${space}`, { action: 'advance', by: '59s' })
    t.ok(await works(server, space, tokens[0] ?? ''), 'a second before its time')
    await server.ask(`PUT /clock?space=${space}`, { action: 'advance', by: '1s' })
    t.notOk(await works(server, space, tokens[1] ?? ''), 'when its time is over')
    t.ok(await works(server, space, tokens[0] ?? ''), 'the one that was used stays open')
  }
  t.match((await server.ask('GET /spaces?space=base')).body, { spaces: [{ sessions: 3, requests: 3 }] })
})

t.test('an end at a later time and the number of a session are kept in forks and snapshots', async t => {
  const server = begin(`seed: 7
rules:
  - { on: netbrain.tenants, when: { opened: 2 }, times: 1, then: { revoke: 5m } }
  - { on: netbrain.tenants, when: { opened: 3- }, then: { fail: unavailable } }`)
  const [first = '', second = '', third = ''] = await minute29(server)
  const { text: before } = await server.ask('GET /snapshot?space=base&secrets=true')
  t.ok(await works(server, 'base', second), 'its end is scheduled')
  await server.ask('POST /spaces/base/fork', { to: 'fork' })
  const { text } = await server.ask('GET /snapshot?space=base&secrets=true')
  for (const [space, snapshot] of [
    ['restored', text],
    ['earlier', before]
  ] as const)
    t.equal((await server.ask(`PUT /snapshot?space=${space}`, snapshot)).status, 200)
  for (const space of ['base', 'fork', 'restored']) {
    const [, scheduled] = (await server.ask(`GET /sessions?space=${space}`)).body.sessions as object[]
    t.match(scheduled, { opened: 2, left: 300, scheduled: { cause: 'revoked', by: 'rule 1 (scenario.yaml:3)' } })
    t.ok(await works(server, space, first))
    t.notOk(await works(server, space, third), 'the third session of the account')
    await server.ask(`PUT /clock?space=${space}`, { action: 'advance', by: '5m' })
    t.notOk(await works(server, space, second))
    t.ok(await works(server, space, first))
    t.notOk(
      await works(server, space, netbrain.issued(await server.send(inSpace(space, netbrain.login())))),
      'a fourth'
    )
  }
  await server.ask('PUT /clock?space=earlier', { action: 'advance', by: '59s' })
  t.ok(await works(server, 'earlier', second))
})

t.test('a snapshot can be restored whatever the durations of its scenario', async t => {
  for (const text of [
    'rules: [{ on: login, then: { state: { to: A, for: 999999999999999d } } }]',
    'rules: [{ on: login, for: 999999999999999d, then: { revoke: { of: account, after: 999999999999999d } } }]',
    'rules: [{ on: session, then: { expire: 999999999999999d } }]',
    'sessions: [{ product: cbrain, login: demo, age: 999999999999999d }]\nproducts: { cbrain: { idle: never } }',
    'products: { cbrain: { idle: 999999999999999d, lifetime: 999999999999999d } }'
  ]) {
    const server = begin(text)
    const token = cbrain.issued(await server.send(cbrain.login()))
    await server.send(cbrain.use(token))
    await server.send(cbrain.login())
    const { text: snapshot } = await server.ask('GET /snapshot?secrets=true')
    t.equal((await server.ask('PUT /snapshot?space=other', snapshot)).status, 200, text)
    t.notMatch((await server.ask('GET /sessions?space=other')).text, 'scheduled')
    t.ok(cbrain.succeeded(await server.send(cbrain.use(token))))
  }
})

t.test('a token of a fork selects its original space, unless the request names the fork', async t => {
  const server = begin()
  const [token = ''] = await minute29(server)
  await server.ask('POST /spaces/base/fork', { to: 'fork' })
  t.ok(netbrain.succeeded(await server.send(netbrain.use(token))), 'without a name')
  t.match((await server.ask('GET /requests?space=base&operation=tenants')).body, { count: 1 })
  const { headers, ...request } = netbrain.use(token)
  t.ok(netbrain.succeeded(await server.send({ ...request, headers: { ...headers, 'x-mock-space': 'fork' } })))
  t.match((await server.ask('GET /requests?space=fork')).body, { count: 1 })
  await server.ask('DELETE /spaces?space=fork')
  t.ok(netbrain.succeeded(await server.send(netbrain.use(token))), 'it still leads there when the fork has gone')
})

t.test('tokens of the default space still select it after a fork', async t => {
  const server = begin()
  const token = cbrain.issued(await server.send(cbrain.login()))
  t.equal((await server.ask('POST /spaces/default/fork', { to: 'fork' })).status, 201)
  await server.send(cbrain.logout(token))
  t.notOk(cbrain.succeeded(await server.send(cbrain.use(token))), 'it is logged out in the default space')
  t.ok(cbrain.succeeded(await server.send(inSpace('fork', cbrain.use(token)))), 'and open in the fork')
})

t.test('a restored token selects its space if no other space has it', async t => {
  const token = cbrain.unknownToken
  const server = begin()
  await server.ask('POST /sessions?space=old', { product: 'cbrain', login: 'demo', token })
  const { text } = await server.ask('GET /snapshot?space=old&secrets=true')
  await server.ask('DELETE /spaces?space=old')
  t.notOk(cbrain.succeeded(await server.send(cbrain.use(token))))
  await server.ask('PUT /snapshot?space=new', text)
  t.ok(cbrain.succeeded(await server.send(cbrain.use(token))))
  t.match((await server.ask('GET /requests?space=new')).body, { count: 1 })
})

t.test('a fork requires an existing space, and a new name', async t => {
  const server = begin()
  for (const name of ['base', 'taken']) await server.ask('POST /spaces', { name })
  for (const [line, to, status, detail] of [
    ['base', 'taken', 409, 'There is a space "taken"; DELETE /__admin/spaces?space=taken deletes it.'],
    ['base', 'base', 400, 'body to: base is the space itself'],
    ['default', 'default', 400, 'body to: default is the space itself'],
    [
      'base',
      'default',
      409,
      'The space "default" always exists; GET and PUT /__admin/snapshot copy the state of one space into another.'
    ],
    ['bsae', 'new', 404, 'There is no space "bsae"; did you mean base?'],
    ['base', 'a b', 400, 'body to: expected the name of a space: 1 to 64 letters, digits, ".", "_" or "-", found "a b"']
  ] as const)
    t.match((await server.ask(`POST /spaces/${line}/fork`, { to })).body, { status, detail })
  t.match((await server.ask('POST /spaces/base/fork', {})).body, {
    detail: 'body: the key "to" is missing: a fork requires it'
  })
  t.match((await server.ask('GET /spaces')).body, { spaces: [{}, { name: 'base' }, { name: 'taken' }] })
})

t.test('with rows, a fork has the journal; without, only its request numbers continue', async t => {
  const server = begin()
  const [token = ''] = await minute29(server)
  await server.ask('POST /spaces/base/fork', { to: 'with', rows: true })
  await server.ask('POST /spaces/base/fork', { to: 'without' })
  for (const space of ['with', 'without']) t.ok(await works(server, space, token))
  const rowsOf = async (space: string) =>
    (await server.ask(`GET /requests?space=${space}`)).body.requests as { number: number; space: string }[]
  t.strictSame(
    (await rowsOf('with')).map(({ number, space }) => [number, space]),
    [1, 2, 3, 4].map(number => [number, 'with'])
  )
  t.strictSame(
    (await rowsOf('without')).map(({ number }) => number),
    [4]
  )
})

t.test('requests in progress stay in their space; in a restored space they end', async t => {
  const server = begin('rules: [{ on: login, then: { hold: gate } }]')
  await server.ask('POST /spaces', { name: 'base' })
  const { text } = await server.ask('GET /snapshot?space=base&secrets=true')
  const held = server.send(inSpace('base', cbrain.login()))
  await server.ask('POST /holds/gate/wait?space=base', {})
  await server.ask('POST /spaces/base/fork', { to: 'fork' })
  t.match((await server.ask('GET /holds?space=fork')).body, { holds: [] })
  await server.ask('PUT /snapshot?space=base', text)
  t.notOk(cbrain.succeeded(await held))
  t.match((await server.ask('GET /sessions?space=base')).body, { count: 0 })
  t.match((await server.ask('GET /requests?space=base')).body, { count: 0 })
})

t.test('whole tokens are returned only on request', async t => {
  const secret = 'seed: 7\naccounts: [{ login: demo, password: swordfish }, { login: it, password: it }]'
  const server = begin(secret, { products: [cbrain.product] })
  const login = { ...cbrain.login(), payload: 'login=demo&password=swordfish' }
  const token = cbrain.issued(await server.send(login))
  await server.send(cbrain.use(token))
  for (const query of ['', '?secrets=false']) {
    const { text, body } = await server.ask(`GET /snapshot${query}`)
    t.notMatch(text, token)
    t.notMatch(text, 'swordfish')
    t.match(body, {
      tokens: 'hidden',
      sessions: { products: [{ open: [{ token: `${token.slice(0, 4)}…${token.slice(-4)}` }] }] }
    })
  }
  t.match((await server.ask('GET /snapshot?rows=true')).body, {
    detail: 'query rows: the rows have whole tokens: add secrets=true'
  })
  t.match((await server.ask('GET /snapshot?secrets=yes')).body, {
    detail: 'query secrets: expected true or false, found "yes"'
  })
  const shown = begin(secret, { showSecrets: true })
  t.match((await shown.ask('GET /snapshot')).body, { tokens: 'whole' })
  const root = (await begin('title: no seed').ask('GET /snapshot')).body.random
  t.strictSame(root, { root: '…' }, 'without a seed, what tokens are drawn from is a secret too')
})

t.test('a scenario without source text cannot be saved', async t => {
  t.match((await steered().ask('GET /snapshot?secrets=true')).body, {
    status: 404,
    detail: 'The scenario of this space has no source text.'
  })
})

/** A snapshot of a space with sessions, rules and rows. */
const saved = async () => {
  const server = begin('seed: 7\nrules: [{ on: logout, per: session, then: { delay: 1ms } }]')
  const [token = ''] = await minute29(server)
  await server.send(inSpace('base', netbrain.logout(token)))
  return (await server.ask('GET /snapshot?space=base&secrets=true&rows=true')).text
}

type Part = Record<string, unknown> & { [key: string]: Part }

const spoilt: Readonly<Record<string, readonly [change: (document: Part) => unknown, detail: string | RegExp]>> = {
  'an empty object': [
    () => ({}),
    'body: this is not a snapshot: the key "format" is not "session-mock snapshot"; GET /__admin/snapshot?secrets=true returns one'
  ],
  'a list': [() => [], /^body: this is not a snapshot/],
  'a scenario': [() => ({ title: 'a test' }), /^body: this is not a snapshot/],
  'a text': [() => 'snapshot', /^body: this is not a snapshot/],
  nothing: [() => null, /^body: this is not a snapshot/],
  'another version': [
    document => ({ ...document, version: 2 }),
    'body version: expected 1, which this session-mock reads, found 2'
  ],
  'a number that cannot be held': [
    document => ({ ...document, requests: 2 ** 53 }),
    'body requests: expected a whole number from 0 to 9007199254740991, found 9007199254740992'
  ],
  'hidden tokens': [
    document => ({ ...document, tokens: 'hidden' }),
    'body tokens: the tokens of this snapshot are hidden, so that its sessions cannot be restored; GET /__admin/snapshot?secrets=true returns one with whole tokens'
  ],
  'a part that is missing': [
    ({ clock: _clock, ...document }) => document,
    'body: the key "clock" is missing: a snapshot requires it'
  ],
  'a part that nobody knows': [
    document => ({ ...document, colour: 'red' }),
    /^body colour: unknown key "colour"; expected format/
  ],
  'a time that no clock can show': [
    document => ({ ...document, clock: { now: 1e15, ahead: 0, frozen: true } }),
    'body clock.now: expected a time of the years 1 to 9998, found 1000000000000000'
  ],
  'sessions of another product': [
    ({ sessions, ...document }) => ({
      ...document,
      sessions: { ...sessions, products: [{ product: 'shop', swept: 0, open: [], ended: [] }] },
      journal: undefined
    }),
    'body sessions.products[0].product: expected netbrain, videntity, cbrain or hcx, which this server has, found "shop"'
  ],
  'a session without a login': [
    document => changed(document, /"login":"demo",/, ''),
    'body sessions.products[0].open[0]: the key "login" is missing: an open session requires it'
  ],
  'a token that is repeated': [
    document => {
      const [{ open }] = (document.sessions?.products ?? []) as unknown as [{ open: { token: string }[] }]
      return changed(document, open[1]?.token ?? '', open[0]?.token ?? '')
    },
    'body sessions.products[0].open[1].token: this token is repeated'
  ],
  'a number that no session can have': [
    document => changed(document, '"opened":3', '"opened":2'),
    /^body sessions\.products\[0\]\.open\[1\]\.number: expected a number from 1 to 2, the number of opened sessions, found 3$/
  ],
  'a scenario with mistakes': [
    document => ({ ...document, scenario: { name: 'old.yaml', text: 'seed: 7\nrules: [{ on: fly, then: expire }]' } }),
    /^body scenario\.text: old\.yaml:2:15: rules\[0\]\.on: expected /
  ],
  'a scenario of other rules': [
    document => ({ ...document, scenario: { name: 'old.yaml', text: 'seed: 7' } }),
    'body rules.totals: expected counts of 0 rules, as the scenario has, found 1'
  ],
  'a row of a session that is not there': [
    document => changed(document, '"session":2', '"session":9'),
    'body journal.rows[1].session: there is no session 9'
  ],
  'a row of a request that is still to come': [
    document => changed(document, '"requests":4,"inherited"', '"requests":3,"inherited"'),
    'body journal.rows[3].number: expected a number up to that of the last request, 3, found 4'
  ]
}

const changed = (document: Part, from: string | RegExp, to: string): unknown =>
  JSON.parse(JSON.stringify(document).replace(from, to))

t.test('an invalid snapshot changes nothing, and is refused with a reason', async t => {
  const text = await saved()
  const server = begin()
  await server.ask('POST /sessions', { product: 'hcx', login: 'demo' })
  const before = (await server.ask('GET /snapshot?secrets=true&rows=true')).body
  for (const [what, [change, detail]] of Object.entries(spoilt)) {
    const body = JSON.stringify(change(JSON.parse(text)))
    t.match((await server.ask('PUT /snapshot', body)).body, { status: 400, detail }, what)
    t.match((await server.ask('PUT /snapshot?space=new', body)).body, { status: 400, detail }, what)
  }
  t.match((await server.ask('PUT /snapshot', text.slice(0, -9))).body, { status: 400, title: 'Invalid JSON' })
  t.match((await server.ask('PUT /snapshot')).body, { status: 400, detail: /^body: this is not a snapshot/ })
  t.strictSame((await server.ask('GET /snapshot?secrets=true&rows=true')).body, before)
  t.match((await server.ask('GET /spaces')).body.spaces, { length: 1 }, 'no space was made for it')
  t.equal((await server.ask('PUT /snapshot', text)).status, 200, 'the whole one is restored')
})

t.test('a snapshot may be larger than other bodies, up to 64 MiB', async t => {
  const server = begin('seed: 7', { bodyLimit: 1000 })
  const { text } = await begin().ask('GET /snapshot?secrets=true')
  t.ok(text.length > 300)
  t.equal((await server.ask('PUT /snapshot', text.padEnd(2000))).status, 200)
  t.match((await server.ask('PUT /snapshot', ' '.repeat(67_108_865))).body, {
    status: 413,
    detail: 'A body may have 67108864 bytes; --body-limit sets the limit.'
  })
})

t.test('events report a restored space and a fork', async t => {
  const told: unknown[] = []
  const server = begin('seed: 7', {
    onEvent: ({ space, payload }) => told.push(payload.kind === 'space' ? [space, payload.change] : payload.kind)
  })
  await server.ask('POST /sessions', { product: 'hcx', login: 'demo' })
  await server.ask('POST /spaces/default/fork', { to: 'fork' })
  await server.ask('PUT /snapshot', (await server.ask('GET /snapshot?secrets=true')).text)
  t.strictSame(told, ['session', ['fork', 'made'], ['default', 'restored']])
})

t.test('a running clock continues from its saved time, at any time of the restore', async t => {
  const server = begin()
  const { text } = await server.ask('GET /snapshot?secrets=true')
  const { now } = (await server.ask('GET /clock')).body
  server.systemClock.advance(3_600_000)
  await server.ask('PUT /snapshot?space=late', text)
  t.match((await server.ask('GET /clock?space=late')).body, { now, frozen: false })
  server.systemClock.advance(1000)
  t.equal(Date.parse(String((await server.ask('GET /clock?space=late')).body.now)), Date.parse(String(now)) + 1000)
})
