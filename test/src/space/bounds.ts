import t from 'tap'
import { toyDriver as client, toy } from '../../fixtures/toy.js'
import { shippedStories, steered } from '../../support/control.js'
import { type DoubleOptions, double } from '../../support/double.js'
import { form, type Request } from '../../support/driver.js'
import { products } from '../../support/known-products.js'
import { scenarioOf } from '../../support/scenario.js'
import { until } from '../../support/until.js'

const login = (name: string): Request => ({
  method: 'POST',
  url: '/session',
  headers: { ...form, accept: 'application/json' },
  payload: `login=${name}&password=demo`
})

const use = (token: string): Request => ({
  method: 'GET',
  url: '/session',
  headers: { accept: 'application/json', authorization: `Bearer ${token}` }
})

/** A server of few of everything, and what it hints. */
const small = (options: DoubleOptions = {}) => {
  const hints: string[] = []
  const server = double({ products: [toy], hint: sentence => hints.push(sentence), ...options })
  const inSpace = (name: string, request: Request) =>
    server.send({ ...request, headers: { ...request.headers, 'x-mock-space': name } })
  const names = () => server.app.spaces.list().map(({ name }) => name)
  return { ...server, hints, inSpace, names }
}

t.test('over the limit, the longest idle spaces are dropped, and logged once', async t => {
  const { inSpace, names, hints, systemClock } = small({ maxSpaces: 3 })
  for (const name of ['a', 'b', 'c', 'a', 'd', 'e']) {
    await inSpace(name, client.login())
    systemClock.advance(1)
  }
  t.strictSame(names(), ['default', 'a', 'd', 'e'])
  t.strictSame(hints, ['the limit of 3 spaces is reached: each new one replaces the longest idle; see --max-spaces'])
})

t.test('after a minute without a drop it is logged again', async t => {
  const { inSpace, hints, systemClock } = small({ maxSpaces: 1 })
  for (const name of ['a', 'b', 'c']) await inSpace(name, client.login())
  t.equal(hints.length, 1)
  systemClock.advance(60_000)
  await inSpace('d', client.login())
  t.equal(hints.length, 2)
})

t.test('a space selected by tokens is in use, and tokens do not select a dropped one', async t => {
  const { inSpace, names, send } = small({ maxSpaces: 2 })
  const token = client.issued(await inSpace('a', client.login()))
  const other = client.issued(await inSpace('b', client.login()))
  t.equal((await send(client.use(token))).statusCode, 200)
  await inSpace('c', client.login())
  t.strictSame(names(), ['default', 'a', 'c'])
  t.equal((await send(client.use(token))).statusCode, 200)
  t.equal((await send(client.use(other))).statusCode, 401)
})

t.test('a space with held requests is not dropped, at the limit or when idle', async t => {
  const scenario = scenarioOf('rules: [{ on: login, then: { hold: gate } }]')
  const { inSpace, names, app, systemClock } = small({ products, maxSpaces: 1, spaceIdle: 1000, scenario })
  const waiting = inSpace('a', login('demo'))
  await until(() => app.spaces.find('a')?.isBusy === true)
  for (const name of ['b', 'c']) await inSpace(name, use('0'))
  t.ok(names().includes('a'))
  systemClock.advance(1_000_000)
  t.strictSame(names(), ['default', 'a'])
  app.spaces.find('a')?.holds.release('gate')
  t.equal((await waiting).statusCode, 200)
  systemClock.advance(1_000_000)
  t.strictSame(names(), ['default'])
})

t.test('over the limit, the longest idle open session is evicted, with its reason', async t => {
  const { send, ask, systemClock } = steered({ maxSessions: 3 })
  const tokens: string[] = []
  for (let number = 0; number < 4; number += 1) {
    systemClock.advance(1000)
    const { cbrain_api_token: token } = (await send(login('demo'))).json() as { cbrain_api_token: string }
    tokens.push(token)
    systemClock.advance(1000)
    if (number === 2) await send(use(tokens[0] ?? ''))
  }
  t.equal((await ask('GET /sessions')).body.count, 3)
  const statuses: number[] = []
  for (const token of tokens) statuses.push((await send(use(token))).statusCode)
  t.strictSame(statuses, [200, 401, 200, 200])
  t.match((await ask('POST /requests/find', { reason: 'evicted' })).body, {
    requests: [{ why: { words: /^evicted .*ago by a limit of 3 open sessions$/ } }]
  })
  t.match((await ask('GET /metrics')).text, /session_mock_evicted_total\{kind="sessions"\} 1\n/)
})

t.test('over the limit of logins, the counts of the longest idle are reset', async t => {
  const scenario = scenarioOf('rules: [{ on: login, call: 2, per: login, then: { fail: forbidden } }]')
  const { send, hints } = small({ products, maxNames: 2, anyone: true, scenario })
  const isLetIn = async (name: string) => (await send(login(name))).statusCode === 200
  t.strictSame([await isLetIn('a'), await isLetIn('a'), await isLetIn('a')], [true, false, true])
  for (const name of ['b', 'c']) await isLetIn(name)
  t.strictSame([await isLetIn('a'), await isLetIn('a')], [true, false])
  t.match(hints, ['space default counts for 2 logins, the limit: '])
})

t.test(
  'the limit of open sessions is one of all spaces: a login evicts one of its space, and a copy is refused',
  async t => {
    const { send, ask, inSpace, hints, app } = (() => {
      const hints: string[] = []
      const server = steered({
        products,
        scenario: scenarioOf('rules: []'),
        maxSessions: 4,
        catalog: shippedStories,
        hint: sentence => hints.push(sentence)
      })
      const inSpace = (name: string, request: Request) =>
        server.send({ ...request, headers: { ...request.headers, 'x-mock-space': name } })
      return { ...server, inSpace, hints }
    })()
    const tokenIn = async (space: string) => (await inSpace(space, login('demo'))).json().cbrain_api_token as string
    const countOf = (name: string) => app.spaces.find(name)?.sessions.openCount
    const [first, second] = [await tokenIn('a'), await tokenIn('a')]
    const saved = (await ask('GET /snapshot?space=a&secrets=true')).text
    t.equal((await ask('POST /spaces/a/fork', { to: 'b' })).status, 201)
    const refused = {
      title: 'Too many sessions',
      detail: /^2 more open sessions .*: the server has 4 of 4; .*--max-sessions/
    }
    t.match(await ask('POST /spaces/a/fork', { to: 'c' }), { status: 409, body: refused })
    t.match(await ask('PUT /snapshot?space=c', saved), { status: 409, body: refused })
    t.equal((await ask('PUT /snapshot?space=b', saved)).status, 200, 'its own sessions make room')
    t.strictSame(hints, [])
    await tokenIn('a')
    t.match(hints, [
      'the limit of 4 open sessions is reached: each new one in space a evicts a long idle one of it; see '
    ])
    t.strictSame([countOf('a'), countOf('b'), countOf('c')], [2, 2, 0])
    const statuses = [await send(use(first)), await send(use(second))].map(({ statusCode }) => statusCode)
    t.strictSame(statuses.sort(), [200, 401])
    await ask('DELETE /spaces?space=b')
    t.equal((await ask('POST /spaces/a/fork', { to: 'd' })).status, 201)
  }
)

t.test('of parallel forks, those within the limit of open sessions succeed', async t => {
  const { send, ask, app } = steered({ products, maxSessions: 10 })
  for (let number = 0; number < 3; number += 1) await send(login('demo'))
  const forks = ['a', 'b', 'c', 'd'].map(to => ask('POST /spaces/default/fork', { to }))
  t.strictSame((await Promise.all(forks)).map(({ status }) => status).sort(), [201, 201, 409, 409])
  t.equal(
    app.spaces.list().reduce((sum, { sessions }) => sum + sessions.openCount, 0),
    9
  )
})
