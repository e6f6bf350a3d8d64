import { type ClientRequest, type IncomingMessage, request } from 'node:http'
import t from 'tap'
import { clientOf, type Steered, steered } from '../../support/control.js'
import { ask as askSocket, serving } from '../../support/serving.js'
import { until } from '../../support/until.js'

const hcx = clientOf('hcx')

interface Rows {
  readonly count: number
  readonly requests: readonly Readonly<Record<string, unknown>>[]
}

const find = async ({ ask }: Steered, search: object = {}, space = ''): Promise<Rows> =>
  (await ask(`POST /requests/find${space}`, search)).body as unknown as Rows

const numbers = ({ requests }: Rows): unknown[] => requests.map(({ number }) => number)

/** Five requests: a login, two uses, a use of a strange token, a logout. */
const busy = async (options = {}): Promise<Steered> => {
  const server = steered(options)
  const token = hcx.issued(await server.send(hcx.login()))
  for (const each of [hcx.use(token), hcx.use(token), hcx.use(hcx.unknownToken), hcx.logout(token)])
    await server.send(each)
  return server
}

t.test('the journal is listed from the oldest to the newest, limited to the newest', async t => {
  const server = await busy()
  t.strictSame(numbers(await find(server)), [1, 2, 3, 4, 5])
  t.strictSame(numbers((await server.ask('GET /requests')).body as unknown as Rows), [1, 2, 3, 4, 5])
  const few = (await server.ask('GET /requests?limit=2')).body as unknown as Rows
  t.strictSame(numbers(few), [4, 5])
  t.equal(few.count, 5)
  t.match(await find(server, { limit: 0 }), { count: 5, requests: [] })
  for (let each = 0; each < 100; each += 1) await server.send(hcx.use(hcx.unknownToken))
  t.match(await find(server), { count: 105, requests: { length: 100 } })
})

t.test('query parameters search like the body', async t => {
  const server = await busy()
  for (const [query, found] of [
    ['operation=session', [2, 3, 4]],
    ['operation=session&outcome=refused', [4]],
    ['status=401', [4]],
    ['after=3', [4, 5]],
    ['number=2', [2]],
    ['path=/^/api/', [1, 2, 3, 4, 5]],
    [`token=${hcx.unknownToken}`, [4]],
    ['reason=never-issued', [4]],
    ['why=never', [4]],
    ['login=demo', [1, 2, 3, 5]],
    ['body=password', [1]],
    ['slower=1h', []],
    ['since=2026-01-01T12:00:01Z', []]
  ] as const) {
    const told = (await server.ask(`GET /requests?${query}`)).body as unknown as Rows
    t.strictSame(numbers(told), found, query)
  }
  t.equal((await server.ask('GET /requests?since=yesterday')).status, 400)
  t.equal(
    (await server.ask('GET /requests?path=/(/')).body.detail,
    'query path: expected a text or a /regular expression/, found "/(/": missing closing ): `(`'
  )
})

t.test('requests are counted and cleared', async t => {
  const server = await busy()
  t.strictSame((await server.ask('POST /requests/count', { operation: 'session' })).body, { count: 3 })
  t.strictSame((await server.ask('DELETE /requests')).body, { cleared: 5 })
  t.strictSame((await server.ask('GET /requests')).body, { count: 0, dropped: 0, requests: [] })
  await server.send(hcx.use(hcx.unknownToken))
  t.strictSame(numbers(await find(server)), [6], 'the numbers go on')
})

t.test('a full journal drops its oldest requests, and counts them', async t => {
  const server = await busy({ journal: 2 })
  t.match((await server.ask('GET /requests')).body, { count: 2, dropped: 3, requests: [{ number: 4 }, { number: 5 }] })
  const none = await busy({ journal: 0 })
  t.strictSame((await none.ask('GET /requests')).body, { count: 0, dropped: 5, requests: [] })
})

t.test('each space has its own journal; without a name all are listed in order of arrival', async t => {
  const server = steered()
  const use = (space: string) => server.send({ ...hcx.use(hcx.unknownToken), url: `/~${space}${hcx.use('').url}` })
  for (const space of ['a', 'b', 'a']) {
    await use(space)
    server.systemClock.advance(1000)
  }
  t.strictSame(numbers(await find(server, {}, '?space=a')), [1, 2])
  t.strictSame(
    (await find(server)).requests.map(({ space, number }) => `${space} ${number}`),
    ['a 1', 'b 1', 'a 2']
  )
  t.strictSame((await server.ask('DELETE /requests?space=a')).body, { cleared: 2 })
  t.match(await find(server), { count: 1, requests: [{ space: 'b' }] })
})

t.test('unmatched requests are listed with the nearest route', async t => {
  const { ask, send } = steered()
  for (const [method, url] of [
    ['POST', '/sesion'],
    ['GET', '/api/admin/v1/session'],
    ['PUT', '/api/admin/v1/sessions']
  ] as const)
    await send({ method, url, payload: 'login=demo&password=secret' })
  await send(hcx.login())
  const { requests } = (await ask('GET /requests/unmatched')).body as unknown as Rows
  t.match(requests, [
    {
      path: '/sesion',
      outcome: 'unmatched',
      status: 404,
      nearest: 'POST /session',
      failure: 'not-found',
      why: { reason: 'unknown-path', words: 'no operation has this path; the nearest is POST /session' },
      request: { body: 'login=demo&password=…' }
    },
    { product: 'hcx', outcome: 'refused', status: 404, nearest: 'GET /api/admin/v1/sessions' },
    {
      product: 'hcx',
      status: 405,
      why: {
        reason: 'unknown-method',
        allow: 'POST, GET, DELETE',
        words: 'the path does not support this method; it supports POST, GET, DELETE'
      }
    }
  ])
  t.equal(requests.length, 3)
})

t.test('a wait counts existing requests, and can end immediately', async t => {
  const server = await busy()
  const told = (await server.ask('POST /requests/wait', { operation: 'session', count: 3, within: '10m' })).body
  t.match(told, { enough: true, count: 3, dropped: 0, requests: { length: 3 } })
  t.strictSame(server.systemClock.slept, [], 'nobody waited')
})

t.test('a wait without enough matches ends with a response at its time limit', async t => {
  const server = await busy()
  const told = await server.ask('POST /requests/wait', { operation: 'session', count: 4, within: '2s' })
  t.equal(told.status, 200)
  t.match(told.body, { enough: false, count: 3 })
  await server.ask('POST /requests/wait', { login: 'nobody' })
  t.strictSame(server.systemClock.slept, [2000, 5000])
})

t.test('a wait ends with enough requests in its space', async t => {
  const { url, app } = await serving(t)
  const wait = (space: string, payload: object) =>
    askSocket(url, { method: 'POST', url: `/__admin/requests/wait${space}`, payload: JSON.stringify(payload) })
  let over = false
  const waiting = wait('?space=a', { reason: 'never-issued', count: 2, within: '1m' }).finally(() => {
    over = true
  })
  await until(() => app.spaces.find('a') !== undefined)
  await askSocket(url, hcx.use(hcx.unknownToken))
  await askSocket(url, { ...hcx.use(hcx.unknownToken), url: `/~a${hcx.use('').url}` })
  t.equal(over, false, 'one of two has come, and one to another space')
  await askSocket(url, { ...hcx.use(hcx.unknownToken), url: `/~a${hcx.use('').url}` })
  t.match(JSON.parse((await waiting).body), { enough: true, count: 2 })
})

t.test('impossible waits are refused immediately', async t => {
  const { ask } = steered({ journal: 100 })
  const said = async (body: object) => (await ask('POST /requests/wait', body)).body.detail
  t.equal(
    await said({ count: 1_000_000 }),
    'body count: expected at most 100, the size of the journal (--journal); found 1000000'
  )
  t.equal(await said({ count: 0 }), 'body count: expected a whole number from 1, found 0')
  t.equal(
    await said({ count: '3' }),
    'body count: expected a whole number from 1, found "3"; write it without quotes: 3'
  )
  t.equal(await said({ within: '601s' }), 'body within: expected at most 10m, found "601s"')
  t.equal(
    await said({ within: 5 }),
    'body within: expected a duration such as 200ms, 2s or 1h30m, found 5; add its unit: 5s or 5ms'
  )
  t.equal(
    await said({ header: { accept: 3 } }),
    'body header.accept: expected a text, or a /regular expression/, found 3; write it in quotes: "3"'
  )
})

t.test('at most a thousand clients can wait, and a disconnect makes room', async t => {
  const { url } = await serving(t)
  const waiting: ClientRequest[] = []
  const refused = await new Promise<unknown[]>(resolve => {
    const statuses: unknown[] = []
    const receive = (response: IncomingMessage) => {
      if (statuses.push(response.resume().statusCode) === 5) resolve(statuses)
    }
    while (waiting.length < 1005)
      waiting.push(
        request(`${url}/__admin/requests/wait`, { method: 'POST' })
          .on('error', () => undefined)
          .on('response', receive)
          .end('{"login":"nobody","within":"10m"}')
      )
  })
  t.strictSame(refused, [503, 503, 503, 503, 503])
  const more = () => askSocket(url, { method: 'POST', url: '/__admin/requests/wait', payload: '{"within":"1ms"}' })
  t.match(JSON.parse((await more()).body), {
    title: 'Too many waiting clients',
    detail: '1000 requests are waiting already; reduce the parallel waits.'
  })
  for (const each of waiting) each.destroy()
  await until(async () => (await more()).statusCode === 200)
})
