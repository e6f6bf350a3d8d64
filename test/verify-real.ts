import { readFileSync } from 'node:fs'
import t, { type Test } from 'tap'
import { verifyRealCommand } from '../src/cli/verify.js'
import { Overlay } from '../src/overlay/overlay.js'
import { parseOverlay } from '../src/overlay/read-overlay.js'
import { fidelities } from '../src/product/product.js'
import { systemClock } from '../src/session/clock.js'
import { commandContext } from './support/command.js'
import { products } from './support/known-products.js'
import { chosen } from './support/scale.js'
import { scenarioOf } from './support/scenario.js'
import { realServer, verifyReal } from './support/verify.js'

/** Ten ways in which the second session-mock differs on purpose: nine by its overlay, the expiry by its scenario. */
const planted = `products:
  cbrain:
    token: '[0-9A-F]{40}'
    answers:
      - { when: { outcome: no-session, reason: no-token }, status: 403 }
      - { headers: { X-Frame-Options: DENY } }
      - { when: { outcome: not-found, type: application/json }, set: { /error: No route } }
      - { when: { outcome: bad-request }, remove: [/error] }
      - { when: { operation: login, outcome: success, type: application/json }, set: { /user_id: '1' } }
      - { when: { outcome: method-not-allowed, type: application/json }, set: { /error: No route } }
      - { when: { outcome: method-not-allowed, type: application/xml }, body: '' }
      - { when: { outcome: success, type: application/xml, operation: session }, headers: { Content-Type: text/xml } }
      - { when: { path: /session_status, outcome: success }, status: 404 }
`
const shortLived = scenarioOf('{ products: { cbrain: { idle: 12h } } }')

const overlayOf = (text: string): Overlay =>
  new Overlay(Object.entries(parseOverlay({ name: 'planted.yaml', text }, products).products))

/** The findings of a run, each with its cases, as its report has them. */
const findingsIn = (folder: string): [difference: string, cases: readonly string[]][] => {
  const { findings } = JSON.parse(readFileSync(`${folder}/verify-real.json`, 'utf8')) as Report
  return findings
    .map(({ difference: { kind, place, expected, found }, cases }): [string, readonly string[]] => [
      `${kind}, ${place}: ${expected} → ${found}`,
      cases
    ])
    .sort(([a], [b]) => (a < b ? -1 : 1))
}

interface Report {
  readonly findings: readonly {
    readonly difference: Readonly<Record<'kind' | 'place' | 'expected' | 'found', string | undefined>>
    readonly cases: readonly string[]
  }[]
}

/** A run that waits for the expiry, by a clock that is the server's, too. */
const withExpiry = async (t: Test, flags: object) => {
  const { url, app } = await realServer(t, 'cbrain', { overlay: overlayOf(planted), scenario: shortLived })
  const said = { out: '', err: '' }
  const context = commandContext([], said)
  const clock = {
    ...systemClock,
    sleep: async (ms: number, signal?: AbortSignal) => {
      if (ms === 30_000) return systemClock.sleep(ms, signal)
      app.spaces.default.clock.advance(ms)
    }
  }
  const env = { REAL_PASSWORD: 'demo' }
  const all = { url, login: 'demo', passwordEnv: 'REAL_PASSWORD', pause: '0', waitExpiry: true, ...flags } as const
  const code = await verifyRealCommand('cbrain', all, { ...context, env }, clock)
  const { sessions, clock: time } = app.spaces.default
  return { code, ...said, open: await sessions.count('cbrain', time.now()) }
}

/** The findings that the ten are to bring, in order, each with some of its cases. */
const plantedFindings: Readonly<Record<string, readonly string[]>> = {
  'empty body, body: {"hash":{"status":{"@type":"integer","#":"404"},"error":"Not Found"}} → an empty body': [
    'send PUT as XML'
  ],
  'header, header x-frame-options: SAMEORIGIN → DENY': ['log in with a form', 'use an unknown token', 'log out'],
  'key, body error: "Bad Request" → undefined': ['log in with malformed JSON'],
  'media type, header content-type: application/xml; charset=utf-8 → text/xml': [
    'use a token as XML with .xml',
    'use a token as XML with Accept text/xml'
  ],
  'status, status: 200 → 401': ['use a token just before it expires'],
  'status, status: 200 → 404': ['use the alias /session_status'],
  'status, status: 401 → 403': ['use no token', 'log out with no token', 'use no token and any format'],
  'text, body error: "Not Found" → "No route"': ['send PUT', 'request an unknown path'],
  'token shape, token: [0-9a-f]{32} → [0-9A-F]{40}': ['log in with a form', 'log in as XML'],
  'type, body user_id: number {number} → string "1"': ['log in with a form', 'log in with JSON']
}

t.test('ten deliberate differences of a server are reported, and no others', async t => {
  const report = t.testdir({})
  const { code, open } = await withExpiry(t, { report })
  t.equal(code, 5)
  t.equal(open, 0)
  const found = new Map(findingsIn(report))
  t.strictSame([...found.keys()], Object.keys(plantedFindings))
  for (const [difference, cases] of Object.entries(plantedFindings))
    for (const name of cases) t.ok(found.get(difference)?.includes(name), `${difference}: ${name}`)
})

t.test('with the overlay of --save, a mock equals that server', async t => {
  const folder = t.testdir({})
  const { url } = await realServer(t, 'cbrain', { overlay: overlayOf(planted) })
  const saved = await verifyReal('cbrain', url, ['--save', `${folder}/observed.yaml`])
  t.equal(saved.code, 5)
  t.match(
    saved.err,
    `session-mock: ${folder}/observed.yaml is written; with --overlay ${folder}/observed.yaml the mock is the same\n`
  )
  const again = await verifyReal('cbrain', url, ['--overlay', `${folder}/observed.yaml`])
  t.match(again.out, ' 0 differ,')
  t.equal(again.code, 0)
  const text = readFileSync(`${folder}/observed.yaml`, 'utf8')
  t.notMatch(text, /[0-9A-F]{40}/, 'it has no token of the server')
  const { url: other } = await realServer(t, 'cbrain')
  const contradicted = await verifyReal('cbrain', other, ['--overlay', `${folder}/observed.yaml`])
  t.equal(contradicted.code, 5)
  t.match(contradicted.out, 'mock differs; without the overlay it is right\n')
  t.match(contradicted.out, 'The overlay contradicts the server: write it again with --save.\n')
})

for (const { name } of chosen(products, ({ name }) => name === 'hcx'))
  for (const fidelity of fidelities)
    t.test(`the responses of the other fidelity of ${name} can be saved as an overlay of ${fidelity}`, async t => {
      const folder = t.testdir({})
      const other = fidelities.find(each => each !== fidelity) ?? fidelity
      const { url } = await realServer(t, name, { fidelity: other })
      await verifyReal(name, url, ['--fidelity', fidelity, '--save', `${folder}/o.yaml`])
      const { code, out } = await verifyReal(name, url, ['--fidelity', fidelity, '--overlay', `${folder}/o.yaml`])
      t.equal(code, 0, out)
    })
