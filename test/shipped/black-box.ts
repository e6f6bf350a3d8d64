import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { get } from 'node:https'
import t from 'tap'
import { products } from '../../routes/index.js'
import { settings } from '../../src/config/settings.js'
import { guides, noCurl, outputOf, outputPattern, productPages, read, requestBlocks } from '../support/documents.js'
import { invalidRequests, type Request, refusedStates } from '../support/driver.js'
import { everyDriver } from '../support/drivers.js'
import { framework, isRefused } from '../support/refused.js'
import { ask } from '../support/serving.js'
import { shippedLibrary } from '../support/shipped.js'
import { testedServer } from '../support/tested-server.js'

// What any server of ours does, seen from outside alone: the package here, an image elsewhere.
const { url, secureUrl } = await testedServer(t)
const { connect } = await shippedLibrary()
const client = await connect(url)
t.teardown(() => client.stop())

const limit = settings.bodyLimit.fallback

let spaces = 0
/** A space that no test has used yet. */
const newSpace = () => {
  spaces += 1
  const name = `black-box-${spaces}`
  const send = (request: Request) => ask(url, { ...request, url: `/~${name}${request.url}` })
  return { ...client.space(name), name, send }
}

t.test('the commands of the documents print the output below them', { skip: noCurl }, async t => {
  // The metrics of a replica are its own: the next request is answered by another one.
  const isPlayed = ({ commands }: { readonly commands: string }) =>
    process.env.TESTED_REPLICAS === undefined || !commands.includes('/__admin/metrics')
  for (const { commands, output = '' } of guides.flatMap(requestBlocks).filter(isPlayed))
    t.match(await outputOf(commands, url), outputPattern(output), commands)
  for (const page of [...productPages, 'routes/control/README.md'])
    for (const { commands } of requestBlocks(read(page)).filter(isPlayed))
      t.not(await outputOf(commands, url), '', `${page}: ${commands}`)
})

for (const driver of everyDriver)
  t.test(driver.product.title, async t => {
    const { idle } = driver.product.sessions.policy

    t.test('a session is open from login to logout', async t => {
      const { send } = newSpace()
      const login = await send(driver.login())
      t.ok(driver.succeeded(login))
      const token = driver.issued(login)
      t.match(token, driver.product.sessions.token)
      t.ok(driver.succeeded(await send(driver.use(token))))
      t.ok(driver.succeeded(await send(driver.logout(token))))
      isRefused(t, await send(driver.use(token)), driver.refusalOf('ended', 'use', 'documented'))
      isRefused(t, await send(driver.logout(token)), driver.refusalOf('ended', 'logout', 'documented'))
    })

    for (const state of refusedStates)
      t.test(`a token that is ${state} is refused, and others stay valid`, async t => {
        const { send, clock } = newSpace()
        const token = state === 'unknown' ? driver.unknownToken : driver.issued(await send(driver.login()))
        if (state === 'ended') await send(driver.logout(token))
        if (state === 'expired') await clock.advance(idle)
        const live = driver.issued(await send(driver.login()))
        for (const by of ['use', 'logout'] as const)
          isRefused(t, await send(driver[by](token)), driver.refusalOf(state, by, 'documented'))
        t.ok(driver.succeeded(await send(driver.use(live))))
      })

    for (const invalid of invalidRequests)
      t.test(`an invalid request ends no session: ${invalid}`, async t => {
        const { send, sessions } = newSpace()
        const token = driver.issued(await send(driver.login()))
        const reply = await send(driver.invalidRequests[invalid].request(token))
        t.notOk(driver.succeeded(reply))
        t.notMatch(reply.body, framework)
        t.equal((await sessions.list()).length, 1)
        t.ok(driver.succeeded(await send(driver.use(token))))
      })

    t.test('a body is accepted up to the limit', async t => {
      const { send, sessions } = newSpace()
      t.ok(driver.succeeded(await send(driver.login(limit))))
      isRefused(t, await send(driver.login(limit + 1)), driver.tooLong)
      t.equal((await sessions.list()).length, 1)
    })

    t.test('fields with names of JavaScript object members are ordinary fields', async t => {
      t.ok(driver.succeeded(await newSpace().send(driver.odd)))
    })
  })

t.test('curl logs in to CBRAIN and uses its token by multipart forms', { skip: noCurl }, async t => {
  const session = `${url}/~${newSpace().name}/session`
  const login = await outputOf(`curl -F login=demo -F password=demo ${session}`, url)
  t.match(login, /^\{"user_id":1,"cbrain_api_token":"[0-9a-f]{32}"\}$/)
  const token = /[0-9a-f]{32}/.exec(login)?.[0]
  const other = '-F cbrain_api_token=00112233445566778899aabbccddeeff'
  const use = (...fields: string[]) => outputOf(`curl -w '%{http_code}' -X GET ${fields.join(' ')} ${session}`, url)
  t.equal(await use(`-F cbrain_api_token=${token}`), `${login}200`)
  t.equal(await use(other, `-F cbrain_api_token=${token}`), `${login}200`, 'the last of several counts')
  t.equal(await use(`-F cbrain_api_token=${token}`, other), '401')
})

t.test('CBRAIN answers in XML', async t => {
  const { inject } = newSpace()
  const payload = new URLSearchParams({ login: 'demo', password: 'demo' })
  const { headers, body } = await inject({ method: 'POST', url: '/session.xml', payload })
  t.equal(headers['content-type'], 'application/xml; charset=utf-8')
  t.match(body, /^<\?xml version="1.0" encoding="UTF-8"\?>\n<SessionInfo>\n {2}<user_id type="integer">1<\/user_id>\n/)
})

t.test('HTTPS uses a certificate of the offered authority', async t => {
  const ca = await (await fetch(`${url}/__admin/ca.pem`)).text()
  const [response] = (await once(get(`${secureUrl}/session`, { ca, agent: false }), 'response')) as [IncomingMessage]
  t.equal(response.statusCode, 401)
  await once(response.resume(), 'end')
})

t.test('a scenario in YAML is applied, and one with an error is refused with its place', async t => {
  const { name, inject } = newSpace()
  const put = (body: string) => fetch(`${url}/__admin/scenario?space=${name}`, { method: 'PUT', body })
  t.equal((await put('title: down\nrules:\n  - { on: cbrain, then: { fail: unavailable } }\n')).status, 200)
  t.equal((await inject('/session')).statusCode, 503)
  const refused = await put('title: wrong\nrules:\n  - { on: cbrian, then: { fail: unavailable } }\n')
  t.equal(refused.status, 400)
  t.match(await refused.text(), /3:\d+[\s\S]*cbrain/)
  t.equal((await inject('/session')).statusCode, 503, 'the one before is still played')
})

t.test('a shipped scenario is found by its name', async t => {
  const { scenario, clock, inject } = newSpace()
  await scenario.set('outage')
  await clock.freeze()
  t.equal((await inject('/session')).statusCode, 401)
  await clock.advance('15s')
  t.equal((await inject('/session')).statusCode, 503)
})

t.test('the journal has the reason of a refused token', async t => {
  const { send, clock, requests, verify } = newSpace()
  for (const { login, issued, use, product } of everyDriver) {
    const token = issued(await send(login()))
    await clock.advance(product.sessions.policy.idle)
    await send(use(token))
    t.match(await requests.find({ product: `/^${product.name}$/`, outcome: 'refused' }), [
      { why: { reason: 'expired' } }
    ])
  }
  await verify({ outcome: 'refused', count: everyDriver.length })
})

t.test('metrics are in the format of Prometheus', async t => {
  await newSpace().inject('/session')
  const response = await fetch(`${url}/__admin/metrics`)
  t.match(response.headers.get('content-type'), /^text\/plain; version=0\.0\.4/)
  t.match(await response.text(), /^# TYPE session_mock_requests_total counter$/m)
})

t.test('the control API and every product have an OpenAPI description', async t => {
  for (const path of ['', ...products.map(({ name }) => `/products/${name}`)]) {
    const response = await fetch(`${url}/__admin${path}/openapi.json`)
    t.match(await response.json(), { openapi: /^3\.1\./, paths: Object }, path)
  }
})

t.test('the event stream reports a request', async t => {
  const { name, inject } = newSpace()
  const sent = request(`${url}/~${name}/__admin/events`).end()
  t.teardown(() => sent.destroy())
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  response.setEncoding('utf8').on('error', () => undefined)
  await inject('/session')
  let received = ''
  for await (const text of response) {
    received += text
    if (/^event: request$/m.test(received)) break
  }
  t.match(received, /"product":"cbrain"/)
})

t.test('the root page lists the products', async t => {
  const response = await fetch(url)
  t.equal(response.status, 200)
  t.match(await response.text(), /session-mock/)
})

t.test('the dashboard is served with every file that it loads', async t => {
  const page = await (await fetch(`${url}/__admin/`)).text()
  const files = [...page.matchAll(/(?:src|href)="([^"]+\.(?:js|css))"/g)].map(([, file = '']) => file)
  t.equal(files.length, 2)
  for (const file of files) {
    const response = await fetch(new URL(file, `${url}/__admin/`))
    t.equal(response.status, 200, file)
    t.ok((await response.text()).length > 1000, file)
  }
})
