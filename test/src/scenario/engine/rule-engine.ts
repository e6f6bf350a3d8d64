import fc from 'fast-check'
import t from 'tap'
import { double } from '../../../support/double.js'
import type { Driver } from '../../../support/driver.js'
import { drivers } from '../../../support/drivers.js'
import { loginAs } from '../../../support/login-form.js'
import { scenarioOf } from '../../../support/scenario.js'
import { until } from '../../../support/until.js'
import { ask, replyOf, wired } from '../../../support/wire.js'

const [netbrain, videntity, cbrain, hcx] = drivers as readonly [Driver, Driver, Driver, Driver]

const names = ['demo', 'ann', 'bob', 'Norm']
const accounts = `accounts: [${names.map(login => `{ login: ${login}, password: demo }`).join(', ')}]`

/** HCX Manager and its friends under these rules, one in a line. */
const server = (rules: string, more = '') => {
  const lines = rules.trim().split('\n')
  const scenario = scenarioOf(`${more}\n${accounts}\nrules:\n${lines.map(rule => `  - { ${rule.trim()} }`).join('\n')}`)
  const { app, send, systemClock } = double({ scenario })
  const space = app.spaces.default
  return {
    app,
    send,
    systemClock,
    space,
    login: async (name = 'demo', driver = hcx) => driver.issued(await send(loginAs(driver, name))),
    refused: async (token: string, driver = hcx) => !driver.succeeded(await send(driver.use(token))),
    tallies: () => space.ruleEngine.rules.map(rule => ({ ...space.ruleEngine.counts(rule) }))
  }
}

const failing = 'then: { fail: server-error }'

t.test('a rule applies to its calls', async t => {
  const playedAt = async (calls: string) => {
    const { login, refused } = server(`on: hcx.session, ${calls} ${failing}`)
    const token = await login()
    const played: number[] = []
    for (let call = 1; call <= 8; call += 1) if (await refused(token)) played.push(call)
    return played
  }
  t.strictSame(await playedAt(''), [1, 2, 3, 4, 5, 6, 7, 8])
  t.strictSame(await playedAt('call: 3,'), [3])
  t.strictSame(await playedAt('call: "2-4",'), [2, 3, 4])
  t.strictSame(await playedAt('call: 6-,'), [6, 7, 8])
  t.strictSame(await playedAt('every: 3,'), [3, 6])
  t.strictSame(await playedAt('every: 2, call: 3-6,'), [4, 6])
  t.strictSame(await playedAt('times: 2,'), [1, 2])
  t.strictSame(await playedAt('every: 3, times: 1,'), [3])
  t.strictSame(await playedAt('call: 3-, times: 2,'), [3, 4])
})

t.test('by default a rule counts all matching calls of all clients', async t => {
  const { login, refused, tallies } = server(`on: [hcx.session, netbrain.tenants], call: 3, ${failing}`)
  const [ann, bob, other] = [await login('ann'), await login('bob'), await login('ann', netbrain)]
  t.strictSame(
    [await refused(ann), await refused(other, netbrain), await refused(bob), await refused(ann)],
    [false, false, true, false]
  )
  t.strictSame(tallies(), [{ matched: 4, played: 1 }])
})

t.test('per: session counts each session separately, even after its end', async t => {
  for (const driver of drivers) {
    const { login, refused, send, tallies } = server(
      `on: [tenants, ping, session], call: 3, per: session, then: { fail: unavailable }`
    )
    const [one, two] = [await login('ann', driver), await login('ann', driver)]
    const calls = [one, one, two, one, two, two, one]
    const all: boolean[] = []
    for (const token of calls) all.push(await refused(token, driver))
    t.strictSame(all, [false, false, false, true, false, true, false], driver.product.title)
    t.notOk((await send(driver.use(driver.unknownToken))).statusCode === 503, 'who has no session is not counted')
    t.strictSame(tallies(), [{ matched: 7, played: 2 }])
    await send(driver.logout(one))
    t.ok(await refused(one, driver))
    t.strictSame(tallies(), [{ matched: 8, played: 2 }])
  }
})

t.test('per: login counts all sessions of an account together, from the login on', async t => {
  for (const driver of drivers) {
    const { login, refused } = server(`on: "*", call: 4, per: login, ${failing}`)
    const [ann, bob, again] = [await login('ann', driver), await login('bob', driver), await login('ann', driver)]
    t.notOk(await refused(ann, driver), driver.product.title)
    t.notOk(await refused(bob, driver))
    t.ok(await refused(again, driver), 'the fourth call of ann')
    t.notOk(await refused(again, driver))
  }
})

t.test('case-insensitive logins have one count in any letter case', async t => {
  const statuses = async (driver: Driver, ...logins: string[]) => {
    const { send } = server(`on: login, call: 2, per: login, then: { reply: { status: 418 } }`)
    const all: boolean[] = []
    for (const login of logins) all.push((await send(loginAs(driver, login))).statusCode === 418)
    return all
  }
  t.strictSame(await statuses(cbrain, 'norm', 'NORM', 'Norm'), [false, true, false])
  t.strictSame(await statuses(cbrain, 'nobody', 'NoBody'), [false, true])
  t.strictSame(await statuses(hcx, 'norm', 'NORM', 'Norm'), [false, false, false])
})

t.test('a use is counted for the login of its session, in any letter case of the form', async t => {
  const { send, login, refused } = server(`on: cbrain, call: 3, per: login, ${failing}`)
  const token = await login('NORM', cbrain)
  t.notOk(await refused(token, cbrain))
  t.ok(await refused(token, cbrain))
  t.ok(cbrain.succeeded(await send(cbrain.logout(token))))
})

t.test('a rule applies between its times, by the clock of the space', async t => {
  const { login, refused, systemClock, space } = server(`on: hcx.session, from: 10s, until: 40s, ${failing}`)
  const token = await login()
  const at = async (ms: number) => {
    systemClock.advance(ms - systemClock.now() + start)
    return refused(token)
  }
  const start = systemClock.now()
  t.strictSame(
    [await at(0), await at(9999), await at(10_000), await at(39_999), await at(40_000)],
    [false, false, true, true, false]
  )
  space.clock.advance(-1)
  t.ok(await refused(token), 'the clock may be set by a test')
  space.clock.freeze()
  systemClock.advance(60_000)
  t.ok(await refused(token), 'or stand still')
})

t.test('calls outside of its times are not counted', async t => {
  const { login, refused, systemClock, tallies } = server(`on: hcx.session, call: 2, from: 10s, ${failing}`)
  const token = await login()
  const all = [await refused(token), await refused(token)]
  systemClock.advance(10_000)
  all.push(await refused(token), await refused(token))
  t.strictSame(all, [false, false, false, true])
  t.strictSame(tallies(), [{ matched: 2, played: 1 }])
})

t.test('a rule without times applies even if the clock is set before the start', async t => {
  const { login, refused, space } = server(
    `on: hcx.session, call: 1, ${failing}
     on: hcx.session, from: 1ms, ${failing}`
  )
  const token = await login()
  space.clock.advance(-86_400_000)
  t.strictSame([await refused(token), await refused(token)], [true, false])
})

t.test('rules after a deciding one are counted, but not applied', async t => {
  const { login, send, refused, tallies } = server(
    `on: hcx.session, call: 1, then: { fail: unavailable }
     on: hcx.session, call: 2, then: { fail: rate-limited }
     on: hcx.session, times: 1, then: { fail: not-found }`
  )
  const token = await login()
  const statuses: number[] = []
  for (const _call of [1, 2, 3]) statuses.push((await send(hcx.use(token))).statusCode)
  t.strictSame(statuses, [503, 429, 404])
  t.notOk(await refused(token))
  t.strictSame(tallies(), [
    { matched: 4, played: 1 },
    { matched: 4, played: 1 },
    { matched: 4, played: 1 }
  ])
})

t.test('all rules of a call are matched and counted at its arrival, whatever its delay', async t => {
  const { login, send, space, tallies } = server(
    `on: hcx.session, call: 1, then: { hold: gate }
     on: hcx.session, when: { state: Open }, then: { fail: unavailable }
     on: hcx.session, call: 2, then: { state: Open }`
  )
  const token = await login()
  const first = send(hcx.use(token))
  await until(() => space.holds.list().length > 0)
  t.ok(hcx.succeeded(await send(hcx.use(token))))
  t.equal(space.state, 'Open')
  space.holds.release('gate')
  t.ok(hcx.succeeded(await first), 'the state was another when it came')
  t.strictSame(tallies()[2], { matched: 2, played: 1 })
  t.equal((await send(hcx.use(token))).statusCode, 503)
})

t.test('a rule that ends a session counts its later calls, which come after the end', async t => {
  const { login, send, tallies } = server('on: hcx.session, call: 2-, then: expire')
  const token = await login()
  const statuses: number[] = []
  for (const _call of [1, 2, 3]) statuses.push((await send(hcx.use(token))).statusCode)
  t.strictSame(statuses, [200, 401, 401])
  t.strictSame(tallies(), [{ matched: 3, played: 2 }])
})

t.test('on selects a product, an operation, both or all', async t => {
  const { login, send, tallies } = server(
    `on: hcx, then: { headers: { x-a: 1 } }
     on: login, then: { headers: { x-a: 1 } }
     on: hcx.login, then: { headers: { x-a: 1 } }
     on: [hcx, login, hcx.login], then: { headers: { x-a: 1 } }
     on: "*", then: { headers: { x-a: 1 } }`
  )
  await login('ann', videntity)
  const token = await login()
  await send(hcx.use(token))
  await send(hcx.logout(token))
  await send(hcx.invalidRequests['unknown path'].request(token))
  t.strictSame(
    tallies().map(({ played }) => played),
    [3, 2, 1, 4, 4]
  )
})

t.test('under parallel requests every count is exact', async t => {
  const { send, login, tallies } = server(
    `on: hcx.session, every: 10, then: { fail: unavailable }
     on: hcx.session, every: 10, then: { fail: rate-limited }
     on: hcx.session, times: 7, then: { delay: 1s }
     on: hcx.session, call: 21-50, then: { headers: { x-a: 1 } }
     on: hcx.session, per: session, call: 10, then: { headers: { x-b: 1 } }
     on: hcx.session, per: login, call: 79, then: { headers: { x-c: 1 } }`
  )
  const tokens = [await login('ann'), await login('ann'), await login('bob'), await login('Norm'), await login('demo')]
  const replies = await Promise.all(Array.from({ length: 200 }, (_, index) => send(hcx.use(tokens[index % 5] ?? ''))))
  const answered = (status: number) => replies.filter(({ statusCode }) => statusCode === status).length
  t.strictSame([answered(503), answered(429), answered(200)], [20, 0, 180])
  t.strictSame(tallies(), [
    { matched: 200, played: 20 },
    { matched: 200, played: 0 },
    { matched: 200, played: 7 },
    { matched: 200, played: 27 },
    { matched: 200, played: 4 },
    { matched: 200, played: 1 }
  ])
})

t.test('under parallel connections every count is exact', async t => {
  const { app, port } = await wired(t, {
    scenario: scenarioOf(`
      rules:
        - { on: login, every: 8, then: { fail: unavailable } }
        - { on: login, times: 20, then: { connection: reset } }
    `)
  })
  const received = await Promise.all(Array.from({ length: 200 }, () => ask(port, hcx.login())))
  t.equal(received.filter(({ end }) => end === 'reset').length, 20)
  t.equal(received.filter(each => each.end === 'closed' && replyOf(each).statusCode === 503).length, 25)
  t.equal(received.filter(each => each.end === 'closed' && hcx.succeeded(replyOf(each))).length, 155)
  t.equal((await app.spaces.default.sessions.list(0)).length, 175)
})

t.test('a chance of 0 never applies and a chance of 1 always', async t => {
  const scenario = fc.record({
    seed: fc.oneof(
      fc.constant(''),
      fc.integer().map(seed => `seed: ${seed}`)
    ),
    per: fc.constantFrom('rule', 'session', 'login'),
    chance: fc.constantFrom(0, 1),
    calls: fc.integer({ min: 1, max: 10 })
  })
  await fc.assert(
    fc.asyncProperty(scenario, async ({ seed, per, chance, calls }) => {
      const { login, refused, tallies } = server(`on: hcx.session, chance: ${chance}, per: ${per}, ${failing}`, seed)
      const token = await login()
      const all = await Promise.all(Array.from({ length: calls }, () => refused(token)))
      const [tally] = tallies()
      return all.every(each => each === (chance === 1)) && tally?.played === chance * calls && tally.matched === calls
    }),
    { numRuns: 50 }
  )
  t.pass()
})

t.test('a chance has its probability', async t => {
  for (const seed of ['seed: 7', '']) {
    const { login, send, tallies } = server(`on: hcx.session, chance: 0.2, ${failing}`, seed)
    const token = await login()
    await Promise.all(Array.from({ length: 400 }, () => send(hcx.use(token))))
    const { played = 0, matched } = tallies()[0] ?? {}
    t.equal(matched, 400)
    // The mean is 80 with a spread of 8: seven spreads off would be a miracle.
    t.ok(played > 24 && played < 136, `${played} of 400`)
  }
})

t.test('with a seed, the chance for a login is independent of other clients and of time', async t => {
  const fortunes = async (order: readonly string[], seed = 7) => {
    const { login, refused } = server(`on: hcx.session, chance: 0.5, per: login, ${failing}`, `seed: ${seed}`)
    const tokens = new Map<string, string>()
    for (const name of new Set(order)) tokens.set(name, await login(name))
    const all = new Map<string, boolean[]>()
    for (const name of order) all.set(name, [...(all.get(name) ?? []), await refused(tokens.get(name) ?? '')])
    return Object.fromEntries(all)
  }
  const turns = Array.from({ length: 20 }, () => ['ann', 'bob']).flat()
  const sorted = [...turns].sort()
  t.strictSame(await fortunes(turns), await fortunes(sorted))
  t.strictSame(await fortunes(turns), await fortunes(sorted.reverse()))
  const { ann, bob } = await fortunes(turns)
  t.notSame(ann, bob)
  t.notSame(ann, (await fortunes(turns, 8)).ann)
})

t.test('a restarted scenario counts from the beginning', async t => {
  const { login, refused, space } = server(`on: hcx.session, call: 2, ${failing}`)
  const first = await login()
  t.strictSame([await refused(first), await refused(first)], [false, true])
  await space.reset()
  const second = await login()
  t.strictSame([await refused(second), await refused(second)], [false, true])
})

t.test('a rule with for applies to every call for its duration by the clock, and never again', async t => {
  const { login, refused, tallies, space } = server(`on: hcx.session, call: 3, for: 10m, ${failing}`, 'frozen: true')
  const token = await login()
  const calls = async (count: number) => {
    const played: boolean[] = []
    for (let call = 1; call <= count; call += 1) played.push(await refused(token))
    return played
  }
  t.strictSame(await calls(5), [false, false, true, true, true])
  space.clock.advance(599_999)
  t.strictSame(await calls(1), [true])
  space.clock.advance(1)
  t.strictSame(await calls(6), [false, false, false, false, false, false])
  t.match(tallies(), [{ matched: 12, played: 4, until: space.clock.now() }])
  await space.reset()
  t.strictSame(tallies(), [{ matched: 0, played: 0 }], 'a reset begins anew')
})

t.test('a rule with for can start separately for each login', async t => {
  const { send, space, tallies } = server(
    'on: login, call: 2, for: 10m, per: login, then: { fail: forbidden }',
    'frozen: true'
  )
  const begun = space.clock.now()
  const refused = async (login: string) => (await send(loginAs(hcx, login))).statusCode === 403
  t.strictSame([await refused('ann'), await refused('ann'), await refused('bob')], [false, true, false])
  space.clock.advance(5 * 60_000)
  t.strictSame([await refused('ann'), await refused('bob')], [true, true])
  t.match(tallies(), [{ until: begun + 15 * 60_000 }], 'the last is told')
  space.clock.advance(5 * 60_000)
  t.strictSame([await refused('ann'), await refused('bob')], [false, true])
})

t.test('during for, every and chance are ignored, times applies', async t => {
  const { login, refused } = server(
    `on: hcx.session, every: 2, for: 10m, ${failing}
     on: netbrain.tenants, chance: 0.5, for: 10m, ${failing}
     on: cbrain.session, times: 2, for: 10m, ${failing}`,
    'seed: 3'
  )
  const played = async (driver: Driver, count: number) => {
    const token = await login('demo', driver)
    const all: boolean[] = []
    for (let call = 1; call <= count; call += 1) all.push(await refused(token, driver))
    return all
  }
  t.strictSame(await played(hcx, 5), [false, true, true, true, true])
  const lucky = await played(netbrain, 30)
  t.ok(lucky.includes(true))
  t.notOk(lucky.slice(lucky.indexOf(true)).includes(false))
  t.strictSame(await played(cbrain, 4), [true, true, false, false])
})

t.test('a temporary state ends by the clock, and at a reset', async t => {
  const { login, refused, space } = server(
    `on: login, when: { login: ann }, then: { state: { to: Maintenance, for: 5m } }
     on: hcx.session, when: { state: Maintenance }, ${failing}`,
    'frozen: true'
  )
  const [bob] = [await login('bob'), await login('ann')]
  t.equal(space.stateEndsAt, space.clock.now() + 300_000)
  t.ok(await refused(bob))
  space.clock.advance(299_999)
  t.ok(await refused(bob))
  space.clock.advance(1)
  t.notOk(await refused(bob))
  t.equal(space.state, 'Started')
  await login('ann')
  await space.reset()
  t.equal(space.state, 'Started')
})
