import t from 'tap'
import { Overlay } from '../../../src/overlay/overlay.js'
import { parseOverlay } from '../../../src/overlay/read-overlay.js'
import { double } from '../../support/double.js'
import { drivers } from '../../support/drivers.js'
import { products } from '../../support/known-products.js'
import { loginAs } from '../../support/login-form.js'

const overlayOf = (text: string): Overlay =>
  new Overlay(Object.entries(parseOverlay({ name: 'observed.yaml', text }, products).products))

/** The double under an overlay; its answers are none that the OpenAPI description has. */
const under = (text: string) => {
  const { app, systemClock } = double({ overlay: overlayOf(text) })
  const send = async (request: Parameters<ReturnType<typeof double>['send']>[0]) => {
    const { default: inject } = await import('light-my-request')
    return inject((req, res) => app.handle(req, res), request)
  }
  return { app, systemClock, send }
}

const json = { accept: 'application/json' }
const login = { method: 'POST', url: '/session?login=demo&password=demo', headers: json } as const

t.test('an overlay sets a status, a header and a text', async t => {
  const { send } = under(`products:
  netbrain:
    answers:
      - when: { outcome: no-session }
        status: 403
        headers: { X-Server: real, Content-Type: text/json }
        set: { /statusDescription: Token invalid, /hint: { code: 7 } }
        remove: [/statusCode]
`)
  const { statusCode, headers, body } = await send({ url: '/ServicesAPI/API/V1/CMDB/Tenants' })
  t.equal(statusCode, 403)
  t.equal(headers['x-server'], 'real')
  t.equal(headers['content-type'], 'text/json')
  t.equal(body, '{"statusDescription":"Token invalid","hint":{"code":7}}')
})

t.test('an entry applies to responses that match all its conditions', async t => {
  const { send } = under(`products:
  cbrain:
    answers:
      - { when: { operation: session, outcome: no-session, reason: no-token, status: 401, type: application/json, method: GET, path: /session_status, accept: application/json, content_type: '' }, status: 404 }
`)
  t.equal((await send({ url: '/session_status', headers: json })).statusCode, 404)
  for (const other of [
    { url: '/session', headers: json },
    { url: '/session_status', headers: { accept: 'text/xml' } },
    { url: '/session_status', headers: { ...json, authorization: 'Bearer x' } },
    { url: '/session_status', headers: { ...json, 'content-type': 'text/plain' } },
    { method: 'DELETE', url: '/session', headers: json }
  ] as const)
    t.equal((await send(other)).statusCode, 401, JSON.stringify(other))
})

t.test('null removes a header of the product, in any letter case', async t => {
  const { send } = under('products: { cbrain: { answers: [{ headers: { x-frame-options: null, etag: null } }] } }')
  const { headers } = await send(login)
  t.notOk('x-frame-options' in headers)
  t.notOk('etag' in headers)
  t.equal(headers['x-content-type-options'], 'nosniff')
})

t.test('texts, elements and attributes of XML are set and removed, without changing the layout', async t => {
  const { send } = under(`products:
  videntity:
    answers:
      - when: { operation: ping }
        set: { /response/error_detail: "no <session> & key", /response/code: "9", "/response/@version": "2" }
        remove: [/response/error_name, /response/timestamp]
`)
  const { body } = await send({ method: 'POST', url: '/session/ping' })
  t.equal(
    body,
    `<?xml version="1.0" encoding="utf-8"?>
<response api_method="/session/ping" version="2">
    <status>ERROR</status>
    <api_tx_number>1</api_tx_number>
    <error_number>4</error_number>
    <error_detail>no &lt;session&gt; &amp; key</error_detail>
    <code>9</code>
</response>`
  )
})

t.test('the whole body can be replaced, or removed', async t => {
  const { send } = under(`products:
  hcx:
    answers:
      - { when: { operation: login }, body: '{"token":"{token}","user":"{login}","id":"{uuid}"}' }
      - { when: { operation: logout }, body: '' }
`)
  const url = '/api/admin/v1/sessions'
  const opened = await send({ method: 'POST', url, payload: { username: 'demo', password: 'demo' } })
  const token = String(opened.headers['x-hm-authorization'])
  t.match(opened.body, new RegExp(`^\\{"token":"${token}","user":"demo","id":"[0-9a-f-]{36}"\\}$`))
  const left = await send({ method: 'DELETE', url, headers: { authorization: token } })
  t.equal(left.statusCode, 200)
  t.equal(left.body, '')
})

for (const driver of drivers)
  t.test(`${driver.product.title} issues tokens in another format, and accepts them`, async t => {
    const { send } = under(`products: { ${driver.product.name}: { token: 'T\\-[0-9A-F]{40}' } }`)
    const token = driver.issued(await send(loginAs(driver, 'demo')))
    t.match(token, /^T-[0-9A-F]{40}$/)
    t.not(driver.issued(await send(loginAs(driver, 'demo'))), token)
    t.ok(driver.succeeded(await send(driver.use(token))))
    t.ok(driver.succeeded(await send(driver.logout(token))))
    t.notOk(driver.succeeded(await send(driver.use(token))))
  })

t.test('a rule of a scenario takes precedence over the overlay', async t => {
  const { send } = under('products: { cbrain: { answers: [{ status: 202, headers: { X-A: overlay } }] } }')
  const asked = await send({ ...login, headers: { ...json, prefer: 'status=418' } })
  t.equal(asked.statusCode, 418)
})

t.test('an overlay of one product does not change the others', async t => {
  const { send } = under('products: { hcx: { answers: [{ status: 500 }] } }')
  t.equal((await send(login)).statusCode, 200)
})

t.test('a later overlay takes precedence', async t => {
  const one = parseOverlay({ name: 'a', text: 'products: { cbrain: { answers: [{ status: 201 }] } }' }, products)
  const two = parseOverlay({ name: 'b', text: 'products: { cbrain: { answers: [{ status: 202 }] } }' }, products)
  const overlay = new Overlay([one, two].flatMap(each => Object.entries(each.products)))
  const { app } = double({ overlay })
  const { default: inject } = await import('light-my-request')
  t.equal((await inject((req, res) => app.handle(req, res), login)).statusCode, 202)
})

for (const [what, text, message] of [
  ['an unknown product', 'products: { cbrian: {} }', 'observed.yaml:1:13: products.cbrian: unknown key "cbrian"; '],
  [
    'an unknown operation',
    'products: { cbrain: { answers: [{ when: { operation: sesion } }] } }',
    'products.cbrain.answers[0].when.operation: CBRAIN has no operation "sesion"; did you mean session?'
  ],
  [
    'an unknown outcome',
    'products: { cbrain: { answers: [{ when: { outcome: no-sesion } }] } }',
    'products.cbrain.answers[0].when.outcome: expected '
  ],
  [
    'a header of the connection',
    'products: { cbrain: { answers: [{ headers: { Content-Length: "1" } }] } }',
    'products.cbrain.answers[0].headers.Content-Length: Content-Length cannot be set: the server derives it from the body'
  ],
  [
    'a header with a line break',
    'products: { cbrain: { answers: [{ headers: { X-A: "a\\nb" } }] } }',
    'products.cbrain.answers[0].headers.X-A: expected a text in one line, or null'
  ],
  [
    'a token without classes',
    "products: { cbrain: { token: '(a|b)+' } }",
    'products.cbrain.token: expected characters and classes with counts, such as [0-9a-f]{8}-[0-9a-f]{24}'
  ],
  [
    'a token that can be guessed',
    "products: { cbrain: { token: 'T[0-9]{3}' } }",
    'products.cbrain.token: expected at least 8 places with more than one character, found 3'
  ],
  [
    'a path into nothing',
    'products: { cbrain: { answers: [{ set: { error: x } }] } }',
    'products.cbrain.answers[0].set'
  ],
  [
    'two entries that say otherwise',
    'products: { cbrain: { answers: [{ when: { status: 401 }, set: { /error: a } }, { when: { status: 401 }, set: { /error: b } }] } }',
    'products.cbrain.answers[1].set["/error"]: answers[0], for the same responses, has other values'
  ],
  ['nothing in it', '', 'the document is empty'],
  ['a list', '[]', 'expected']
] as const)
  t.test(`an overlay with ${what} is refused with the place`, async t => {
    t.throws(() => overlayOf(text), { message: new RegExp(message.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')) })
  })

t.test('a number of an overlay that would be sent as another is refused', async t => {
  const text = (id: string) =>
    `products:\n  hcx:\n    answers:\n      - when: { outcome: no-session }\n        set: { /id: ${id} }\n`
  t.throws(() => overlayOf(text('12345678901234567890')), {
    message:
      'observed.yaml:5:21: products.hcx.answers[0].set["/id"]: expected a number that JSON and JavaScript can hold, found 12345678901234567890, which would become 12345678901234567000; write it as a text, in quotes: "12345678901234567890"'
  })
  t.doesNotThrow(() => overlayOf(text('9007199254740991')))
})
