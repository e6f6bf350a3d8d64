import inject from 'light-my-request'
import t from 'tap'
import { cbrain } from '../../../routes/cbrain.js'
import { hcx } from '../../../routes/hcx.js'
import { netbrain } from '../../../routes/netbrain.js'
import { videntity } from '../../../routes/videntity.js'
import { describeReason } from '../../../src/journal/rendering.js'
import type { ListenerRole } from '../../../src/server/dispatcher.js'
import { toy } from '../../fixtures/toy.js'
import { double } from '../../support/double.js'
import { products } from '../../support/known-products.js'

t.test('an unknown path is refused with the served products and paths', async t => {
  const { send } = double({ products: [videntity, toy] })
  const reply = await send({ method: 'GET', url: '/nowhere?password=secret' })
  t.equal(reply.statusCode, 404)
  t.equal(reply.headers['content-type'], 'application/problem+json')
  t.equal(
    reply.body,
    `{
  "type": "about:blank",
  "status": 404,
  "title": "No such path on any product",
  "detail": "/nowhere belongs to none of the products served here.",
  "products": {
    "videntity": [
      "POST /session/login",
      "POST /session/ping",
      "POST /session/logout"
    ],
    "toy": [
      "POST /toy/knock",
      "GET /toy/who",
      "DELETE /toy/knock"
    ]
  }
}
`
  )
})

t.test('every documented path is routed to its product, in every form', async t => {
  const seen: string[] = []
  const { send } = double({ products: [...products, toy], onExchange: ({ product }) => product && seen.push(product) })
  for (const { name, operations } of [...products, toy])
    for (const [method, url] of operations.flatMap(({ routes }) => routes)) {
      await send({ method: method as 'GET', url })
      t.equal(seen.pop(), name, `${method} ${url}`)
    }
})

t.test('a path with only the prefix of a product path is unknown', async t => {
  const { send } = double({ products: [...products, toy] })
  for (const url of [
    '/sessions',
    '/session_statuses',
    '/toys',
    '/api/administrator',
    '/api',
    '/servicesapis',
    '/nowhere',
    '/Session',
    '/logins'
  ])
    t.equal((await send({ method: 'GET', url })).headers['content-type'], 'application/problem+json', url)
})

t.test('a product that is not served does not respond', async t => {
  const { send } = double({ products: [videntity, toy] })
  t.equal(
    (await send({ method: 'DELETE', url: '/api/admin/v1/sessions' })).headers['content-type'],
    'application/problem+json'
  )
})

for (const [product, type, body] of [
  [netbrain, 'application/json; charset=utf-8', '{"statusCode":793404,"statusDescription":"No resource"}'],
  [cbrain, 'application/json; charset=utf-8', '{"status":404,"error":"Not Found"}'],
  [hcx, 'application/json', /"errorCode":"BAD_REQUEST","error":"No such resource: \/nowhere"\}$/],
  [videntity, 'application/xml; charset=utf-8', /<error_number>11<\/error_number>/]
] as const)
  t.test(`${product.title}, served alone, answers an unknown path in its own words`, async t => {
    const { send } = double({ products: [product] })
    const reply = await send({ method: 'POST', url: '/nowhere', headers: { accept: 'application/json' } })
    t.equal(reply.statusCode, 404)
    t.equal(reply.headers['content-type'], type)
    t.match(reply.body, body)
    const { requests } = (await send({ method: 'GET', url: '/__admin/requests/unmatched' })).json()
    t.match(requests, [{ path: '/nowhere', product: product.name, status: 404 }])
    t.equal((await send({ method: 'GET', url: '/' })).json().name, 'session-mock')
    t.equal(
      (await send({ method: 'GET', url: '/__admin/nowhere' })).headers['content-type'],
      'application/problem+json'
    )
  })

t.test('on its own listener, a product responds to every path', async t => {
  const { send } = double({ products: [...products, toy], only: hcx })
  for (const url of ['/nowhere', '/session', '/toy/who', '/'])
    t.match((await send({ method: 'GET', url })).json(), {
      errorCode: 'BAD_REQUEST',
      error: `No such resource: ${url}`
    })
})

const details: readonly (readonly [method: 'GET' | 'POST', url: string, hint: string])[] = [
  [
    'POST',
    '/V1/Session',
    ' The nearest is POST /ServicesAPI/API/V1/Session of NetBrain, with the base path /ServicesAPI/API.'
  ],
  ['POST', '/Session', ' The nearest is POST /session of CBRAIN.'],
  ['POST', '/sesion/login', ' The nearest is POST /session/login of Videntity.'],
  ['POST', '/sessions', ' The nearest is POST /session of CBRAIN.'],
  ['POST', '/v1/sessions', ' The nearest is POST /api/admin/v1/sessions of HCX Manager.'],
  ['GET', '/_admin/requests', ' The control API is under /__admin: GET /__admin/health reports its health.'],
  ['GET', '/health', ' The control API is under /__admin: GET /__admin/health reports its health.'],
  ['GET', '/something/else/altogether', ''],
  ['POST', '/', '']
]

t.test('a misspelt path is refused with the nearest one', async t => {
  const { send } = double()
  for (const [method, url, hint] of details)
    t.equal(
      (await send({ method, url })).json().detail,
      `${url} belongs to none of the products served here.${hint}`,
      url
    )
})

const at = (role: ListenerRole) => {
  const { app } = double()
  return async (url: string) => (await inject((req, res) => app.handle(req, res, role), { method: 'GET', url })).json()
}

t.test('with --admin-port, each port refuses the paths of the other with a hint', async t => {
  t.equal(
    (await at({ control: 'elsewhere' })('/__admin/health')).detail,
    '/__admin/health belongs to none of the products served here. It belongs to the control API, which has its own port (--admin-port).'
  )
  t.equal(
    (await at({ control: 'alone' })('/session')).detail,
    '/session is not one of its paths, which begin with /__admin/. It belongs to CBRAIN, which is on the other ports.'
  )
})

t.test('a path is decoded once, before its space and product are selected', async t => {
  const seen: (readonly [product: string, operation: string | undefined, space: string])[] = []
  const { send } = double({
    onExchange: ({ product, operation, space }) => product && seen.push([product, operation, space])
  })
  for (const [method, url, ...wanted] of [
    ['GET', '/%7Ew1/session', 'cbrain', 'session', 'w1'],
    ['GET', '/~w%2D1/session', 'cbrain', 'session', 'w-1'],
    ['GET', '/%7ew%2d1/sessio%6E', 'cbrain', 'session', 'w-1'],
    ['POST', '/%53ervicesAPI/API/V1/Session', 'netbrain', 'login', 'default'],
    ['POST', '/sessio%6E', 'cbrain', 'login', 'default'],
    ['POST', '/sessio%6E/log%69n', 'videntity', 'login', 'default'],
    ['DELETE', '/%61pi/admin/v1/sessions', 'hcx', 'logout', 'default'],
    ['GET', '//session', 'cbrain', 'session', 'default'],
    ['GET', '///session.json', 'cbrain', 'session', 'default']
  ] as const) {
    await send({ method, url })
    t.strictSame(seen.pop(), wanted, url)
  }
  t.equal((await send({ method: 'GET', url: '/__%61dmin/health' })).statusCode, 200)
  for (const url of ['/sessio%256E', '/%257Ew1/session', '/session%zz', '/~w1%2Fsession'])
    t.equal((await send({ method: 'GET', url })).headers['content-type'], 'application/problem+json', url)
})

t.test('Videntity has its own path in the response, however it is encoded', async t => {
  const { send } = double()
  for (const url of ['/session/login', '/sessio%6E/login', '/session/%6Cogin'])
    t.match((await send({ method: 'POST', url })).body, '<response api_method="/session/login">', url)
})

const elder =
  'the API of HCX under /hybridity/api is a product of its own, hcx-workload; the session of this API is at /api/admin/v1/sessions, where POST logs in'

t.test('without the product of its API on port 443, a login there is refused with its name', async t => {
  const { send, app } = double()
  const reply = await send({ method: 'POST', url: '/hybridity/api/sessions', payload: '<entity/>' })
  t.equal(reply.statusCode, 404)
  t.match(reply.json().detail, `It belongs to HCX Manager: ${elder}.`)
  const own = double({ only: hcx })
  t.match((await own.send({ method: 'POST', url: '/hybridity/api/sessions' })).json(), {
    error: 'No such resource: /hybridity/api/sessions'
  })
  for (const [entry] of [app.spaces.default.journal.entries(), own.app.spaces.default.journal.entries()]) {
    t.equal(entry?.nearest, 'POST /api/admin/v1/sessions')
    t.equal(entry?.why && describeReason(entry.why), `no operation has this path; ${elder}`)
  }
})

t.test('the port of a space applies to requests without a space', async t => {
  const seen: string[] = []
  const { app } = double({ onExchange: ({ space }) => seen.push(space) })
  const role: ListenerRole = { product: cbrain, space: 'w4' }
  const at = (url: string, headers = {}) =>
    inject((req, res) => app.handle(req, res, role), { method: 'GET', url, headers })
  await at('/session')
  await at('/~w5/session')
  await at('/session', { 'x-mock-space': 'w6' })
  t.strictSame(seen, ['w4', 'w5', 'w6'])
  t.match((await at('/__admin/clock')).json(), { space: 'w4' })
})
