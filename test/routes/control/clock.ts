import t, { type Test } from 'tap'
import { clientOf, type Steered, steered, type Told } from '../../support/control.js'

const hcx = clientOf('hcx')
const noon = '2026-01-01T12:00:00.000Z'

const refused = (t: Test, { status, type, body }: Told, detail: string) => {
  t.equal(status, 400)
  t.equal(type, 'application/problem+json')
  t.equal(body.detail, detail)
}

t.test('a clock is reported with its space, and runs in real time', async t => {
  const { ask, systemClock } = steered()
  t.strictSame((await ask('GET /clock')).body, { space: 'default', now: noon, frozen: false })
  systemClock.advance(1500)
  t.strictSame((await ask('GET /clock')).body, { space: 'default', now: '2026-01-01T12:00:01.500Z', frozen: false })
})

t.test('a frozen clock does not run, can be advanced, and continues from its time', async t => {
  const { ask, systemClock } = steered()
  t.strictSame((await ask('PUT /clock', { action: 'freeze' })).body, { space: 'default', now: noon, frozen: true })
  systemClock.advance(60_000)
  t.equal((await ask('GET /clock')).body.now, noon)
  t.equal((await ask('PUT /clock', { action: 'advance', by: '1h30m' })).body.now, '2026-01-01T13:30:00.000Z')
  t.equal(
    (await ask('PUT /clock', { action: 'set', to: '2030-06-01T00:00:00+02:00' })).body.now,
    '2030-05-31T22:00:00.000Z'
  )
  t.strictSame((await ask('PUT /clock', { action: 'run' })).body, {
    space: 'default',
    now: '2030-05-31T22:00:00.000Z',
    frozen: false
  })
  systemClock.advance(1000)
  t.equal((await ask('GET /clock')).body.now, '2030-05-31T22:00:01.000Z')
})

/** Whether a session that is opened now is good after these moves of the clock. */
const isGoodAfter = async ({ ask, send }: Steered, ...moves: object[]): Promise<boolean> => {
  const token = hcx.issued(await send(hcx.login()))
  for (const move of moves) await ask('PUT /clock', move)
  return hcx.succeeded(await send(hcx.use(token)))
}

t.test('an advanced clock expires sessions immediately: a token of an hour is invalid after 61 minutes', async t => {
  t.equal(await isGoodAfter(steered(), { action: 'advance', by: '59m' }), true)
  t.equal(await isGoodAfter(steered(), { action: 'advance', by: '61m' }), false)
})

t.test('a clock can be set to the past: open sessions stay open, ended ones stay ended', async t => {
  const server = steered()
  t.equal(await isGoodAfter(server, { action: 'set', to: '1999-12-31T23:59:59Z' }), true)
  const [session] = (await server.ask('GET /sessions')).body.sessions as { age: number }[]
  t.match(session, { openedAt: noon, usedAt: '1999-12-31T23:59:59.000Z' })
  t.equal(
    await isGoodAfter(server, { action: 'advance', by: '61m' }, { action: 'set', to: '1970-01-01T00:00:00Z' }),
    true,
    'nobody has looked at it meanwhile, so by this clock it never expired'
  )
  const token = hcx.issued(await server.send(hcx.login()))
  await server.ask('PUT /clock', { action: 'advance', by: '2h' })
  await server.send(hcx.use(token))
  await server.ask('PUT /clock', { action: 'set', to: '1970-01-01T00:00:00Z' })
  t.notOk(hcx.succeeded(await server.send(hcx.use(token))))
  const { requests } = (await server.ask('GET /requests?limit=1')).body as { requests: { why: { words: string } }[] }
  t.equal(requests[0]?.why.words, 'expired at 1970-01-01T01:00:00.000Z, in the future by the clock (idle 1h)')
})

t.test('each space has its own clock, selected by query, path or header; without a name all are addressed', async t => {
  const { ask } = steered()
  const now = async (space: string) => (await ask(`GET /clock?space=${space}`)).body.now
  await ask('PUT /clock?space=a', { action: 'set', to: '2001-01-01T00:00:00Z' })
  await ask('PUT /~b/__admin/clock', { action: 'set', to: '2002-01-01T00:00:00Z' })
  t.strictSame((await ask('PUT /clock', { action: 'freeze' }, { 'x-mock-space': 'c' })).body, {
    space: 'c',
    now: noon,
    frozen: true
  })
  t.equal(await now('a'), '2001-01-01T00:00:00.000Z')
  t.equal(await now('b'), '2002-01-01T00:00:00.000Z')
  t.equal(await now('default'), noon)
  await ask('PUT /clock', { action: 'advance', by: '1d' })
  t.equal(await now('a'), '2001-01-02T00:00:00.000Z')
  t.equal(await now('default'), '2026-01-02T12:00:00.000Z')
})

t.test('invalid changes are refused with a valid value, and change nothing', async t => {
  const { ask } = steered()
  const wrong: readonly (readonly [body: unknown, detail: string])[] = [
    [{}, 'body: the key "action" is missing: what to do with the clock requires it'],
    [{ action: 'stop' }, 'body action: expected freeze, run, set, advance or next-expiry, found "stop"'],
    [
      { action: 'freez' },
      'body action: expected freeze, run, set, advance or next-expiry, found "freez"; did you mean freeze?'
    ],
    [{ action: 'set' }, 'body to: set needs a time, such as 2026-01-01T00:00:00Z'],
    [{ action: 'advance' }, 'body by: advance needs a duration, such as 31m'],
    [{ action: 'freeze', by: '3s' }, 'body by: freeze takes no duration'],
    [{ action: 'run', to: '2026-01-01T00:00:00Z' }, 'body to: run takes no time'],
    [{ action: 'advance', by: '-5m' }, 'body by: expected a duration such as 200ms, 2s or 1h30m, found "-5m"'],
    [
      { action: 'advance', by: 5 },
      'body by: expected a duration such as 200ms, 2s or 1h30m, found 5; add its unit: 5s or 5ms'
    ],
    [{ action: 'set', to: 'tomorrow' }, 'body to: expected a time such as 2026-01-01T00:00:00Z, found "tomorrow"'],
    [
      { action: 'set', to: '2026-01-01T00:00:00' },
      'body to: expected a time such as 2026-01-01T00:00:00Z, found "2026-01-01T00:00:00"'
    ],
    [
      { action: 'set', to: '2026-13-01T00:00:00Z' },
      'body to: expected a time such as 2026-01-01T00:00:00Z, found "2026-13-01T00:00:00Z"'
    ],
    [{ action: 'set', to: '0000-01-01T00:00:00Z' }, 'body to: the clock would be outside of the years 1 to 9998'],
    [{ action: 'advance', by: '8000000000h' }, 'body by: the clock would be outside of the years 1 to 9998'],
    [{ action: 'advance', by: `${'9'.repeat(400)}d` }, 'body by: the clock would be outside of the years 1 to 9998'],
    [{ action: 'freeze', space: 'a' }, 'body space: unknown key "space"; expected action, to or by'],
    ['freeze', 'body: expected what to do with the clock, with keys such as action, found "freeze"']
  ]
  for (const [body, detail] of wrong)
    await t.test(JSON.stringify(body).slice(0, 60), async t =>
      refused(t, await ask('PUT /clock', typeof body === 'string' ? JSON.stringify(body) : body), detail)
    )
  t.strictSame((await ask('GET /clock')).body, { space: 'default', now: noon, frozen: false })
})

t.test('an advance that is impossible for one space is applied to none', async t => {
  const { ask } = steered()
  await ask('PUT /clock?space=late', { action: 'set', to: '9998-12-31T00:00:00Z' })
  t.equal((await ask('PUT /clock', { action: 'advance', by: '2d' })).status, 400)
  t.equal((await ask('GET /clock')).body.now, noon)
  t.equal((await ask('GET /clock?space=late')).body.now, '9998-12-31T00:00:00.000Z')
})

t.test('the clock advances to the next expiry: one session ends, and the later one stays open', async t => {
  const { ask, send, systemClock } = steered()
  await ask('PUT /clock', { action: 'freeze' })
  await send(hcx.login())
  await ask('PUT /clock', { action: 'advance', by: '10m' })
  await send(hcx.login())
  t.equal((await ask('GET /clock')).body.nextExpiry, '2026-01-01T13:00:00.000Z')
  systemClock.advance(1)
  const { body } = await ask('PUT /clock', { action: 'next-expiry' })
  t.strictSame(body, { space: 'default', now: '2026-01-01T13:00:00.000Z', frozen: true })
  t.match((await ask('GET /sessions')).body, { count: 1, sessions: [{ openedAt: '2026-01-01T12:10:00.000Z' }] })
})

t.test('without a session with a timeout, next-expiry is refused, and the clock is unchanged', async t => {
  const { ask } = steered()
  await ask('PUT /clock', { action: 'freeze' })
  const { status, body } = await ask('PUT /clock', { action: 'next-expiry' })
  t.equal(status, 409)
  t.equal(body.detail, 'No open session has a timeout; log in first.')
  t.equal((await ask('GET /clock')).body.now, noon)
  refused(t, await ask('PUT /clock', { action: 'next-expiry', by: '1m' }), 'body by: next-expiry takes no duration')
  refused(t, await ask('PUT /clock', { action: 'next-expiry', to: noon }), 'body to: next-expiry takes no time')
})
