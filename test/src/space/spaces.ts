import t from 'tap'
import { toyDriver as client, toy } from '../../fixtures/toy.js'
import { type DoubleOptions, double } from '../../support/double.js'
import type { Request } from '../../support/driver.js'

/** A client that says in which space it means a request, by its path or by a header. */
const town = (options: DoubleOptions = {}) => {
  const { app, send, systemClock } = double({ products: [toy], ...options })
  const at = (space: string, request: Request) => send({ ...request, url: `/~${space}${request.url}` })
  const under = (space: string, request: Request) =>
    send({ ...request, headers: { ...request.headers, 'x-mock-space': space } })
  return {
    app,
    systemClock,
    send,
    at,
    under,
    login: async (space: string) => client.issued(await at(space, client.login())),
    names: () => app.spaces.list().map(({ name }) => name)
  }
}

t.test('a path prefix or a header selects the space, and later its token alone', async t => {
  const { at, under, send } = town()
  for (const login of [await at('blue', client.login()), await under('blue', client.login())]) {
    const token = client.issued(login)
    t.equal((await at('blue', client.use(token))).body, 'demo\n')
    t.equal((await under('blue', client.use(token))).body, 'demo\n')
    t.equal((await send(client.use(token))).body, 'demo\n')
  }
})

t.test('a token is invalid in another named space', async t => {
  const { app, at, under, send, login } = town()
  const token = await login('blue')
  const home = client.issued(await send(client.login()))
  for (const reply of [
    await at('red', client.use(token)),
    await under('red', client.use(token)),
    await at('default', client.use(token)),
    await at('blue', client.use(home)),
    await at('red', client.logout(token))
  ])
    t.equal(reply.body, 'no: no-session\n')
  t.equal((await app.spaces.default.sessions.list(0)).length, 1)
  t.equal((await send(client.use(token))).statusCode, 200)
})

t.test('the path takes precedence over the header, and the header over the token', async t => {
  const { send, login } = town()
  const token = await login('blue')
  const { url, ...use } = client.use(token)
  const headers = (space: string) => ({ ...use.headers, 'x-mock-space': space })
  t.equal((await send({ ...use, url: `/~blue${url}`, headers: headers('red') })).statusCode, 200)
  t.equal((await send({ ...use, url, headers: headers('red') })).statusCode, 401)
})

t.test('requests without a space are in the default one', async t => {
  const { send, at, names } = town()
  const token = client.issued(await send(client.login()))
  t.equal((await at('default', client.use(token))).statusCode, 200)
  t.strictSame(names(), ['default'])
})

t.test('spaces are created at first use, each with its own clock', async t => {
  const { app, send, login, names } = town()
  const [blue, red] = [await login('blue'), await login('red')]
  t.strictSame(names(), ['default', 'blue', 'red'])
  app.spaces.get('blue').clock.advance(toy.sessions.policy.idle)
  t.equal((await send(client.use(blue))).body, 'no: expired-session\n')
  t.equal((await send(client.use(red))).body, 'demo\n')
})

t.test('an ended token still selects its space, with its reason', async t => {
  const { send, login } = town()
  const token = await login('blue')
  await send(client.logout(token))
  t.equal((await send(client.use(token))).body, 'no: no-session\n')
  const reasons: unknown[] = []
  const other = town({
    onExchange: ({ space, why }) => reasons.push([space, why?.reason])
  })
  const ended = await other.login('blue')
  await other.send(client.logout(ended))
  await other.send(client.use(ended))
  t.strictSame(reasons.at(-1), ['blue', 'logged-out'])
})

t.test('a token dropped by its space selects no space', async t => {
  const seen: string[] = []
  const { send, login } = town({ remember: 0, onExchange: ({ space }) => seen.push(space) })
  const token = await login('blue')
  await send(client.logout(token))
  await send(client.use(token))
  t.strictSame(seen, ['blue', 'blue', 'default'])
})

t.test('with one seed, each space has its own tokens, the same on every run', async t => {
  const tokens = async () => {
    const { login } = town({ scenario: { seed: 7 } })
    return [await login('blue'), await login('blue'), await login('red')]
  }
  const once = await tokens()
  t.equal(new Set(once).size, 3)
  t.strictSame(await tokens(), once)
})

t.test('with a seed, responses in one space are independent of other spaces', async t => {
  const quiet = town({ scenario: { seed: 7 } })
  const alone = [await quiet.login('blue'), await quiet.login('blue')]
  const busy = town({ scenario: { seed: 7 } })
  const first = await busy.login('blue')
  await Promise.all([busy.login('red'), busy.send(client.login()), busy.login('green')])
  t.strictSame([first, await busy.login('blue')], alone)
})

t.test('an invalid name of a space is refused, and creates no space', async t => {
  const { send, at, under, names } = town()
  const long = 'x'.repeat(65)
  for (const reply of [
    await at('', client.login()),
    await at('a%20b', client.login()),
    await at('~', client.login()),
    await at(long, client.login()),
    await send({ method: 'POST', url: '/~' }),
    await send({ method: 'POST', url: '/~?x' }),
    await under('', client.login()),
    await under('a b', client.login()),
    await under('a, b', client.login()),
    await under(long, client.login())
  ]) {
    t.equal(reply.statusCode, 400)
    t.equal(reply.headers['content-type'], 'application/problem+json')
    t.equal(reply.json().title, 'Invalid name of a space')
  }
  t.strictSame(names(), ['default'])
})

t.test('a name has letters, digits, dots, underscores and hyphens, up to 64', async t => {
  const { at, names } = town()
  for (const name of ['a', 'CI-run_7.1', 'x'.repeat(64), '__proto__', 'constructor', '..'])
    t.equal((await at(name, client.login())).statusCode, 200)
  t.equal(names().length, 7)
})
