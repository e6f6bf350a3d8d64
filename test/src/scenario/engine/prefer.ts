import fc from 'fast-check'
import t from 'tap'
import { type FailureName, failureNames } from '../../../../src/product/failure.js'
import { toy, toyDriver } from '../../../fixtures/toy.js'
import { double } from '../../../support/double.js'
import type { Driver, Request } from '../../../support/driver.js'
import { drivers } from '../../../support/drivers.js'
import { isReply, words } from '../../../support/refusals.js'
import { scenarioOf } from '../../../support/scenario.js'
import { ask, wired } from '../../../support/wire.js'

const [, , , hcx] = drivers as readonly [Driver, Driver, Driver, Driver]

/** The request, asking for this besides. */
const asking = (request: Request, prefer: string): Request => ({
  ...request,
  headers: { ...request.headers, prefer }
})

// The toy product stands for all: refused-on-purpose.ts has the bytes of each.
const driver = toyDriver
const products = [toy]

t.test('Prefer: fail returns the refusal of the product, without effect', async t => {
  const { app, send } = double({ products })
  for (const failure of failureNames) {
    const reply = await send(asking(driver.login(), `fail=${failure}`))
    isReply(t, reply, words(driver, 'login', failure))
    t.equal(reply.headers['preference-applied'], `fail=${failure}`)
  }
  t.strictSame(await app.spaces.default.sessions.list(0), [])
  t.ok(driver.succeeded(await send(driver.login())))
})

t.test('Prefer: delay delays the normal response', async t => {
  const { systemClock, send } = double({ products })
  const reply = await send(asking(driver.login(), 'delay=1m30s'))
  t.ok(driver.succeeded(reply))
  t.equal(reply.headers['preference-applied'], 'delay=1m30s')
  t.strictSame(systemClock.slept, [90_000])
})

t.test('Prefer: status returns that status, with the nearest refusal', async t => {
  const { app, send } = double({ products })
  const nearest: Record<number, FailureName> = {
    400: 'bad-request',
    401: 'bad-credentials',
    403: 'forbidden',
    404: 'not-found',
    405: 'method-not-allowed',
    413: 'too-large',
    422: 'bad-request',
    429: 'rate-limited',
    500: 'server-error',
    502: 'server-error',
    503: 'unavailable',
    599: 'server-error'
  }
  for (const [status, failure] of Object.entries(nearest)) {
    const reply = await send(asking(driver.login(), `status=${status}`))
    isReply(t, reply, [Number(status), words(driver, 'login', failure)[1]])
    t.equal(reply.headers['preference-applied'], `status=${status}`)
  }
  t.strictSame(await app.spaces.default.sessions.list(0), [])
  const made = await send(asking(driver.login(), 'status=201'))
  t.equal(made.statusCode, 201)
  t.ok(driver.succeeded(await send(driver.use(driver.issued(made)))), 'below 400 the work is done')
  t.equal((await send(asking(driver.use(driver.unknownToken), 'status=401'))).statusCode, 401)
})

t.test('Prefer: connection breaks the connection', async t => {
  const { port } = await wired(t, { products })
  t.strictSame(await ask(port, asking(driver.login(), 'connection=reset')), { text: '', end: 'reset' })
  t.strictSame(await ask(port, asking(driver.login(), 'connection=CONNECTION_RESET_BY_PEER')), {
    text: '',
    end: 'reset'
  })
  t.strictSame(await ask(port, asking(driver.login(), 'connection=empty')), { text: '', end: 'closed' })
  t.match((await ask(port, asking(driver.login(), 'connection=truncate'))).text, /Preference-Applied: connection=trun/)
})

t.test('with prefer off, preferences are ignored', async t => {
  const { systemClock, send } = double({ products, prefer: false })
  const reply = await send(asking(driver.login(), 'fail=server-error, delay=1s, status=503, connection=reset'))
  t.ok(driver.succeeded(reply))
  t.notOk('preference-applied' in reply.headers)
  t.strictSame(systemClock.slept, [])
})

t.test('unknown and invalid preferences are ignored, and the others are applied', async t => {
  const ignored = [
    'respond-async',
    'return=minimal',
    'fail',
    'fail=',
    'fail=no-such-failure',
    'fail=Server-Error',
    'delay=soon',
    'delay=-1s',
    'delay=61m',
    'delay=9999999999999d',
    'status=99',
    'status=100',
    'status=600',
    'status=2000',
    'status=ok',
    'connection=slam',
    'connection=constructor',
    'constructor=1',
    '__proto__=1',
    'toString=1',
    '=',
    ',,,',
    '"',
    'wait="a, fail=server-error"',
    'wait="a, fail=server-error, b"',
    'handling=lenient; fail=server-error'
  ]
  const { send } = double()
  for (const prefer of ignored) {
    const reply = await send(asking(hcx.login(), prefer))
    t.ok(hcx.succeeded(reply), prefer)
    t.notOk('preference-applied' in reply.headers, prefer)
    const other = await send(asking(hcx.login(), `fail=unavailable, ${prefer}`))
    t.equal(other.statusCode, 503)
    t.equal(other.headers['preference-applied'], 'fail=unavailable')
  }
})

t.test('preferences are read in any letter case, in quotes, with parameters and in lists', async t => {
  const { send } = double()
  for (const prefer of [
    'FAIL=unavailable',
    'fail="unavailable"',
    ' fail = unavailable ',
    'fail=unavailable; because="it, can"',
    'respond-async, wait=10,fail=unavailable',
    'wait="10, 20", fail=unavailable'
  ]) {
    const reply = await send(asking(hcx.login(), prefer))
    t.equal(reply.statusCode, 503, prefer)
    t.equal(reply.headers['preference-applied'], 'fail=unavailable')
  }
})

t.test('the first of a repeated preference is used', async t => {
  const { send } = double()
  for (const [prefer, status] of [
    ['fail=unavailable, fail=not-found', 503],
    ['fail=nonsense, fail=not-found', 200],
    ['status=404, status=503', 404]
  ] as const)
    t.equal((await send(asking(hcx.login(), prefer))).statusCode, status, prefer)
})

t.test('several preferences are combined: a delay, then a failure with that status', async t => {
  const { systemClock, send } = double()
  for (const prefer of [
    'delay=1s, fail=unavailable, status=520',
    'status=520, fail=unavailable, delay=1s',
    'fail=unavailable, respond-async, status=520, delay=1s'
  ]) {
    const reply = await send(asking(hcx.login(), prefer))
    t.equal(reply.statusCode, 520)
    t.match(reply.body, '"error":"Service Unavailable"')
    t.equal(reply.headers['preference-applied'], 'delay=1s, fail=unavailable, status=520')
  }
  t.strictSame(systemClock.slept, [1000, 1000, 1000])
})

t.test('preferences are applied before the rules, which count the request but do not apply', async t => {
  const { app, send, systemClock } = double({
    scenario: scenarioOf(`
      rules:
        - { on: login, call: "2-", then: { fail: not-found } }
        - { on: login, then: { delay: 7s } }
    `)
  })
  t.equal((await send(asking(hcx.login(), 'fail=unavailable'))).statusCode, 503)
  t.strictSame(systemClock.slept, [])
  t.strictSame(
    app.spaces.default.ruleEngine.rules.map(rule => app.spaces.default.ruleEngine.counts(rule)),
    [
      { matched: 1, played: 0 },
      { matched: 1, played: 0 }
    ]
  )
  t.equal((await send(asking(hcx.login(), 'delay=1s'))).statusCode, 404)
  t.strictSame(systemClock.slept, [1000])
})

t.test('preferences apply to requests that are refused before their operation', async t => {
  const { send } = double()
  const { request } = hcx.invalidRequests['malformed body']
  t.equal((await send(asking(request(''), 'fail=unavailable'))).statusCode, 503)
  t.equal((await send(asking(hcx.invalidRequests['unknown path'].request(''), 'status=502'))).statusCode, 502)
})

t.test('any Prefer header gets a response', async t => {
  const { send } = double()
  const word = fc.oneof(
    fc.constantFrom(
      'fail',
      'delay',
      'status',
      'connection',
      '=',
      ',',
      ';',
      '"',
      ' ',
      '\\',
      '1s',
      'server-error',
      '503'
    ),
    fc.string({ unit: fc.integer({ min: 0x20, max: 0x7e }).map(code => String.fromCharCode(code)), maxLength: 5 })
  )
  const header = fc
    .array(word, { maxLength: 12 })
    .map(words => words.join(''))
    .filter(text => !/connection/.test(text))
  await fc.assert(
    fc.asyncProperty(header, async prefer => {
      const { statusCode, headers } = await send(asking(hcx.login(), prefer))
      return statusCode === 200 || headers['preference-applied'] !== undefined
    })
  )
  t.pass()
})

t.test('preferences take linear time, whatever a client writes', async t => {
  const { send } = double()
  // In quadratic time, one of these takes minutes.
  for (const piece of ['"\\', 'a="', '\t', ' = ', 'a="\\",', ',"'])
    for (const [before, after] of [
      ['', ''],
      ['a', 'x'],
      ['a=', '"x'],
      ['a="b"', 'x']
    ]) {
      const prefer = `fail=unavailable, ${before}${piece.repeat(1_000_000 / piece.length)}${after}`
      const reply = await send(asking(hcx.use(hcx.unknownToken), prefer))
      t.equal(reply.headers['preference-applied'], 'fail=unavailable', JSON.stringify(piece))
    }
})

t.test('a comma in quotes separates no preferences, and quotes without an end reach to the end', async t => {
  const { send } = double()
  const applied = async (prefer: string) =>
    (await send(asking(hcx.use(hcx.unknownToken), prefer))).headers['preference-applied']
  t.equal(await applied('a="\\", fail=forbidden, ", fail=unavailable'), 'fail=unavailable')
  t.equal(await applied('fail = "unavailable" ; a="b"'), 'fail=unavailable')
  t.equal(await applied('fail=unavailable, a=", delay=1s'), 'fail=unavailable')
  t.equal(await applied('a="x, fail=unavailable'), undefined)
})
