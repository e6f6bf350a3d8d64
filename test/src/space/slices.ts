import assert from 'node:assert/strict'
import t from 'tap'
import { atEndOfTurn } from '../../../src/base/promises.js'
import { eachInSlices, Slices } from '../../../src/base/slices.js'
import { clientOf, shippedStories, steered } from '../../support/control.js'
import { HastyClock } from '../../support/hasty-clock.js'
import { scenarioOf } from '../../support/scenario.js'

const hcx = clientOf('hcx')

const begin = (options: Parameters<typeof steered>[0] = {}) => {
  const clock = new HastyClock()
  return {
    ...steered({ systemClock: clock, catalog: shippedStories, scenario: scenarioOf('rules: []'), ...options }),
    clock
  }
}

type Server = ReturnType<typeof begin>

const prefixed = (space: string, request: ReturnType<typeof hcx.login>) => ({
  ...request,
  url: `/~${space}${request.url}`
})

const logIn = async (server: Server, space: string, count: number): Promise<string[]> => {
  const tokens: string[] = []
  for (let each = 0; each < count; each += 1) tokens.push(hcx.issued(await server.send(prefixed(space, hcx.login()))))
  return tokens
}

/** Asks the control API, and from the first slices of its work until its answer does other work; `times`: how often. */
const meanwhile = async (server: Server, asked: Parameters<Server['ask']>, work: () => Promise<unknown>) => {
  let isOver = false
  let times = 0
  const begun = server.clock.someSlices()
  const answer = server.ask(...asked).finally(() => {
    isOver = true
  })
  for (await Promise.race([begun, answer]); !isOver; times += 1) {
    await work()
    await new Promise<void>(atEndOfTurn)
  }
  return { answer: await answer, times }
}

const sessionsOf = async (server: Server, space: string) =>
  ((await server.ask(`GET /snapshot?space=${space}&secrets=true`)).body.sessions as { products: unknown[] }).products

t.test('many long works at once share one slice of each turn', async t => {
  let elapsed = 0
  let done = 0
  const slices = new Slices(() => elapsed)
  const work = () => {
    elapsed += 1
    done += 1
  }
  const items = Array.from({ length: 50 })
  const works = Promise.all(Array.from({ length: 20 }, () => eachInSlices(items, slices, work)))
  let isOver = false
  void works.then(() => {
    isOver = true
  })
  let most = 0
  while (!isOver) {
    const before = done
    await new Promise<void>(atEndOfTurn)
    most = Math.max(most, done - before)
  }
  t.equal(done, 1000)
  t.ok(most <= 10, `${most} in one turn, by slices of 5`)
})

t.test('a fork has the state at the time of the request, and appears as a whole', async t => {
  const server = begin()
  const tokens = await logIn(server, 'a', 50)
  const before = await sessionsOf(server, 'a')
  const { answer, times } = await meanwhile(server, ['POST /spaces/a/fork', { to: 'b' }], async () => {
    await server.send(prefixed('a', hcx.logout(tokens.pop() ?? '')))
    await logIn(server, 'a', 1)
    const fork = server.app.spaces.find('b')
    if (fork) assert.equal(fork.sessions.list(fork.clock.now()).length, 50)
  })
  t.ok(times > 5, 'others were answered in between')
  t.match(answer, { status: 201, body: { name: 'b', sessions: 50 } })
  t.strictSame(await sessionsOf(server, 'b'), before)
})

t.test('a fork has the counts of rules for each session at the time of the request', async t => {
  const scenario = scenarioOf('rules: [{ on: hcx.session, call: 3, per: session, then: { fail: server-error } }]')
  const server = begin({ scenario })
  const [token = '', ...others] = await logIn(server, 'a', 40)
  for (const each of [token, ...others]) await server.send(prefixed('a', hcx.use(each)))
  const counted = async (space: string) =>
    ((await server.ask(`GET /snapshot?space=${space}&secrets=true`)).body.rules as { bySession: unknown }).bySession
  const before = await counted('a')
  t.equal((before as unknown[]).length, 40)
  const { times } = await meanwhile(server, ['POST /spaces/a/fork', { to: 'b' }], () =>
    server.send(prefixed('a', hcx.use(others.pop() ?? token)))
  )
  t.ok(times > 5)
  t.strictSame(await counted('b'), before)
})

t.test('a fork with a name that was taken during its creation has no effect', async t => {
  const server = begin()
  await logIn(server, 'a', 50)
  const forking = server.ask('POST /spaces/a/fork', { to: 'b' })
  await logIn(server, 'b', 1)
  t.match(await forking, { status: 409, body: { detail: /There is a space "b"/ } })
  t.match((await server.ask('GET /sessions?space=b')).body, { count: 1 })
})

t.test('a restored space has the old or the new sessions, never both', async t => {
  const server = begin()
  const early = await logIn(server, 'a', 50)
  const { text: saved } = await server.ask('GET /snapshot?space=a&secrets=true')
  await server.ask('POST /reset?space=a')
  const late = await logIn(server, 'a', 50)
  const seen = new Set<string>()
  const { answer, times } = await meanwhile(server, ['PUT /snapshot?space=a', saved], async () => {
    // By their tokens alone, which lead to the space.
    const known = [early.at(0), early.at(-1), late.at(0), late.at(-1)].map(token =>
      server.app.spaces.ofToken('hcx', token) ? 'open' : 'unknown'
    )
    seen.add(known.join(' '))
    await server.send(prefixed('a', hcx.use(early[0] ?? '')))
  })
  t.ok(times > 5)
  t.match(answer, { status: 200, body: { name: 'a', sessions: 50 } })
  for (const each of seen) t.ok(['unknown unknown open open', 'open open unknown unknown'].includes(each), each)
  t.ok(hcx.succeeded(await server.send(hcx.use(early.at(-1) ?? ''))))
  t.notOk(hcx.succeeded(await server.send(hcx.use(late.at(-1) ?? ''))))
})

t.test('a restore of the sessions that are there already loses no way to them', async t => {
  const server = begin()
  const tokens = await logIn(server, 'a', 50)
  const { text: saved } = await server.ask('GET /snapshot?space=a&secrets=true')
  const { times } = await meanwhile(server, ['PUT /snapshot?space=a', saved], async () => {
    for (const token of [tokens.at(0), tokens.at(40), tokens.at(-1)])
      assert.equal(server.app.spaces.ofToken('hcx', token)?.name, 'a')
  })
  t.ok(times > 5)
  await Promise.all([server.ask('PUT /snapshot?space=a', saved), server.ask('PUT /snapshot?space=a', saved)])
  t.ok(tokens.every(token => server.app.spaces.ofToken('hcx', token)?.name === 'a'))
})

t.test('all spaces end at one moment', async t => {
  const server = begin()
  for (const space of ['a', 'b', 'c']) await logIn(server, space, 20)
  const tokens = server.app.spaces.list().flatMap(({ sessions }) => sessions.list(0).map(({ token }) => token))
  const seen = new Set<string>()
  const { times } = await meanwhile(server, ['DELETE /spaces'], async () => {
    const spaces = ['a', 'b', 'c'].map(name => server.app.spaces.find(name) !== undefined)
    const led = tokens.map(token => server.app.spaces.ofToken('hcx', token) !== undefined)
    seen.add([...new Set([...spaces, ...led])].join(' '))
  })
  t.ok(times > 5)
  for (const each of seen) t.ok(each === 'true' || each === 'false', each)
  t.strictSame(
    server.app.spaces.list().map(({ name }) => name),
    ['default']
  )
})

t.test('a snapshot with many errors in a long list is refused at the first one, and changes nothing', async t => {
  const server = begin()
  await logIn(server, 'a', 1)
  const saved = JSON.parse((await server.ask('GET /snapshot?space=a&secrets=true')).text)
  const [{ open }] = saved.sessions.products
  for (let number = 2; number <= 1200; number += 1) open.push({ ...open[0], number, token: `token-${number}` })
  saved.sessions.opened = 1200
  open[1100] = { ...open[1100], uses: 'often' }
  t.match(await server.ask('PUT /snapshot?space=a', saved), {
    status: 400,
    body: { errors: [{ in: 'body', at: 'sessions.products[0].open[1100].uses', message: /expected .* found "often"/ }] }
  })
  t.match((await server.ask('GET /sessions?space=a')).body, { count: 1 })
  open[1100] = { ...open[0], number: 1101 }
  t.match(await server.ask('PUT /snapshot?space=a', saved), {
    status: 400,
    body: { errors: [{ at: 'sessions.products[0].open[1100].token', message: 'this token is repeated' }] }
  })
})
