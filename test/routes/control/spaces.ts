import t from 'tap'
import { clientOf, type Steered, steered } from '../../support/control.js'

const namesOf = async ({ ask }: Steered): Promise<string[]> =>
  ((await ask('GET /spaces')).body.spaces as { name: string }[]).map(({ name }) => name)

const clock = { now: '2026-01-01T12:00:00.000Z', frozen: false }

t.test('the list of spaces has the clock of each', async t => {
  const { ask } = steered()
  await ask('PUT /clock?space=a', { action: 'freeze' })
  await ask('PUT /clock?space=a', { action: 'advance', by: '1h' })
  t.match((await ask('GET /spaces')).body, {
    spaces: [
      { name: 'default', ...clock },
      { name: 'a', now: '2026-01-01T13:00:00.000Z', frozen: true }
    ]
  })
})

t.test('spaces are listed with scenario and counts', async t => {
  const server = steered()
  const hcx = clientOf('hcx')
  await server.send({ ...hcx.login(), url: `/~a${hcx.login().url}` })
  t.strictSame((await server.ask('GET /spaces')).body, {
    spaces: [
      { name: 'default', scenario: 'a test', state: 'Started', requests: 0, sessions: 0, ...clock },
      { name: 'a', scenario: 'a test', state: 'Started', requests: 1, sessions: 1, ...clock }
    ]
  })
  t.match((await server.ask('GET /spaces?space=a')).body, { spaces: [{ name: 'a' }] })
})

t.test('a space can be created before its first request; an existing one is unchanged', async t => {
  const server = steered()
  const made = await server.ask('POST /spaces', { name: 'a' })
  t.equal(made.status, 201)
  t.strictSame(made.body, { name: 'a', scenario: 'a test', state: 'Started', requests: 0, sessions: 0, ...clock })
  await server.ask('POST /sessions?space=a', { product: 'hcx', login: 'demo' })
  const known = await server.ask('POST /spaces', { name: 'a' })
  t.equal(known.status, 200)
  t.match(known.body, { name: 'a', sessions: 1 })
})

t.test('an invalid name of a space is refused', async t => {
  const server = steered()
  const rule = 'the name of a space: 1 to 64 letters, digits, ".", "_" or "-"'
  for (const [body, detail] of [
    [{}, 'body: the key "name" is missing: a space requires it'],
    [{ name: '' }, `body name: expected ${rule}, found ""`],
    [{ name: 'a b' }, `body name: expected ${rule}, found "a b"`],
    [{ name: 7 }, `body name: expected ${rule}, found 7; write it in quotes: "7"`],
    [{ name: 'x'.repeat(65) }, `body name: expected ${rule}, found "${'x'.repeat(56)}…"`]
  ] as const)
    t.match((await server.ask('POST /spaces', body)).body, { status: 400, detail })
  t.match((await server.ask('GET /clock?space=a%20b')).body, {
    status: 400,
    detail: 'query space: expected the name of a space, found "a b"'
  })
  t.match((await server.ask('GET /~a%20b/__admin/clock')).body, { status: 400, title: 'Invalid name of a space' })
  t.strictSame(await namesOf(server), ['default'])
})

t.test('a space is deleted with its state, and recreated by the next request', async t => {
  const server = steered()
  const hcx = clientOf('hcx')
  const token = hcx.issued(await server.send({ ...hcx.login(), url: `/~a${hcx.login().url}` }))
  t.ok(hcx.succeeded(await server.send(hcx.use(token))), 'the token leads to its space')
  t.strictSame((await server.ask('DELETE /spaces?space=a')).body, { dropped: ['a'] })
  t.strictSame(await namesOf(server), ['default'])
  t.notOk(hcx.succeeded(await server.send({ ...hcx.use(token), url: `/~a${hcx.use(token).url}` })))
  t.match((await server.ask('GET /spaces?space=a')).body, { spaces: [{ requests: 1, sessions: 0 }] })
})

t.test('without a name all spaces are deleted, and the default one is reset', async t => {
  const server = steered()
  for (const name of ['a', 'b']) await server.ask('POST /spaces', { name })
  await server.ask('POST /sessions', { product: 'hcx', login: 'demo' })
  t.strictSame((await server.ask('DELETE /spaces')).body, { dropped: ['a', 'b'] })
  t.match((await server.ask('GET /spaces')).body, { spaces: [{ name: 'default', sessions: 0 }] })
  t.strictSame((await server.ask('DELETE /spaces?space=default')).body, { dropped: [] })
})

/** What only tells of a space, or ends something in it. */
const reading = [
  'GET /clock',
  'GET /health',
  'GET /sessions',
  'GET /scenario',
  'GET /requests',
  'GET /verdicts',
  'POST /requests/find',
  'POST /requests/count',
  'POST /sessions/expire',
  'DELETE /requests',
  'DELETE /spaces',
  'GET /events'
]

t.test('reading from an unknown space is refused with a suggestion', async t => {
  const server = steered()
  await server.ask('POST /spaces', { name: 'checkout' })
  for (const line of reading) {
    const told = await server.ask(`${line}?space=chekout`)
    t.equal(told.status, 404, line)
    t.match(told.body, {
      title: 'No such space',
      detail: 'There is no space "chekout"; did you mean checkout?',
      spaces: ['default', 'checkout']
    })
  }
  t.strictSame(await namesOf(server), ['default', 'checkout'])
})

t.test('writing to a space creates it, as does any request with its prefix', async t => {
  const server = steered()
  await server.ask('PUT /clock?space=a', { action: 'freeze' })
  await server.ask('POST /reset?space=b')
  await server.ask('POST /requests/wait?space=c', { within: '0s' })
  await server.ask('PUT /scenario?space=d', 'title: d')
  await server.ask('GET /~e/__admin/clock')
  await server.ask('GET /clock', undefined, { 'x-mock-space': 'f' })
  t.strictSame(await namesOf(server), ['default', 'a', 'b', 'c', 'd', 'e', 'f'])
})

t.test('the name in the query takes precedence over path and header', async t => {
  const server = steered()
  for (const name of ['a', 'b']) await server.ask('POST /spaces', { name })
  t.equal((await server.ask('GET /~a/__admin/clock?space=b', undefined, { 'x-mock-space': 'c' })).body.space, 'b')
  t.equal((await server.ask('GET /~a/__admin/clock', undefined, { 'x-mock-space': 'c' })).body.space, 'a')
})

t.test('control requests keep a space in use', async t => {
  const server = steered({ spaceIdle: 60_000 })
  await server.ask('POST /spaces', { name: 'a' })
  await server.ask('POST /spaces', { name: 'b' })
  server.systemClock.advance(40_000)
  await server.ask('GET /clock?space=a')
  server.systemClock.advance(40_000)
  t.strictSame(await namesOf(server), ['default', 'a'])
})
