import { Agent } from 'node:http'
import fc from 'fast-check'
import t from 'tap'
import type { Entry } from '../../../src/journal/journal.js'
import type { Request } from '../../support/driver.js'
import { ask, serving } from '../../support/serving.js'

/** What there is to know of a request, apart from when it came and by which connection. */
const told = ({ space, product, operation, token, login, method, url, httpVersion, headers, body, answer }: Entry) => ({
  ...{ space, product, operation, token, login, method, url, httpVersion, body },
  ...{ status: answer.status, headers: headers.filter(text => !/^(?:connection|keep-alive|close)$/i.test(text)) }
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

t.test('whatever a client repeats or changes on a connection, the journal tells each request as it was', async t => {
  const { app, url } = await serving(t)
  const entries = () => app.spaces.list().flatMap(({ journal }) => journal.entries())
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  t.teardown(() => agent.destroy())
  const sent = async (all: readonly Request[], by?: Agent) => {
    await Promise.all(app.spaces.list().map(space => space.reset()))
    for (const request of all) await ask(url, request, by)
    return entries().map(told)
  }
  await fc.assert(
    fc.asyncProperty(fc.array(requests, { minLength: 2, maxLength: 6 }), async all => {
      t.strictSame(await sent(all, agent), await sent(all))
    }),
    { numRuns: 30 }
  )
})

t.test('what is repeated is kept once', async t => {
  const { app, url } = await serving(t)
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  t.teardown(() => agent.destroy())
  const request: Request = { method: 'GET', url: '/session', headers: { authorization: 'Bearer 1' } }
  await ask(url, request, agent)
  await ask(url, request, agent)
  await ask(url, { ...request, headers: { authorization: 'Bearer 2' } }, agent)
  const [first, second, third] = app.spaces.default.journal.entries()
  t.equal(first?.headers, second?.headers)
  t.not(second?.headers, third?.headers)
})
