import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import type { Entry } from '../../../src/journal/entry.js'
import { type Double, double } from '../../support/double.js'
import type { Request } from '../../support/driver.js'

/** What there is to know of a request, apart from when it came. */
const told = ({ space, product, operation, token, login, method, url, httpVersion, headers, body, answer }: Entry) => ({
  ...{ space, product, operation, token, login, method, url, httpVersion, body },
  ...{ status: answer.status, headers }
})

const post = (payload: string) => ({
  payload,
  headers: { 'content-type': 'application/x-www-form-urlencoded' }
})

const requests = fc
  .record({
    method: fc.constantFrom('GET', 'DELETE', 'POST'),
    url: fc.constantFrom('/session', '/session.xml', '/session?a=1', '/~other/session', '/nowhere'),
    token: fc.constantFrom('1', '2'),
    extra: fc.constantFrom('a', 'b'),
    body: fc.constantFrom('login=demo&password=demo', 'login=demo&password=other', 'x'.repeat(70_000))
  })
  .map(({ method, url, token, extra, body }): Request => {
    const { headers, ...rest } = method === 'POST' ? post(body) : {}
    return { method, url, headers: { authorization: `Bearer ${token}`, 'x-extra': extra, ...headers }, ...rest }
  })

const entriesOf = ({ app }: Double): Entry[] => app.spaces.list().flatMap(({ journal }) => journal.entries())

/** What a server tells of the request that has seen none before. */
const alone = async (request: Request) => {
  const fresh = double()
  await fresh.send(request)
  return entriesOf(fresh).map(told)
}

t.test('repeated and changed requests have complete journal rows', async t => {
  await fc.assert(
    fc.asyncProperty(fc.array(requests, { minLength: 2, maxLength: 6 }), async all => {
      const busy = double()
      for (const request of all) await busy.send(request)
      const each = (await Promise.all(all.map(alone))).flat()
      const bySpace = [
        ...each.filter(({ space }) => space === 'default'),
        ...each.filter(({ space }) => space === 'other')
      ]
      assert.deepEqual(entriesOf(busy).map(told), bySpace)
    }),
    { numRuns: 10 }
  )
  t.pass()
})

t.test('repeated requests share memory, also with requests of others between them', async t => {
  const busy = double()
  const by = (token: string): Request => ({
    method: 'GET',
    url: '/session',
    headers: { authorization: `Bearer ${token}` }
  })
  for (const token of ['1', '2', '1', '2']) await busy.send(by(token))
  const [one, two, oneAgain, twoAgain] = entriesOf(busy)
  t.equal(one?.headers, oneAgain?.headers)
  t.equal(two?.headers, twoAgain?.headers)
  t.not(one?.headers, two?.headers)
})

t.test('each of many clients has its own row', async t => {
  const busy = double({ journal: 1 })
  for (let client = 0; client < 50; client += 1)
    await busy.send({ method: 'GET', url: '/session', headers: { authorization: `Bearer ${client}` } })
  t.match(entriesOf(busy), [{ token: '49' }])
})
