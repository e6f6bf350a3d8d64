import t from 'tap'
import { endpoints } from '../../../routes/control/index.js'
import { steered, toldBy } from '../../support/control.js'
import { ask as askSocket, serving, talk } from '../../support/serving.js'

interface Wrong {
  readonly line: string
  readonly body?: string
  readonly status: number
  readonly title: string
  readonly detail: string
}

const wrongs: readonly Wrong[] = [
  {
    line: 'PUT /clock',
    body: '{"action":',
    status: 400,
    title: 'Invalid JSON',
    detail: 'Unexpected end of JSON input'
  },
  {
    line: 'PUT /clock',
    body: '[]',
    status: 400,
    title: 'Invalid request',
    detail: 'body: expected what to do with the clock, with keys such as action, found an empty list'
  },
  {
    line: 'PUT /clock',
    body: 'null',
    status: 400,
    title: 'Invalid request',
    detail: 'body: expected what to do with the clock, with keys such as action, found nothing'
  },
  {
    line: 'GET /clock?spce=a',
    status: 400,
    title: 'Invalid request',
    detail: 'query spce: unknown key "spce"; expected space; did you mean space?'
  },
  {
    line: 'GET /clock?space=a&space=b',
    status: 400,
    title: 'Invalid request',
    detail: 'query space: expected the name of a space, found a list of 2'
  },
  {
    line: 'GET /requests?status=four',
    status: 400,
    title: 'Invalid request',
    detail: 'query status: expected a whole number, found "four"'
  },
  {
    line: 'POST /reset',
    body: '{"space":"a"}',
    status: 400,
    title: 'Invalid request',
    detail: 'This path takes no body.'
  },
  {
    line: 'GET /clok',
    status: 404,
    title: 'No such path',
    detail: '/__admin/clok is not a path of the control API; did you mean /__admin/clock?'
  },
  {
    line: 'GET /nothing/like/it',
    status: 404,
    title: 'No such path',
    detail: '/__admin/nothing/like/it is not a path of the control API.'
  },
  {
    line: 'POST /clock',
    status: 405,
    title: 'No such method',
    detail: '/__admin/clock allows GET, PUT, not POST.'
  },
  {
    line: 'GET /holds/%zz/release',
    status: 400,
    title: 'Invalid URL',
    detail: '/__admin/holds/%zz/release has percent-encoding that is not UTF-8; a percent sign itself is %25.'
  },
  {
    line: 'GET /requests?login=%ff',
    status: 400,
    title: 'Invalid URL',
    detail: '/__admin/requests?login=%ff has percent-encoding that is not UTF-8; a percent sign itself is %25.'
  },
  {
    line: `PUT /clock`,
    body: `{"action":"${'x'.repeat(2000)}"}`,
    status: 413,
    title: 'The body is too large',
    detail: 'A body may have 1000 bytes; --body-limit sets the limit.'
  }
]

for (const { line, body, status, title, detail } of wrongs)
  t.test(`${line} with ${body?.slice(0, 40) ?? 'no body'} is refused with a valid value`, async t => {
    const { ask } = steered({ bodyLimit: 1000 })
    const told = await ask(line, body)
    t.equal(told.type, 'application/problem+json')
    t.match(told.body, { type: 'about:blank', status, title, detail })
    t.equal(told.status, status)
  })

t.test('all errors of a request are reported together, with their places', async t => {
  const { ask } = steered()
  const { body } = await ask('POST /verify', {
    requests: [{ prodct: 'hcx', status: 999, count: -1 }],
    within: 'soon',
    x: 1
  })
  t.strictSame((body.errors as { in: string; at: string }[]).map(each => `${each.in} ${each.at}`).sort(), [
    'body requests[0].count',
    'body requests[0].prodct',
    'body requests[0].status',
    'body within',
    'body x'
  ])
})

t.test('a wrong method is refused with the allowed ones', async t => {
  const { ask } = steered()
  t.equal((await ask('DELETE /sessions')).headers.allow, 'GET, POST')
  t.equal((await ask('PATCH /health')).headers.allow, 'GET, HEAD')
  t.equal((await ask('GET /holds/x/release')).headers.allow, 'POST')
})

t.test('an unknown path is refused with a list of all paths', async t => {
  const { ask } = steered()
  for (const line of ['GET /nothing', 'GET ', 'GET /clock/', 'GET /Clock', 'GET //clock']) {
    const { status, body } = await ask(line)
    t.equal(status, 404, line)
    t.strictSame(body.paths, [...new Set(endpoints.map(({ path }) => `/__admin${path}`))], line)
  }
})

t.test('a JSON body is read with any Content-Type, and an empty body is allowed', async t => {
  const { ask } = steered()
  for (const type of ['application/json', 'text/plain', 'application/x-www-form-urlencoded', 'nonsense', ''])
    t.equal((await ask('PUT /clock', { action: 'freeze' }, { 'content-type': type })).status, 200, type)
  t.match((await ask('POST /requests/count')).body, { count: 0 })
  t.match((await ask('POST /requests/count', '  \n')).body, { count: 0 })
})

t.test('through a socket, an invalid request closes no connection and affects no other request', async t => {
  const { url } = await serving(t)
  const reply = await askSocket(url, { method: 'PUT', url: '/__admin/clock', payload: '{"action":"jump"}' })
  t.match(toldBy(reply.statusCode, reply.headers, reply.body), { status: 400, type: 'application/problem+json' })
  const two = await talk(
    url,
    'GET /__admin/nowhere HTTP/1.1\r\nhost: test\r\n\r\nGET /__admin/ready HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\r\n'
  )
  t.match(two, /^HTTP\/1\.1 404 Not Found\r\n[\s\S]*HTTP\/1\.1 200 OK\r\n[\s\S]*\{"ready":true\}\n$/)
})

t.test('an internal error is logged, and reported as such', async t => {
  const bugs: unknown[] = []
  const library = {
    names: () => Promise.reject(new TypeError('x is no function')),
    find: () => Promise.reject(new Error()),
    read: () => Promise.reject(new Error()),
    text: () => Promise.reject(new Error())
  }
  const { ask } = steered({ catalog: library, bug: error => bugs.push(error) })
  const told = await ask('GET /scenarios')
  t.match(told.body, { status: 500, title: 'A bug in session-mock', detail: 'TypeError: x is no function' })
  t.match(bugs, [{ message: 'x is no function' }])
})
