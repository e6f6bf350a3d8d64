import t from 'tap'
import { endpoints } from '../../../routes/control/index.js'
import { clientOf, type Told } from '../../support/control.js'
import { inEveryMode, type Space } from '../../support/modes.js'
import { until } from '../../support/until.js'

const hcx = clientOf('hcx')
const token = '11112222:3333:4444:8555:666677778888'
const session = { product: 'hcx', login: 'demo', token: '1111…8888' }
const row = { number: 1, product: 'hcx', operation: 'session', outcome: 'success', status: 200 }
const lost = { number: 2, operation: 'session', outcome: 'refused', status: 401, why: { reason: 'never-issued' } }

/** The scenario of each space. Its clock does not run. */
const scenario = {
  title: 'a scenario',
  clock: '2026-01-01T00:00:00Z',
  frozen: true,
  seed: 1,
  rules: [{ name: 'gate', on: 'hcx.logout', then: { hold: 'gate' } }]
}

/** A request after which a space with one session of demo, its use, and a refused request responds like this. */
interface Asked {
  /** What happens before; its result is `{…}` in the body. */
  readonly before?: (space: Space) => Promise<unknown>
  /** Parameters in the path, with a query; by default the path of the endpoint. */
  readonly path?: string
  readonly body?: unknown
  readonly status?: number
  /** The JSON body, or a part of the text. */
  readonly answer: object | RegExp
  /** The response is not one of the space: it may differ from mode to mode. */
  readonly ofServer?: true
}

const saved = async ({ control }: Space) => (await control('GET /snapshot?secrets=true')).text
/** A logout that is held until the request of the test, or the end of the server. */
const held = async ({ control, send }: Space) => {
  send(hcx.logout(token)).catch(() => undefined)
  await until(async () => ((await control('GET /holds')).body.holds as unknown[]).length > 0)
}

const asked: Readonly<Record<string, Asked>> = {
  'GET /health': {
    answer: { status: 'ok', version: String, uptime: Number, scenario: 'a scenario', state: 'Started' },
    ofServer: true
  },
  'GET /ready': { answer: { ready: true } },
  'POST /reset': { answer: { reset: [/^space-/] } },
  'GET /scenario': {
    answer: { title: 'a scenario', state: 'Started', seed: 1, rules: [{ number: 1, matched: 0, played: 0 }] }
  },
  'PUT /scenario': {
    body: 'title: another\nrules:\n  - { on: hcx, then: { fail: unavailable } }\n',
    answer: { title: 'another', rules: [{ sentence: /^on hcx: fail with unavailable/ }] }
  },
  'DELETE /scenario': { answer: { title: String, rules: Array }, ofServer: true },
  'POST /scenario/validate': {
    body: 'title: wrong\nrules:\n  - { on: hcx.sesion, then: expire }\n',
    answer: { valid: false, errors: [{ line: 3, column: 11, message: /did you mean hcx\.session\?/ }] }
  },
  'GET /scenario/text': { answer: /^\{"title":"a scenario"/ },
  'GET /schema': { answer: { properties: { rules: Object } } },
  'GET /scenarios': { answer: { scenarios: [{ name: 'appliance-not-ready', title: String }] } },
  'GET /scenarios/{name}': { path: '/scenarios/outage', answer: /^title: Ten seconds after the start/m },
  'GET /clock': {
    answer: { now: '2026-01-01T00:00:00.000Z', frozen: true, nextExpiry: '2026-01-01T01:00:00.000Z' }
  },
  'PUT /clock': { body: { action: 'next-expiry' }, answer: { now: '2026-01-01T01:00:00.000Z', frozen: true } },
  'GET /sessions': { answer: { count: 1, sessions: [{ ...session, uses: 1, age: 0, left: 3600 }] } },
  'POST /sessions': {
    body: { product: 'cbrain', login: 'demo', token: '0123456789abcdef0123456789abcdef' },
    status: 201,
    answer: { product: 'cbrain', login: 'demo', token: '0123456789abcdef0123456789abcdef', uses: 0, left: 86_400 }
  },
  'GET /sessions/ended': {
    before: ({ control }) => control('POST /sessions/revoke', {}),
    answer: { count: 1, sessions: [{ ...session, cause: 'revoked', by: 'the control API' }] }
  },
  'POST /sessions/reveal': { body: { token: '1111…8888' }, answer: { sessions: [{ ...session, token }] } },
  'POST /sessions/expire': { body: { token }, answer: { ended: [session] } },
  'POST /sessions/revoke': { body: { login: 'demo' }, answer: { ended: [session] } },
  'GET /requests': { answer: { count: 2, dropped: 0, requests: [row, lost] } },
  'DELETE /requests': { answer: { cleared: 2 } },
  'GET /requests/unmatched': {
    before: ({ send }) => send({ method: 'GET', url: '/sesion' }),
    answer: { count: 1, requests: [{ number: 3, outcome: 'unmatched', status: 404, nearest: 'GET /session' }] }
  },
  'POST /requests/find': { body: { outcome: 'refused' }, answer: { count: 1, requests: [lost] } },
  'POST /requests/count': { body: { product: 'hcx' }, answer: { count: 2 } },
  'POST /requests/wait': { body: { reason: 'never-issued' }, answer: { enough: true, count: 1, requests: [lost] } },
  'POST /verify': {
    body: { requests: [{ operation: 'session', count: 3 }] },
    status: 406,
    answer: { verified: false, differences: [/^expectation 1: expected 3 of requests with operation session, found 2/] }
  },
  'GET /verdicts': {
    answer: {
      passed: false,
      verdicts: [
        { verdict: 'session-left-open', passed: true },
        { verdict: 'call-after-logout', passed: true },
        { verdict: 'credentials-in-url', passed: true },
        {
          verdict: 'refusal-without-login',
          passed: false,
          findings: [{ requests: [2], words: /^no login followed request 2/ }]
        }
      ]
    }
  },
  'GET /spaces': { answer: { spaces: [{ scenario: 'a scenario', state: 'Started', requests: 2, sessions: 1 }] } },
  'POST /spaces': {
    body: { name: 'another-space' },
    status: 201,
    answer: { name: 'another-space', requests: 0 },
    ofServer: true
  },
  'POST /spaces/{name}/fork': {
    body: { to: 'forked' },
    status: 201,
    answer: { name: 'forked', requests: 0, sessions: 1 }
  },
  'DELETE /spaces': { answer: { dropped: [/^space-/] } },
  'GET /snapshot': {
    answer: { sessions: { products: [{ product: 'hcx', open: [{ login: 'demo', token: '1111…8888', uses: 1 }] }] } }
  },
  'PUT /snapshot': { before: saved, answer: { scenario: 'a scenario', requests: 0, sessions: 1 } },
  'GET /holds': { before: held, answer: { holds: [{ name: 'gate', waiting: 1 }] } },
  'POST /holds/{name}/wait': {
    before: held,
    path: '/holds/gate/wait',
    answer: { name: 'gate', enough: true, waiting: 1 }
  },
  'POST /holds/{name}/release': { before: held, path: '/holds/gate/release', answer: { name: 'gate', released: 1 } },
  'GET /metrics': {
    answer: /^session_mock_requests_total\{product="hcx",operation="session",outcome="refused"\} \d+$/m,
    ofServer: true
  },
  'GET /openapi.json': { answer: { openapi: '3.1.0', paths: { '/clock': Object } } },
  'GET /products': { answer: { products: Array } },
  'GET /products/{product}/openapi.json': {
    path: '/products/hcx/openapi.json',
    answer: { openapi: '3.1.0' },
    ofServer: true
  },
  'GET /ca.pem': { status: 404, answer: { title: 'There is no authority' } },
  'GET /': { answer: /^<!doctype html>/i },
  'GET /dashboard/{file}': { path: '/dashboard/dashboard.js', answer: /^'a script'$/m }
}

/** It responds until the end of the server, and so is asked last. */
const stream = 'GET /events'

t.test('every endpoint is in the list', async t => {
  t.strictSame([...Object.keys(asked), stream].sort(), endpoints.map(({ method, path }) => `${method} ${path}`).sort())
})

/** The responses of the first mode, without what differs from space to space. */
const first = new Map<string, string>()

inEveryMode(async (t, mode) => {
  for (const [name, { before, path, body, status = 200, answer, ofServer }] of Object.entries(asked))
    t.test(name, async t => {
      const space = await mode.space(scenario)
      await space.control('POST /sessions', { product: 'hcx', login: 'demo', token })
      await space.send(hcx.use(token))
      await space.send(hcx.use(hcx.unknownToken))
      const made = await before?.(space)
      const [method = '', route = ''] = name.split(' ')
      const line = `${method} ${path ?? route.replace('{name}', space.name)}`
      const told = await space.control(line, typeof made === 'string' ? made : body)
      t.equal(told.status, status, told.text)
      t.match(answer instanceof RegExp ? told.text : told.body, answer)
      if (ofServer) return
      const bare = bareText(told)
      t.equal(bare, first.get(name) ?? bare, 'the response is the same in every mode')
      first.set(name, bare)
    })

  t.test(stream, async t => {
    const { send, control } = await mode.space(scenario)
    let received = ''
    const listening = send({ method: 'GET', url: '/__admin/events' }, undefined, text => {
      received += text
    })
    await control('GET /ready')
    await send(hcx.use(token))
    // Without a socket, the response comes as a whole.
    if (!mode.sharesPaths && mode.name !== 'memory')
      await until(async () => {
        await send(hcx.use(token))
        return /^event: request$/m.test(received)
      })
    await mode.close()
    const reply = await listening
    t.equal(reply?.headers['content-type'], 'text/event-stream')
    t.match(reply?.body, /^: session-mock\n\n[\s\S]*^event: request\ndata: \{"space":"space-\d+","number":\d+,/m)
  })
})

const bareText = ({ text }: Told): string =>
  text
    .replace(/"(wall|savedAt)":"[^"]*"/g, '"$1":"…"')
    .replace(/"milliseconds":[\d.]+/g, '"milliseconds":0')
    .replace(/"headers":\{[^}]*\}/g, '"headers":{}')
    .replace(/"ahead":-?\d+/g, '"ahead":0')
    .replace(/http:\/\/[\w.]+:\d+/g, 'http://host')
