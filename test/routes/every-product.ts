import { Readable } from 'node:stream'
import fc from 'fast-check'
import t from 'tap'
import { products } from '../../routes/index.js'
import { fidelities } from '../../src/product/product.js'
import { toy, toyDriver } from '../fixtures/toy.js'
import { type Double, double } from '../support/double.js'
import { type Driver, invalidRefusal, invalidRequests, type Reply, refusedStates } from '../support/driver.js'
import { everyDriver } from '../support/drivers.js'
import { framework, isRefused } from '../support/refused.js'

const everybody = [...products, toy]
const limit = 200

t.test('every product has a test driver', async t => {
  t.strictSame(
    [...everyDriver, toyDriver].map(({ product }) => product.name).sort(),
    everybody.map(({ name }) => name).sort()
  )
})

// What sessions do between login and logout is in test/session-life.ts.
for (const driver of [...everyDriver, toyDriver])
  for (const fidelity of fidelities)
    t.test(`${driver.product.title}, ${fidelity}`, async t => {
      const { product } = driver
      const begin = () => scenario(driver, double({ products: everybody, only: product, fidelity, bodyLimit: limit }))

      for (const invalid of invalidRequests)
        t.test(`there is no effect of a request with ${/^[aeiou]/.test(invalid) ? 'an' : 'a'} ${invalid}`, async t => {
          const { send, login, open } = begin()
          const token = await login()
          const before = await open()
          const { request } = driver.invalidRequests[invalid]
          isRefused(t, await send(request(token)), invalidRefusal(driver, invalid, fidelity))
          t.strictSame(await open(), before)
          t.ok(driver.succeeded(await send(driver.use(token))))
        })

      t.test('a body is accepted up to the limit', async t => {
        const { send, open } = begin()
        t.ok(driver.succeeded(await send(driver.login(limit))))
        const before = await open()
        isRefused(t, await send(driver.login(limit + 1)), driver.tooLong)
        const { payload, ...login } = driver.login(limit + 1)
        isRefused(t, await send({ ...login, payload: Readable.from([payload]) }), driver.tooLong)
        t.strictSame(await open(), before)
      })

      t.test('a logout over the limit ends no session', async t => {
        const { send, login, open } = begin()
        const token = await login()
        const before = await open()
        const { headers, ...logout } = driver.logout(token)
        const payload = 'x'.repeat(limit + 1)
        isRefused(
          t,
          await send({ ...logout, headers: { ...driver.login().headers, ...headers }, payload }),
          driver.tooLong
        )
        t.strictSame(await open(), before)
      })

      t.test('a token that is unknown, ended or expired is refused, and others stay valid', async t => {
        const { send, login, open, systemClock } = begin()
        const [expired, ended] = [await login(), await login()]
        t.match(expired, product.sessions.token)
        await send(driver.logout(ended))
        systemClock.advance(product.sessions.policy.idle)
        const live = await login()
        const before = await open()
        const tokens = { unknown: driver.unknownToken, ended, expired }
        for (const by of ['use', 'logout'] as const)
          for (const state of refusedStates)
            isRefused(t, await send(driver[by](tokens[state])), driver.refusalOf(state, by, fidelity))
        t.strictSame(await open(), before)
        t.ok(driver.succeeded(await send(driver.use(live))))
      })

      t.test('a token is valid only for its product', async t => {
        const { app, login, systemClock } = begin()
        const token = await login()
        const look = (name: string) => app.spaces.default.sessions.peek(name, token, systemClock.now())
        for (const { name } of everybody) t.equal((await look(name)).is, name === product.name ? 'open' : 'unknown')
      })

      t.test('fields with names of JavaScript object members are ordinary fields', async t => {
        const { send } = begin()
        t.ok(driver.succeeded(await send(driver.odd)))
        t.notOk(Object.hasOwn(Object.prototype, 'username'))
      })

      t.test('any request gets a response in the wire format of the product, and no session is lost', async t => {
        const { send, login, open } = begin()
        const token = await login()
        await fc.assert(
          fc.asyncProperty(noise(driver), async request => {
            const reply = await send(request)
            return reply.statusCode < 500 && !framework.test(reply.body) && isProducts(reply)
          }),
          { numRuns: 25 }
        )
        t.ok((await open()).some(session => session.token === token))
      })
    })

/** The product's client on a double: it logs in, and sees what sessions are open. */
const scenario = (driver: Driver, { app, send, systemClock }: Double) => ({
  app,
  systemClock,
  send,
  login: async () => driver.issued(await send(driver.login())),
  open: async () =>
    (await app.spaces.default.sessions.list(systemClock.now())).map(({ product, token, login, uses, usedAt }) => ({
      product,
      token,
      login,
      uses,
      usedAt
    }))
})

/** An answer of a product: it has a type if it has a body, and is none of the listener's own. */
const isProducts = ({ headers, body }: Reply): boolean =>
  (body === '' || headers['content-type'] !== undefined) && headers['content-type'] !== 'application/problem+json'

/** Requests that go wrong in many ways: on the product's own paths and near them, with any method, type and body. */
const noise = ({ product }: Driver) =>
  fc.record({
    method: fc.constantFrom(
      'GET',
      'POST',
      'PUT',
      'PATCH',
      'DELETE',
      'HEAD',
      'OPTIONS',
      'PROPFIND',
      'TRACE'
    ) as fc.Arbitrary<'GET'>,
    url: fc
      .tuple(
        fc.constantFrom(...product.operations.flatMap(({ routes }) => routes.map(([, path]) => path))),
        fc.constantFrom(
          '',
          '/',
          '//',
          '/%',
          '/%00',
          '/..',
          '?',
          '?token=%ff',
          '?__proto__=1',
          '?format=xml',
          '?format=%zz',
          '?a[]=1&a=2',
          '?login=demo&login'
        )
      )
      .map(([path, rest]) => `${path}${rest}`),
    headers: fc.record(
      {
        'content-type': fc.constantFrom(
          'application/json',
          'application/json; charset=utf-7',
          'application/x-www-form-urlencoded',
          'multipart/form-data',
          'multipart/form-data; boundary=x',
          'text/plain',
          'application/xml',
          '/',
          ';',
          '*/*',
          'a/b; c="',
          'application/json, text/plain'
        ),
        accept: fc.constantFrom('*/*', 'application/json', 'text/xml', ';q=', 'a/b;q=2', ',,', 'text/html'),
        authorization: fc.constantFrom(
          'Bearer',
          'Bearer  ',
          'Basic',
          'Basic !!!',
          'Basic ZGVtbw==',
          'Token token="',
          'Token x',
          'Digest a=b'
        )
      },
      { requiredKeys: [] }
    ),
    payload: fc.oneof(
      fc.constantFrom(
        '',
        ' ',
        'null',
        '[]',
        '0',
        '"demo"',
        '{}',
        '{"username":{}}',
        '{"username":["demo"],"password":null}',
        '{"__proto__":null}',
        '--x\r\n',
        '--x--\r\n',
        'login=%ff&password=%00',
        '&&&=',
        '<?xml version="1.0"?><a/>'
      ),
      fc.json(),
      fc.uint8Array({ maxLength: 64 }).map(bytes => Buffer.from(bytes))
    )
  })
