import { once } from 'node:events'
import { Agent } from 'node:http'
import { connect, type Socket } from 'node:net'
import { connect as connectSecurely } from 'node:tls'
import t, { type Test } from 'tap'
import { cbrain } from '../../../routes/cbrain.js'
import { netbrain } from '../../../routes/netbrain.js'
import type { ExchangeListener } from '../../../src/exchange/recorder.js'
import type { Product } from '../../../src/product/product.js'
import { tlsIdentity } from '../../../src/server/identity.js'
import { toyDriver as client, toy } from '../../fixtures/toy.js'
import type { Reply, Request } from '../../support/driver.js'
import { drivers } from '../../support/drivers.js'
import { FakeSystemClock } from '../../support/fake-system-clock.js'
import { ask, serving, talk } from '../../support/serving.js'
import { until } from '../../support/until.js'

const refused = (status: string) => `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`
const body = 'Host: x\r\nContent-Type: application/json\r\n'
const login = '{"username":"demo","password":"demo"}'

/** Bytes that a server on the open network gets to see, and its complete response, or the beginning of it. */
const invalidBytes: readonly (readonly [
  what: string,
  bytes: string | Buffer,
  expected: string | RegExp,
  done?: true
])[] = [
  ['nothing at all', '', '', true],
  ['a word', 'hello\r\n\r\n', refused('400 Bad Request')],
  ['a TLS handshake', Buffer.from('16030100c8010000c40303', 'hex'), refused('400 Bad Request')],
  ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', refused('400 Bad Request')],
  ['a method that nobody knows', 'FOO /session HTTP/1.1\r\nHost: x\r\n\r\n', refused('400 Bad Request')],
  [
    'a method of WebDAV',
    'PROPFIND /ServicesAPI/API/V1/Session HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
    /^HTTP\/1\.1 405 [\s\S]*\{"statusCode":793405,"statusDescription":"Method is not supported"\}$/
  ],
  [
    'a proxy’s CONNECT',
    'CONNECT example.com:443 HTTP/1.1\r\nHost: x\r\n\r\n',
    /^HTTP\/1\.1 501 [\s\S]*"title": "This is no proxy"/
  ],
  [
    'OPTIONS of everything',
    'OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
    /^HTTP\/1\.1 404 [\s\S]*"title": "No such path on any product"/
  ],
  [
    'a header of 100 KB',
    `GET /session HTTP/1.1\r\nHost: x\r\nX-Big: ${'x'.repeat(102_400)}\r\n\r\n`,
    refused('431 Request Header Fields Too Large')
  ],
  [
    'a path of 100 KB',
    `GET /session?${'x'.repeat(102_400)} HTTP/1.1\r\nHost: x\r\n\r\n`,
    refused('431 Request Header Fields Too Large')
  ],
  ['a header with a NUL', 'GET /session HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n', refused('400 Bad Request')],
  ['a request without a Host', 'GET /session HTTP/1.1\r\n\r\n', /^HTTP\/1\.1 400 /],
  [
    'a body that ends too early',
    `POST /session HTTP/1.1\r\n${body}Content-Length: 100\r\n\r\n{"login"`,
    refused('400 Bad Request'),
    true
  ],
  [
    'a chunk that is none',
    `POST /session HTTP/1.1\r\n${body}Transfer-Encoding: chunked\r\n\r\nzz\r\n`,
    refused('400 Bad Request')
  ],
  [
    'two lengths',
    `POST /session HTTP/1.1\r\n${body}Content-Length: 1\r\nContent-Length: 2\r\n\r\n{}`,
    refused('400 Bad Request')
  ],
  [
    'a length and chunks',
    `POST /session HTTP/1.1\r\n${body}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
    refused('400 Bad Request')
  ],
  [
    'an expectation that nobody meets',
    `POST /session HTTP/1.1\r\n${body}Connection: close\r\nExpect: cake\r\nContent-Length: 2\r\n\r\n{}`,
    /^HTTP\/1\.1 417 /
  ],
  [
    'a path with invalid percent-encoding',
    'GET /ServicesAPI/%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
    /^HTTP\/1\.1 404 [\s\S]*\{"statusCode":793404,"statusDescription":"No resource"\}$/
  ],
  [
    'a body that is no UTF-8',
    Buffer.from(
      `POST /ServicesAPI/API/V1/Session HTTP/1.1\r\n${body}Connection: close\r\nContent-Length: 2\r\n\r\n\xff\xfe`,
      'latin1'
    ),
    /^HTTP\/1\.1 400 [\s\S]*"statusCode":791000/
  ]
]

t.test('any bytes are refused or close the connection, and the server continues', async t => {
  const { app, url, close } = await serving(t)
  for (const [what, bytes, expected, done] of invalidBytes) {
    t.match(
      await talk(url, bytes, done && { done }),
      typeof expected === 'string' ? new RegExp(`^${expected}$`) : expected,
      what
    )
    t.equal((await ask(url, { method: 'GET', url: '/session_status' })).statusCode, 401, `alive after ${what}`)
  }
  t.strictSame(await app.spaces.default.sessions.list(0), [], 'no session was opened')
  await close()
  await leavesNothing(t)
})

t.test('a body over the limit is refused by the product, with or without Content-Length', async t => {
  const { url } = await serving(t)
  const big = 'x'.repeat(3 * 1024 * 1024)
  for (const framing of [{}, { 'transfer-encoding': 'chunked' }]) {
    const headers = { 'content-type': 'application/json', accept: 'application/json', ...framing }
    const reply = await ask(url, { method: 'POST', url: '/session', headers, payload: big })
    t.equal(reply.statusCode, 413)
    t.equal(reply.headers.connection, 'close')
    t.equal(reply.body, '{"status":413,"error":"Payload Too Large"}')
  }
})

t.test('a disconnect within a body leaves nothing behind', async t => {
  const told: string[] = []
  const { app, url, close } = await serving(t, { onExchange: ({ url }) => told.push(url) })
  for (const leave of ['destroy', 'resetAndDestroy'] as const) {
    const socket = await dial(url)
    const head = `POST /ServicesAPI/API/V1/Session HTTP/1.1\r\n${body}Expect: 100-continue\r\nContent-Length: 37\r\n\r\n`
    socket.write(head)
    await once(socket, 'data')
    socket.write(login.slice(0, 20))
    socket[leave]()
  }
  t.equal((await ask(url, { method: 'GET', url: '/session_status' })).statusCode, 401)
  await close()
  t.strictSame(told, ['/session_status'])
  t.strictSame(await app.spaces.default.sessions.list(0), [])
  await leavesNothing(t)
})

t.test('a client of HTTP/1.0 can log in, and its connection closes', async t => {
  const { url } = await serving(t)
  const received = await talk(url, `POST /ServicesAPI/API/V1/Session HTTP/1.0\r\nContent-Length: 37\r\n\r\n${login}`)
  t.match(
    received,
    /^HTTP\/1\.1 200 OK\r\n[\s\S]*Connection: close\r\n\r\n\{"token":"[-0-9a-f]{36}","statusCode":790200,"statusDescription":"Success\."\}$/
  )
})

t.test('a request line with an absolute URL is routed by its path', async t => {
  const { app, urls } = await serving(t, { products: [toy], listeners: [{ port: 0 }, { port: 0, product: toy }] })
  const line = (target: string) => `GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`
  for (const url of urls) {
    t.match(await talk(url, line('http://toys.example:80/toy/who')), /^HTTP\/1\.1 401 [\s\S]*no: no-session\n$/)
    t.match(await talk(url, line('HTTPS://toys.example/~blue/toy/who?x=http://y/')), /^HTTP\/1\.1 401 /)
    t.match(
      await talk(url, line('http://toys.example')),
      /^HTTP\/1\.1 (?:200 OK\r\n[\s\S]*"name": "session-mock"|404 Not Found\r\n[\s\S]*no: not-found)/
    )
    t.match(
      await talk(url, line('http://toys.example?/toy/who')),
      /^HTTP\/1\.1 (?:200 OK\r\n[\s\S]*"name": "session-mock"|404 Not Found\r\n[\s\S]*no: not-found)/
    )
  }
  t.equal(app.spaces.list().at(-1)?.name, 'blue')
})

t.test('pipelined requests are handled in order', async t => {
  const gate = new Gate()
  const { url } = await serving(t, { products: [gate.toy], onExchange: gate.onExchange })
  const line = (path: string, last = '') => `GET ${path} HTTP/1.1\r\nHost: x\r\n${last}\r\n`
  const received = talk(url, line('/toy/slow') + line('/toy/who') + line('/toy/nowhere', 'Connection: close\r\n'))
  await gate.reached('slow')
  gate.open()
  const answers = (await received).split(/(?=HTTP\/1\.1 )/)
  t.strictSame(
    answers.map(answer => answer.slice(9, 12)),
    ['200', '401', '404']
  )
  t.ok(answers[0]?.endsWith('\r\n\r\nat last\n'), 'each is whole before the next begins')
})

t.test('a connection serves several requests', async t => {
  const { url } = await serving(t, { products: [toy] })
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  t.teardown(() => agent.destroy())
  const token = client.issued(await ask(url, client.login(), agent))
  t.equal((await ask(url, client.use(token), agent)).headers.connection, 'keep-alive')
  t.equal((await ask(url, client.invalidRequests['malformed body'].request(token), agent)).statusCode, 400)
  t.equal((await ask(url, client.logout(token), agent)).statusCode, 200)
  t.equal(Object.values(agent.freeSockets).flat().length, 1)
})

t.test('a stop closes idle connections immediately', async t => {
  const { url, close } = await serving(t, { grace: 3_600_000 })
  const agent = new Agent({ keepAlive: true })
  t.teardown(() => agent.destroy())
  const silent = await dial(url)
  await ask(url, { method: 'GET', url: '/session' }, agent)
  const [kept] = Object.values(agent.freeSockets).flat()
  await Promise.all([close(), once(silent, 'close'), kept && once(kept, 'close')])
  await t.rejects(ask(url, { method: 'GET', url: '/session' }), { code: 'ECONNREFUSED' })
  await leavesNothing(t)
})

t.test('a stop finishes current requests', async t => {
  const gate = new Gate()
  const { url, close } = await serving(t, { products: [gate.toy], onExchange: gate.onExchange })
  const agent = new Agent({ keepAlive: true })
  t.teardown(() => agent.destroy())
  const upload = await dial(url)
  upload.write(
    'POST /toy/knock HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Type: text/plain\r\nContent-Length: 9\r\n\r\n'
  )
  await once(upload, 'data')
  const slow = ask(url, { method: 'GET', url: '/toy/slow' }, agent)
  await gate.reached('slow')

  const order: string[] = []
  const closed = Promise.all([close(), close()]).then(() => order.push('closed'))
  await t.rejects(ask(url, { method: 'GET', url: '/toy/who' }), { code: 'ECONNREFUSED' })
  upload.write('demo demo')
  const [answer] = await once(upload, 'data')
  t.match(String(answer), /^HTTP\/1\.1 200 OK\r\n/)
  order.push('uploaded')
  order.push('released')
  gate.open()
  t.equal((await slow).body, 'at last\n')
  await closed
  t.strictSame(order, ['uploaded', 'released', 'closed'])
  await leavesNothing(t)
})

t.test('requests after the grace period are closed', async t => {
  const gate = new Gate()
  const systemClock = new TickingWall()
  const { url, close } = await serving(t, {
    products: [gate.toy],
    onExchange: gate.onExchange,
    systemClock,
    grace: 5000
  })
  const slow = ask(url, { method: 'GET', url: '/toy/slow' })
  await gate.reached('slow')
  const closed = close()
  systemClock.advance(5000)
  systemClock.tick()
  t.equal(await Promise.race([slow.catch(() => 'cut off'), new Promise(setImmediate).then(() => 'waiting')]), 'waiting')
  systemClock.advance(1)
  systemClock.tick()
  await t.rejects(slow, { code: 'ECONNRESET' })
  await closed
  gate.open()
})

t.test('a TLS handshake that a client leaves unfinished is closed after the grace period', async t => {
  const systemClock = new TickingWall()
  const tls = await tlsIdentity({ names: [], min: '1.2', now: Date.now() })
  const { url, close } = await serving(t, { listeners: [{ port: 0, tls }], systemClock, grace: 5000 })
  const half = await dial(url)
  half.write(Buffer.from('16030100c80100', 'hex'))
  // A second client is served after the server has read the bytes of the first one.
  const { port } = new URL(url)
  await once(connectSecurely({ port: Number(port), ca: tls.ca, host: '127.0.0.1' }), 'secureConnect')
  const closed = close()
  systemClock.advance(5001)
  systemClock.tick()
  await Promise.all([closed, once(half, 'close')])
})

t.test('a port in use is reported, and no other listener stays open', async t => {
  const { url } = await serving(t)
  const port = Number(new URL(url).port)
  await t.rejects(serving(t, { listeners: [{ port: 0 }, { port, product: cbrain }] }), { code: 'EADDRINUSE', port })
  await leavesNothing(t, 1)
})

t.test('the listener of a product serves only this product, with its own 404', async t => {
  const { urls } = await serving(t, {
    listeners: [{ port: 0 }, { port: 0, product: cbrain }, { port: 0, product: netbrain }]
  })
  const [all = '', cbrains = '', netbrains = ''] = urls
  t.equal(new Set(urls).size, 3)
  const session = { method: 'GET', url: '/session' } as const
  t.equal((await ask(all, session)).statusCode, 401)
  t.equal((await ask(cbrains, session)).statusCode, 401)
  t.equal((await ask(netbrains, session)).body, '{"statusCode":793404,"statusDescription":"No resource"}')
  const elsewhere = { method: 'GET', url: '/api/admin/v1/sessions' } as const
  t.equal((await ask(all, elsewhere)).statusCode, 401)
  t.equal((await ask(cbrains, elsewhere)).body, '{"status":404,"error":"Not Found"}')
  t.match((await ask(all, { method: 'GET', url: '/nowhere' })).body, /"title": "No such path on any product"/)
})

t.test('of 100 parallel logouts with one token, on any listener, exactly one succeeds', async t => {
  for (const driver of [...drivers, client]) {
    const listeners = [{ port: 0 }, { port: 0, product: driver.product }]
    const { urls, close } = await serving(t, { products: [driver.product], listeners })
    const logout = bytesOf(driver.logout(driver.issued(await ask(urls[0] ?? '', driver.login()))))
    // All stand at the listener before the first says a word.
    const sockets = await Promise.all(Array.from({ length: 100 }, (_, index) => dial(urls[index % 2] ?? '')))
    const answers = sockets.map(everything)
    for (const socket of sockets) socket.write(logout)
    const replies = (await Promise.all(answers)).map(replyOf)
    t.equal(replies.filter(driver.succeeded).length, 1, driver.product.title)
    t.ok(
      replies.every(({ statusCode }) => statusCode === 200 || statusCode === 401),
      'and each is answered'
    )
    await close()
  }
})

t.test('100 parallel logins open 100 sessions', async t => {
  for (const driver of [...drivers, client]) {
    const { url, close } = await serving(t, { products: [driver.product] })
    const replies = await Promise.all(Array.from({ length: 100 }, () => ask(url, driver.login())))
    t.equal(new Set(replies.map(driver.issued)).size, 100, driver.product.title)
    await close()
  }
})

const dial = async (url: string): Promise<Socket> => {
  const socket = connect(Number(new URL(url).port), '127.0.0.1')
  await once(socket, 'connect')
  return socket
}

/** The request as it stands on the wire; its answer ends with the connection. */
const bytesOf = ({ method, url, headers = {}, payload = '' }: Request): string => {
  const all = { Host: 'x', Connection: 'close', 'Content-Length': String(payload.length), ...headers }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
  return `${method} ${url} HTTP/1.1\r\n${lines.join('')}\r\n${payload}`
}

const everything = async (socket: Socket): Promise<string> => {
  let received = ''
  for await (const chunk of socket.setEncoding('latin1')) received += chunk
  return received
}

const replyOf = (received: string): Reply => {
  const [head = '', ...body] = received.split('\r\n\r\n')
  return { statusCode: Number(head.slice(9, 12)), headers: {}, body: body.join('\r\n\r\n') }
}

const handles = (kind: string): number => process.getActiveResourcesInfo().filter(name => name === kind).length

/** What the process has open besides, of which earlier tests may let something go. */
const [ports, sockets] = [handles('TCPServerWrap'), handles('TCPSocketWrap')]

/** No port is left open but so many, and no socket of either side. */
const leavesNothing = async (t: Test, but = 0): Promise<void> => {
  // A handle is let go of some turns after its owner said that it is closed.
  const expected = ports + but + sockets
  await until(() => handles('TCPServerWrap') + handles('TCPSocketWrap') <= expected)
  t.ok(handles('TCPServerWrap') <= ports + but)
  t.ok(handles('TCPSocketWrap') <= sockets)
}

/** A toy with one operation that answers only when the test lets it, and word of who has come how far. */
class Gate {
  readonly #reached = new Map<string, () => void>()
  readonly #opened: Promise<void>
  open: () => void = () => undefined
  readonly toy: Product
  readonly onExchange: ExchangeListener = ({ url }) => this.#reached.get(url)?.()

  constructor() {
    this.#opened = new Promise(resolve => {
      this.open = resolve
    })
    const run = async () => {
      this.#reached.get('slow')?.()
      await this.#opened
      return { status: 200, headers: {}, body: 'at last\n' }
    }
    const slow = { name: 'session', summary: 'Wait', routes: [['GET', '/toy/slow']], run } as const
    this.toy = { ...toy, operations: [...toy.operations, slow] }
  }

  /** Resolves when a request for this URL has its answer, or when the slow one has begun. */
  reached(what: string): Promise<void> {
    return new Promise(resolve => this.#reached.set(what, resolve))
  }
}

/** A systemClock whose regular tasks are done when the test says so. */
class TickingWall extends FakeSystemClock {
  readonly #tasks = new Set<() => void>()

  override every(_ms?: number, task: () => void = () => undefined): () => void {
    this.#tasks.add(task)
    return () => this.#tasks.delete(task)
  }

  tick(): void {
    for (const task of this.#tasks) task()
  }
}
