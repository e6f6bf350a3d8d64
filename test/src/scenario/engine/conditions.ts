import t from 'tap'
import { double } from '../../../support/double.js'
import type { Driver, Reply, Request } from '../../../support/driver.js'
import { drivers } from '../../../support/drivers.js'
import { loginAs } from '../../../support/login-form.js'
import { scenarioOf } from '../../../support/scenario.js'

const [netbrain, videntity, cbrain, hcx] = drivers as readonly [Driver, Driver, Driver, Driver]
const minute = 60_000

/** A server on which all calls of which this holds are answered 418. */
const server = (when: string, more = '') => {
  const { send, systemClock, app } = double({
    scenario: scenarioOf(`
      accounts: [{ login: demo, password: demo }, { login: Norm, password: demo }]
      rules: [${more} { on: "*", when: { ${when} }, then: { reply: { status: 418 } } }]`)
  })
  return {
    app,
    systemClock,
    send,
    holds: async (request: Request) => (await send(request)).statusCode === 418,
    login: async (driver: Driver, name = 'demo') => driver.issued(await send(loginAs(driver, name)))
  }
}

const isTeapot = ({ statusCode }: Reply) => statusCode === 418

t.test('login is the name on the form, valid or not, and later the owner of the session', async t => {
  for (const driver of drivers) {
    const { holds, login } = server('login: Norm')
    t.ok(await holds(loginAs(driver, 'Norm')), driver.product.title)
    t.ok(await holds(loginAs(driver, 'Norm', 'wrong')))
    t.notOk(await holds(loginAs(driver, 'demo')))
    t.notOk(await holds(driver.use(await login(driver))))
    t.notOk(await holds(driver.use(driver.unknownToken)))
    const later = server('login: Norm, session: open')
    const token = await later.login(driver, 'Norm')
    t.ok(await later.holds(driver.use(token)))
    t.ok(await later.holds(driver.logout(token)))
  }
})

t.test('the letter case of a login is significant if it is to the product', async t => {
  const exact = server('login: NORM')
  t.ok(await exact.holds(loginAs(cbrain, 'norm')))
  for (const driver of [netbrain, videntity, hcx]) t.notOk(await exact.holds(loginAs(driver, 'Norm')))
  const expression = server('login: "/^no/"')
  t.ok(await expression.holds(loginAs(cbrain, 'NORM')))
  t.notOk(await expression.holds(loginAs(cbrain, 'anorm')))
  t.notOk(await expression.holds(loginAs(hcx, 'NORM')))
  const insensitive = server('login: "/^no.*M$/i"')
  for (const driver of drivers) t.ok(await insensitive.holds(loginAs(driver, 'NorM')))
})

t.test('token is the token of the request, in every location of the product', async t => {
  for (const driver of drivers) {
    const { holds } = server(`token: "${driver.unknownToken}"`)
    t.ok(await holds(driver.use(driver.unknownToken)), driver.product.title)
    t.ok(await holds(driver.logout(driver.unknownToken)))
    t.notOk(await holds(driver.use(driver.unknownToken.replace(/.$/, '0'))))
    t.notOk(await holds(driver.login()))
    const likewise = server(`token: "/^${driver.unknownToken.slice(0, 4)}/"`)
    t.ok(await likewise.holds(driver.use(driver.unknownToken)))
    t.notOk(await likewise.holds(driver.use(`x${driver.unknownToken}`)))
    t.notOk(await likewise.holds(driver.login()))
  }
})

t.test('session is open, then expired or ended, or none', async t => {
  for (const driver of drivers) {
    const { idle } = driver.product.sessions.policy
    const holdsFor = async (word: string) => {
      const { send, systemClock, app } = double({
        scenario: scenarioOf(
          `rules: [{ on: [tenants, ping, session], when: { session: ${word} }, then: { reply: { status: 418 } } }]`
        )
      })
      const login = async () => driver.issued(await send(driver.login()))
      const [expired, ended, revoked, open] = [await login(), await login(), await login(), await login()]
      await send(driver.logout(ended))
      app.spaces.default.sessions.end(driver.product.name, revoked, { cause: 'revoked', at: systemClock.now() })
      systemClock.advance(idle - 1)
      const { sessions } = app.spaces.default
      sessions.touch(driver.product.name, open, systemClock.now(), { address: '127.0.0.1' })
      systemClock.advance(1)
      const tokens = { open, expired, ended, revoked, none: driver.unknownToken }
      const held: string[] = []
      for (const [name, token] of Object.entries(tokens)) if (isTeapot(await send(driver.use(token)))) held.push(name)
      return held
    }
    t.strictSame(await holdsFor('open'), ['open'], driver.product.title)
    t.strictSame(await holdsFor('expired'), ['expired'])
    t.strictSame(await holdsFor('ended'), ['ended', 'revoked'])
    t.strictSame(await holdsFor('none'), ['none'])
  }
})

t.test('without a token there is no session', async t => {
  const { holds } = server('session: none')
  for (const driver of drivers) t.ok(await holds(driver.login()))
})

t.test('age is the time since the login, by the clock of the space', async t => {
  const ages: [string, boolean[]][] = [
    ['>10m', [false, false, true]],
    ['>=10m', [false, true, true]],
    ['<10m', [true, false, false]],
    ['<= 10m', [true, true, false]]
  ]
  for (const driver of drivers)
    for (const [age, wanted] of ages) {
      const { systemClock, holds, login } = server(`age: "${age}", session: open`)
      const token = await login(driver)
      const held: boolean[] = []
      systemClock.advance(10 * minute - 1)
      for (const step of [1, 1, 0]) {
        held.push(await holds(driver.use(token)))
        systemClock.advance(step)
      }
      t.strictSame(held, wanted, `${driver.product.title} ${age}`)
      t.notOk(await holds(driver.use(driver.unknownToken)), 'what never was has no age')
    }
})

t.test('state is that of the space at the arrival of the call', async t => {
  const { holds, app } = server('state: Second', '{ on: login, when: { state: Started }, then: { state: Second } },')
  t.notOk(await holds(hcx.login()), 'the change that the call itself brought about comes too late for it')
  t.equal(app.spaces.default.state, 'Second')
  t.ok(await holds(hcx.login()))
  t.ok(await holds(netbrain.use('x')))
  app.spaces.default.state = 'second'
  t.notOk(await holds(hcx.login()))
})

t.test('a header is matched in any letter case, also as present or absent', async t => {
  const asked = (headers: Record<string, string>): Request => {
    const { headers: own, ...login } = hcx.login()
    return { ...login, headers: { ...own, ...headers } }
  }
  const equal = server('header: { X-Client: "cli 1.2" }')
  t.ok(await equal.holds(asked({ 'x-client': 'cli 1.2' })))
  t.notOk(await equal.holds(asked({ 'x-client': 'cli 1.2.3' })))
  t.notOk(await equal.holds(asked({})))
  const matched = server('header: { user-agent: "/curl|wget/i" }')
  t.ok(await matched.holds(asked({ 'User-Agent': 'CURL/8' })))
  t.notOk(await matched.holds(asked({ 'user-agent': 'node' })))
  const there = server('header: { x-a: true, x-b: false }')
  t.ok(await there.holds(asked({ 'x-a': '' })))
  t.notOk(await there.holds(asked({ 'x-a': '1', 'x-b': '' })))
  t.notOk(await there.holds(asked({})))
  const never = server('header: { constructor: true }')
  t.notOk(await never.holds(asked({})), 'a header that nobody sent is not there')
})

t.test('the last value of a query parameter is matched', async t => {
  const asked = (query: string): Request => ({ ...cbrain.login(), url: `/session?${query}` })
  const equal = server('query: { trace: "1", dry-run: false }')
  t.ok(await equal.holds(asked('trace=1')))
  t.ok(await equal.holds(asked('trace=0&trace=1')))
  t.notOk(await equal.holds(asked('trace=1&trace=0')))
  t.notOk(await equal.holds(asked('Trace=1')))
  t.notOk(await equal.holds(asked('trace=1&dry-run')))
  t.ok(await server('query: { trace: "/^a b$/" }').holds(asked('trace=a+b')))
  t.ok(await server('query: { trace: true }').holds(asked('trace')))
})

t.test('body matches a contained text or an expression', async t => {
  const asked = (payload: string): Request => ({ ...hcx.login(), payload })
  const contained = server('body: \'"authType":"\'')
  t.ok(await contained.holds(asked('{"username":"demo","authType":"local"}')))
  t.notOk(await contained.holds(asked('{"username":"demo"}')))
  t.ok(await contained.holds(asked('no JSON, "authType":"')), 'also one that cannot be read')
  t.notOk(await contained.holds(hcx.use('x')), 'who sends none, sends nothing that could match')
  const matched = server('body: "/^\\\\{.*été.*\\\\}$/s"')
  t.ok(await matched.holds(asked('{"a":\n"été"}')))
  t.notOk(await matched.holds(asked('{"a":\n"ete"}')))
})

t.test('all conditions must match', async t => {
  const { holds, login } = server('login: Norm, session: open, age: ">1m", header: { x-a: true }')
  const [norm, demo] = [await login(hcx, 'Norm'), await login(hcx)]
  const asked = (token: string): Request => ({ ...hcx.use(token), headers: { 'x-hm-authorization': token, 'x-a': '' } })
  t.notOk(await holds(asked(norm)), 'too young')
  const older = server('login: Norm, session: open, age: ">=0ms", header: { x-a: true }')
  const token = await older.login(hcx, 'Norm')
  t.ok(await older.holds(asked(token)))
  t.notOk(await older.holds(hcx.use(token)), 'no such header')
  t.notOk(await holds(asked(demo)), 'another login')
})

t.test('opened is the number of the session among those of its account', async t => {
  for (const driver of drivers) {
    const { holds, login } = server('opened: 2-3, session: open')
    const [first, other] = [await login(driver), await login(driver, 'Norm')]
    const [second, third, fourth] = [await login(driver), await login(driver), await login(driver)]
    for (const token of [first, other, fourth]) t.notOk(await holds(driver.use(token)), driver.product.title)
    for (const token of [second, third]) t.ok(await holds(driver.use(token)))
    t.notOk(await holds(driver.login()), 'a login has no session')
  }
})

t.test('the number of a session stays when earlier ones end', async t => {
  for (const driver of drivers) {
    const { holds, login, send } = server('opened: 1')
    const [first, second] = [await login(driver), await login(driver)]
    t.ok(await holds(driver.use(first)), driver.product.title)
    await send(driver.logout(first))
    t.notOk(await holds(driver.use(second)))
    t.notOk(await holds(driver.use(await login(driver))))
  }
})

t.test('an empty text is an empty value of a query parameter or a header', async t => {
  for (const [when, header] of [
    ['query: { d: "" }', false],
    ['header: { x-d: "" }', true]
  ] as const) {
    const { holds } = server(when)
    const request = (value: string): Request => ({
      method: 'GET',
      url: header ? '/session' : `/session?d=${value}`,
      headers: header ? { 'x-d': value } : {}
    })
    t.ok(await holds(request('')), when)
    t.notOk(await holds(request('1')))
    t.notOk(await holds({ method: 'GET', url: '/session' }))
  }
})
