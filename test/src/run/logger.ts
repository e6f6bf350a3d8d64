import t from 'tap'
import { cbrain } from '../../../routes/cbrain.js'
import type { Environment } from '../../../src/config/read-settings.js'
import type { Settings } from '../../../src/config/settings.js'
import { createLog } from '../../../src/run/logger.js'
import { createBugLog, createControlLog, createRequestLog } from '../../../src/run/request-log.js'
import { type DoubleOptions, double } from '../../support/double.js'
import { scenarioOf } from '../../support/scenario.js'

interface Scene {
  readonly isTTY?: boolean
  readonly env?: Environment
  readonly logLevel?: Settings['logLevel']
}

const into = async (log: Settings['log'], { isTTY = false, env = {}, logLevel = 'info' }: Scene = {}) => {
  let text = ''
  const output = { isTTY, write: (part: string) => (text += part) }
  const logger = await createLog({ log, logLevel }, output, env)
  return { logger, text: () => text }
}

const written = async (log: Settings['log'], scene?: Scene) => {
  const { logger, text } = await into(log, scene)
  logger.info({ login: 'demo' }, 'a word')
  logger.warn('a warning')
  logger.error({ err: new Error('oh no') }, 'a bug')
  return text()
}

const time = String.raw`\d\d:\d\d:\d\d\.\d{3}`
const plain = new RegExp(`^${time} a word\n${time} WARN a warning\n${time} ERROR a bug\n    Error: oh no\n +at `)
const json = /^\{"level":30,.*"msg":"a word"\}\n\{"level":40,/
// biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control characters.
const colours = /\u001b\[90m[\d:.]+\u001b\[0m \u001b\[31mERROR\u001b\[0m a bug\n/

t.test('the text log has messages, and the stack of bugs', async t => {
  t.match(await written('pretty'), plain)
})

t.test('the JSON log has one line for each message', async t => {
  const lines = (await written('json')).trimEnd().split('\n')
  t.match(
    lines.map(line => JSON.parse(line)),
    [
      { level: 30, login: 'demo', msg: 'a word' },
      { level: 40, msg: 'a warning' },
      { level: 50, err: { message: 'oh no', stack: /^Error: oh no\n/ }, msg: 'a bug' }
    ]
  )
})

t.test('a silent log is empty', async t => {
  t.equal(await written('pretty', { logLevel: 'silent' }), '')
})

t.test('the text log is the default on a terminal, JSON otherwise', async t => {
  t.match(await written('auto', { isTTY: true }), colours)
  t.match(await written('auto'), json)
  t.match(await written('auto', { env: { FORCE_COLOR: '1' } }), json)
  t.match(await written('json', { isTTY: true, env: { FORCE_COLOR: '1' } }), json)
})

t.test('colours are used on terminals, unless set by the environment', async t => {
  const cases: readonly (readonly [isTTY: boolean, env: Environment, coloured: boolean])[] = [
    [true, {}, true],
    [false, {}, false],
    [true, { NO_COLOR: '1' }, false],
    [true, { NO_COLOR: '' }, true],
    [true, { TERM: 'dumb' }, false],
    [false, { FORCE_COLOR: '1' }, true],
    [true, { FORCE_COLOR: '0' }, false],
    [false, { FORCE_COLOR: '1', NO_COLOR: '1' }, true]
  ]
  for (const [isTTY, env, coloured] of cases)
    t.match(await written('pretty', { isTTY, env }), coloured ? colours : plain, JSON.stringify({ isTTY, env }))
})

const scenario = scenarioOf(`
accounts:
  - { login: demo, password: demo }
  - { login: lazy, password: demo }
rules:
  - { name: wobbly, on: login, when: { login: wobbly }, then: { fail: server-error } }
  - { name: lazy, on: login, when: { login: lazy }, then: { delay: 12ms } }
  - { name: rude, on: login, when: { login: rude }, then: { connection: reset } }
`)

/** What the log says of requests to CBRAIN, sent one after another. */
const lived = async (log: Settings['log'], scene: Scene = {}, settings: Partial<DoubleOptions> = {}) => {
  const { logger, text } = await into(log, scene)
  const { send, systemClock } = double({ onExchange: createRequestLog(logger), scenario, ...settings })
  const ask = async (method: 'GET' | 'POST', url: string, headers: Record<string, string> = {}) => {
    const before = text().length
    const reply = await send({ method, url, headers }).catch(() => undefined)
    return { reply, line: text().slice(before) }
  }
  return { ask, systemClock, text }
}

const line = (words: string) => new RegExp(`^${time} ${words}\n$`)

t.test('each request is one short line with outcome and reason', async t => {
  const { ask, systemClock } = await lived('pretty')
  const login = await ask('POST', '/session?login=demo&password=demo')
  t.match(login.line, line('200 cbrain login POST /session demo 0ms'))
  const { cbrain_api_token: token } = login.reply?.json() ?? {}
  const bearer = { authorization: `Bearer ${token}` }
  t.match((await ask('GET', '/session', bearer)).line, line('200 cbrain session GET /session demo 0ms'))
  systemClock.advance(90_000_000)
  const expired = String.raw`401 cbrain session GET /session demo refused: expired 1h ago \(idle 1d\), 0ms`
  t.match((await ask('GET', '/session', bearer)).line, line(expired))
  const others = [
    [
      'POST',
      '/session?login=demo&password=no',
      '401 cbrain login POST /session demo refused: the password of demo does not match, 0ms'
    ],
    ['POST', '/session?login=wobbly', '500 cbrain login POST /session wobbly refused: rule "wobbly".*, 0ms'],
    ['POST', '/session?login=lazy&password=demo', '200 cbrain login POST /session lazy by rule "lazy".* 0ms'],
    ['POST', '/session?login=rude', '... cbrain login POST /session rude broken: reset, by rule "rude".*, 0ms'],
    [
      'GET',
      `/session/${token}?cbrain_api_token=${token}`,
      String.raw`404 cbrain GET /session/\w{4}…\w{4} refused: no operation has this path; the nearest is GET /session\S*, 0ms`
    ],
    [
      'POST',
      '/session?login=x%0A%1B[2Jy',
      String.raw`401 cbrain login POST /session x\?\?\[2Jy refused: no account has the login .*, 0ms`
    ],
    [
      'POST',
      '/V1/Session?password=secret',
      '404 POST /V1/Session unmatched: no operation has this path; the nearest is POST /ServicesAPI/API/V1/Session, 0ms'
    ]
  ] as const
  for (const [method, url, words] of others) t.match((await ask(method, url)).line, line(words), words)
})

t.test('on a terminal, the outcome has its colour', async t => {
  const { ask } = await lived('auto', { isTTY: true })
  const { line } = await ask('POST', '/session?login=demo&password=demo')
  t.match(
    line,
    // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are control characters.
    /^\u001b\[90m[\d:.]+\u001b\[0m \u001b\[32m200\u001b\[0m cbrain login POST \/session \u001b\[36mdemo\u001b\[0m \u001b\[90m0ms\u001b\[0m\n$/
  )
  t.match((await ask('GET', '/session')).line, '\u001b[33m401\u001b[0m')
})

t.test('the JSON log has the same data as fields', async t => {
  const { ask } = await lived('json')
  await ask('POST', '/session?login=demo&password=demo')
  t.match(JSON.parse((await ask('GET', '/session?cbrain_api_token=secret')).line), {
    level: 30,
    product: 'cbrain',
    operation: 'session',
    method: 'GET',
    path: '/session',
    status: 401,
    outcome: 'refused',
    why: 'the token was never issued',
    milliseconds: 0,
    at: '2026-01-01T12:00:00.000Z',
    msg: '401 cbrain session GET /session refused: the token was never issued, 0ms'
  })
})

t.test('on its own listener, a product responds as usual, and the log has a hint', async t => {
  const { ask } = await lived('pretty', {}, { only: cbrain })
  const lost = [
    ['GET', '/api/admin/v1/sessions', 'no operation has this path; it belongs to hcx, which is not on this port'],
    ['GET', '/sesion', 'no operation has this path; the nearest is GET /session']
  ] as const
  for (const [method, url, why] of lost) {
    const { reply, line: said } = await ask(method, url)
    t.match(said, line(`404 cbrain ${method} ${url} refused: ${why}, 0ms`))
    t.equal(reply?.body, (await ask(method, '/nowhere')).reply?.body, 'its own 404')
  }
})

t.test('an internal error of the control API is logged with its stack', async t => {
  const { logger, text } = await into('json')
  createBugLog(logger)(new Error('oh no'))
  t.match(JSON.parse(text()), {
    level: 50,
    msg: 'the control API: a bug in session-mock',
    err: { message: 'oh no', stack: /\n +at / }
  })
})

t.test('a log line has the space, unless it is the default one', async t => {
  const { ask } = await lived('pretty')
  const { line: said } = await ask('POST', '/~w1/session?login=demo&password=demo')
  t.match(said, line('200 ~w1 cbrain login POST /session demo 0ms'))
})

t.test('a server error has another colour than a refusal', async t => {
  const { ask } = await lived('auto', { isTTY: true })
  t.match((await ask('POST', '/session?login=wobbly')).line, '\u001b[31m500\u001b[0m')
  t.match((await ask('POST', '/session?login=nobody')).line, '\u001b[33m401\u001b[0m')
})

t.test('changes by the control API are logged, reads are not', async t => {
  const { logger, text } = await into('pretty')
  const { send } = double({ steered: createControlLog(logger) })
  const said = async (method: 'GET' | 'PUT' | 'POST' | 'DELETE', url: string, payload?: object | string) => {
    const before = text().length
    await send({ method, url, ...(payload === undefined ? {} : { payload }) })
    return text().slice(before)
  }
  const clock = { action: 'advance', by: '31m' }
  t.match(await said('PUT', '/__admin/clock', clock), line('control PUT /__admin/clock action=advance by=31m'))
  t.match(
    await said('PUT', '/__admin/clock?space=w1', clock),
    line('control ~w1 PUT /__admin/clock action=advance by=31m')
  )
  const token = '00112233445566778899aabbccddeeff'
  const session = { product: 'cbrain', login: 'demo', token }
  t.match(
    await said('POST', '/~w1/__admin/sessions', session),
    line('control ~w1 POST /__admin/sessions product=cbrain login=demo')
  )
  t.match(await said('POST', '/__admin/sessions/revoke', {}), line('control POST /__admin/sessions/revoke'))
  t.match(
    await said('PUT', '/__admin/scenario', 'title: a bad day'),
    line('control PUT /__admin/scenario title=a bad day')
  )
  t.match(await said('POST', '/__admin/reset'), line('control POST /__admin/reset'))
  t.equal(await said('GET', '/__admin/sessions'), '')
  t.equal(await said('PUT', '/__admin/clock', { action: 'advance' }), '', 'what is refused changes nothing')
})

t.test('control characters of a text are escaped in both formats', async t => {
  for (const format of ['json', 'pretty'] as const) {
    const { logger, text } = await into(format)
    logger.warn('a \u001b[2J\u009b31m\u2028 sentence')
    logger.error({ err: new Error('a \u009b31m message') }, 'a bug')
    t.notMatch(text(), /(?!\n)[\p{Cc}\p{Cf}\p{Zl}]/u)
    t.match(text(), String.raw`\u001b[2J\u009b31m\u2028 sentence`)
  }
})

t.test('a change by the control API is logged without secrets', async t => {
  const { logger, text } = await into('json')
  const scenario = scenarioOf('title: for Swordfish-0815\naccounts: [{ login: demo, password: Swordfish-0815 }]')
  const server = double({ scenario, steered: createControlLog(logger) })
  const post = (url: string, body: object | string) =>
    server.send({ method: 'POST', url, payload: typeof body === 'string' ? body : JSON.stringify(body) })
  await post('/__admin/spaces', { name: 'Swordfish-0815' })
  await server.send({ method: 'DELETE', url: '/__admin/scenario' })
  await post('/__admin/sessions', { product: 'cbrain', login: 'demo', token: '0123456789abcdef0123456789abcdef' })
  t.match(text(), '"control POST /__admin/spaces name=…"')
  t.notMatch(text(), /Swordfish|0123456789abcdef/)
})
