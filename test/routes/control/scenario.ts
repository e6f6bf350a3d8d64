import t from 'tap'
import { clientOf, type Steered, shippedStories, steered } from '../../support/control.js'
import { scenarioOf } from '../../support/scenario.js'

const hcx = clientOf('hcx')

const broken = `title: every use breaks
rules:
  - on: hcx.session
    name: broken
    then: { fail: server-error }
`

const titleOf = async ({ ask }: Steered, space = ''): Promise<unknown> =>
  (await ask(`GET /scenario${space}`)).body.title

const login = async ({ send }: Steered): Promise<string> => hcx.issued(await send(hcx.login()))

t.test('the scenario has its rules as sentences, with counts of matches and applications', async t => {
  const server = steered({
    scenario: scenarioOf(
      'title: the second use\nseed: 7\nrules: [{ on: hcx.session, call: 2, then: expire, name: second }]'
    )
  })
  const token = await login(server)
  for (const _use of [1, 2, 3]) await server.send(hcx.use(token))
  t.strictSame((await server.ask('GET /scenario')).body, {
    space: 'default',
    title: 'the second use',
    state: 'Started',
    seed: 7,
    rules: [
      {
        number: 1,
        rule: 'rule "second" (scenario.yaml:3)',
        sentence: 'on hcx.session, on the second call: expire the session (applied 1 time)',
        matched: 3,
        played: 1
      }
    ]
  })
})

t.test('the scenario has the end of a rule and of a state, by its clock', async t => {
  const rules = `rules:
  - { on: hcx.session, for: 10m, then: { delay: 1ms } }
  - { on: hcx.login, then: { state: { to: Busy, for: 5m } } }`
  const server = steered({ scenario: scenarioOf(`clock: 2026-01-01T00:00:00Z\nfrozen: true\n${rules}`) })
  t.match((await server.ask('GET /scenario')).body, { rules: [{ until: undefined }, {}] }, 'it has not begun')
  await server.send(hcx.use(await login(server)))
  t.match((await server.ask('GET /scenario')).body, {
    state: 'Busy',
    stateUntil: '2026-01-01T00:05:00.000Z',
    rules: [
      {
        until: '2026-01-01T00:10:00.000Z',
        sentence: /\(applied 1 time, lasts until 2026-01-01T00:10:00\.000Z\)$/
      },
      { played: 1 }
    ]
  })
  await server.ask('PUT /clock', { action: 'advance', by: '10m' })
  const { body } = await server.ask('GET /scenario')
  t.match(body, { state: 'Started', rules: [{ sentence: /over since 2026-01-01T00:10:00\.000Z\)$/ }, {}] })
  t.notOk('stateUntil' in body)
})

for (const [form, text] of [
  ['YAML', broken],
  ['JSON', '{"title":"every use breaks","rules":[{"on":"hcx.session","then":{"fail":"server-error"}}]}']
] as const)
  t.test(`a scenario in ${form} replaces that of every space`, async t => {
    const server = steered()
    await server.ask('POST /spaces', { name: 'a' })
    const token = await login(server)
    const told = await server.ask('PUT /scenario', text, { 'content-type': 'text/plain' })
    t.match(told.body, { space: 'default', title: 'every use breaks', rules: [{ played: 0 }] })
    t.equal(await titleOf(server, '?space=a'), 'every use breaks')
    t.equal((await server.send(hcx.use(token))).statusCode, 500)
    t.match((await server.ask('GET /sessions')).body, { count: 0 }, 'whoever was logged in is so no more')
    await server.ask('POST /spaces', { name: 'b' })
    t.equal(await titleOf(server, '?space=b'), 'every use breaks', 'and a new space begins with it too')
  })

t.test('a scenario can be replaced in one space', async t => {
  const server = steered()
  t.match((await server.ask('PUT /scenario?space=a', broken)).body, { space: 'a' })
  t.equal(await titleOf(server), 'a test')
  t.equal(await titleOf(server, '?space=a'), 'every use breaks')
  await server.ask('POST /reset?space=a')
  t.equal(await titleOf(server, '?space=a'), 'every use breaks', 'a reset begins the same scenario')
  t.match((await server.ask('DELETE /scenario?space=a')).body, { space: 'a', title: 'a test', rules: [] })
})

t.test('keep=sessions replaces only accounts, settings and rules', async t => {
  const server = steered()
  const token = await login(server)
  await server.ask('PUT /clock', { action: 'advance', by: '5m' })
  t.match((await server.ask('PUT /scenario?keep=sessions', broken)).body, { title: 'every use breaks' })
  t.equal((await server.send(hcx.use(token))).statusCode, 500)
  t.match((await server.ask('GET /sessions')).body, { count: 1, sessions: [{ age: 300 }] })
  t.match((await server.ask('GET /requests')).body, { count: 2 })
  await server.ask('PUT /scenario?keep=sessions&space=a', 'title: only there')
  t.equal(await titleOf(server), 'every use breaks')
  t.match((await server.ask('PUT /scenario?keep=all', broken)).body, {
    status: 400,
    detail: 'query keep: expected sessions, found "all"'
  })
})

t.test('a shipped scenario is set by its name, and the names are listed with titles', async t => {
  const server = steered({ catalog: shippedStories })
  const { scenarios } = (await server.ask('GET /scenarios')).body as { scenarios: { name: string; title: string }[] }
  t.ok(scenarios.some(({ name }) => name === 'default'))
  for (const { title } of scenarios) t.match(title, /^\S.*\S$/)
  const held = scenarios.find(({ name }) => name === 'login-held')
  t.equal((await server.ask('PUT /scenario', 'login-held\n')).body.title, held?.title)
  const slip = await server.ask('PUT /scenario', 'login-hold')
  t.match(slip.body, {
    status: 400,
    title: 'No such scenario',
    detail: 'No scenario called "login-hold" is shipped; did you mean login-held?'
  })
  t.equal(await titleOf(server), held?.title)
})

t.test('a scenario with errors changes nothing, and the response lists all errors with places', async t => {
  const server = steered()
  const token = await login(server)
  const told = await server.ask(
    'PUT /scenario',
    'title: wrong\nrules:\n  - on: hcx.sesion\n    then: { fial: x }\nclok: 3\n'
  )
  t.equal(told.status, 400)
  t.equal(told.type, 'application/problem+json')
  t.equal(told.body.title, 'The scenario has errors')
  const errors = told.body.errors as { file: string; line: number; path: string; message: string }[]
  t.match(errors.map(({ file, line, path }) => `${file}:${line} ${path}`).sort(), [
    'body:3 rules[0].on',
    'body:4 rules[0].then.fial',
    'body:5 clok'
  ])
  for (const { message } of errors) t.ok(String(told.body.detail).includes(message))
  t.equal(await titleOf(server), 'a test')
  t.ok(hcx.succeeded(await server.send(hcx.use(token))))
  t.match((await server.ask('PUT /scenario?space=a', 'rules: 3')).body, { status: 400 })
  t.equal((await server.ask('GET /scenario?space=a')).status, 404)
  t.equal(await titleOf(server, '?space=default'), 'a test')
})

for (const [what, text, detail] of [
  ['nothing', '', /^The body is empty: send YAML, JSON, or the name/],
  ['text that is no YAML', 'title: [', /^body:1:/],
  ['a list', '- 1\n- 2\n', /^body:1:1: expected /]
] as const)
  t.test(`${what} is not a scenario`, async t => {
    const server = steered()
    t.match((await server.ask('PUT /scenario', text)).body, { status: 400, detail })
    t.equal(await titleOf(server), 'a test')
  })

t.test('DELETE restores the initial scenario, in one space or all', async t => {
  const server = steered()
  await server.ask('PUT /scenario', broken)
  await server.ask('POST /spaces', { name: 'a' })
  t.match((await server.ask('DELETE /scenario?space=a')).body, { space: 'a', title: 'a test' })
  t.equal(await titleOf(server), 'every use breaks')
  t.match((await server.ask('DELETE /scenario')).body, { space: 'default', title: 'a test' })
  await server.ask('POST /spaces', { name: 'b' })
  t.equal(await titleOf(server, '?space=b'), 'a test')
})

t.test('warnings of a scenario are reported, and it is applied', async t => {
  const server = steered()
  const told = await server.ask(
    'PUT /scenario',
    'title: hardly\nrules:\n  - { on: hcx.session, chance: 0, then: expire }'
  )
  t.equal(told.status, 200)
  t.match(told.body, {
    title: 'hardly',
    warnings: [{ file: 'body', line: 3, path: 'rules[0]', message: /^this rule never applies: / }]
  })
})

t.test('the schema of scenarios has the served products', async t => {
  const { ask } = steered()
  t.match((await ask('GET /schema')).body, { type: 'object', properties: { rules: { type: 'array' }, seed: {} } })
})

t.test('a text is validated without being applied: rules as sentences, or errors with lines', async t => {
  const server = steered()
  const before = await titleOf(server)
  t.match((await server.ask('POST /scenario/validate', broken)).body, {
    valid: true,
    errors: [],
    warnings: [],
    title: 'every use breaks',
    rules: [{ number: 1, rule: 'rule "broken" (body:3)' }]
  })
  const { status, body } = await server.ask('POST /scenario/validate', 'title: x\nrules:\n  - on: hcx.sesion\n')
  t.equal(status, 200)
  t.match(body, { valid: false, errors: [{ line: 3 }] })
  for (const text of ['', 'no-such-name'])
    t.match((await server.ask('POST /scenario/validate', text)).body, { valid: false })
  t.equal(await titleOf(server), before)
})

t.test('the source text of the scenario is returned unchanged; without a text it is a 404', async t => {
  const server = steered({ scenario: {} })
  t.equal((await server.ask('GET /scenario/text')).status, 404)
  await server.ask('PUT /scenario', broken)
  const { status, type, text } = await server.ask('GET /scenario/text')
  t.strictSame([status, type, text], [200, 'application/yaml', broken])
})

t.test(
  'the text of a shipped scenario is returned by name; an unknown name is refused with the known ones',
  async t => {
    const { ask } = steered({ catalog: shippedStories })
    const { text } = await ask('GET /scenarios/default')
    t.equal(text, await shippedStories.text('default'))
    const { status, body } = await ask('GET /scenarios/defalt')
    t.equal(status, 404)
    t.match(body, { detail: /"defalt" is shipped; did you mean default\?/, scenarios: await shippedStories.names() })
  }
)
