import { readFileSync, writeFileSync } from 'node:fs'
import t, { type Test } from 'tap'
import { fidelities } from '../../../src/product/product.js'
import { run } from '../../support/command.js'
import type { Request } from '../../support/driver.js'
import { drivers } from '../../support/drivers.js'
import { products } from '../../support/known-products.js'
import { chosen } from '../../support/scale.js'
import { scenarioOf } from '../../support/scenario.js'
import { ask } from '../../support/serving.js'
import { realServer, verifyReal } from '../../support/verify.js'

for (const { name } of chosen(products, ({ name }) => name === 'hcx' || name === 'videntity'))
  for (const fidelity of chosen(fidelities, fidelity => fidelity === 'documented'))
    t.test(
      `the responses of ${name}, ${fidelity}, are saved without secrets, and compared without the server`,
      async t => {
        const file = `${t.testdir({})}/answers.json`
        const account = { login: 'demo', password: 'tangerine horse' }
        const { url, app, close } = await realServer(t, name, { fidelity, scenario: { accounts: [account] } })
        const tokens: string[] = []
        app.spaces.default.sessions.open = (open => async (session, at) => {
          tokens.push(session.token)
          return open.call(app.spaces.default.sessions, session, at)
        })(app.spaces.default.sessions.open)
        const env = { REAL_PASSWORD: 'tangerine horse' }
        const online = await verifyReal(name, url, ['--record', file, '--fidelity', fidelity], { env })
        t.equal(online.code, 0)
        await close()
        const text = readFileSync(file, 'utf8')
        t.ok(tokens.length > 0)
        for (const token of tokens) t.notOk(text.includes(token))
        t.notMatch(text, /tangerine|horse|dGFuZ2VyaW5l/)
        const offline = await run(['verify-real', name, '--against', file, '--fidelity', fidelity])
        t.equal(offline.err, '')
        t.equal(offline.code, 0)
        t.equal(offline.out, online.out)
      }
    )

t.test('a record shows the same differences as the server, and gives the same overlay', async t => {
  const folder = t.testdir({})
  const { url } = await realServer(t, 'netbrain', { fidelity: 'observed' })
  const online = await verifyReal('netbrain', url, ['--record', `${folder}/r.json`, '--save', `${folder}/online.yaml`])
  const offline = await run([
    'verify-real',
    'netbrain',
    '--against',
    `${folder}/r.json`,
    '--save',
    `${folder}/offline.yaml`
  ])
  t.equal(offline.code, 5)
  t.equal(offline.out, online.out)
  t.equal(readFileSync(`${folder}/offline.yaml`, 'utf8'), readFileSync(`${folder}/online.yaml`, 'utf8'))
})

t.test('cases newer than a record are not sent, and removed ones are ignored', async t => {
  const file = `${t.testdir({})}/answers.json`
  const { url } = await realServer(t, 'hcx')
  await verifyReal('hcx', url, ['--record', file])
  const record = JSON.parse(readFileSync(file, 'utf8'))
  record.observations[1].case = 'a case of yesterday'
  writeFileSync(file, JSON.stringify(record))
  const { code, out } = await run(['verify-real', 'hcx', '--against', file])
  t.equal(code, 0)
  t.match(out, `use a token in x-hm-authorization`)
  t.match(out, `not sent: it is not in ${file}`)
})

for (const [what, content, message] of [
  ['no JSON', 'x', 'expected a record of verify-real --record, found other text'],
  ['other JSON', '{}', 'the key "format" is missing'],
  [
    'a record of another product',
    '{"format":"session-mock verify-real 1","product":"hcx","server":"x","startedAt":"x","login":"x","options":{},"sessions":{"opened":0,"left":0},"observations":[]}',
    'it is a record of hcx, not of cbrain'
  ]
] as const)
  t.test(`--against a file with ${what} is refused`, async t => {
    const file = `${t.testdir({ 'f.json': content })}/f.json`
    const { code, err } = await run(['verify-real', 'cbrain', '--against', file])
    t.equal(code, 2)
    t.match(err, `session-mock: --against "${file}": `)
    t.match(err, message)
  })

t.test('flags of a server are refused with a file', async t => {
  const { code, err } = await run(['verify-real', 'cbrain', '--against', 'x', '--url', 'http://h', '--login', 'x'])
  t.strictSame([code, err], [2, 'session-mock: --against sends nothing to a server: omit --url and --login\n'])
})

/** A client whose calls are kept as a proxy keeps them. */
const recorded = (url: string, entries: object[], startedAt = Date.UTC(2026, 0, 1)) => {
  let at = startedAt
  return {
    wait: (ms: number) => {
      at += ms
    },
    send: async (request: Request) => {
      at += 1000
      const reply = await ask(url, request)
      const pairs = (headers: object) =>
        Object.entries(headers).map(([name, value]) => ({ name, value: String(value) }))
      entries.push({
        startedDateTime: new Date(at).toISOString(),
        request: {
          method: request.method,
          url: `http://real.example.org${request.url}`,
          headers: [...pairs(request.headers ?? {}), { name: ':authority', value: 'real.example.org' }],
          ...(request.payload !== undefined && { postData: { mimeType: '', text: request.payload } })
        },
        response: {
          status: reply.statusCode,
          headers: pairs(reply.headers),
          content: { text: Buffer.from(reply.body).toString('base64'), encoding: 'base64' }
        }
      })
      return reply
    }
  }
}

const harFile = (t: Test, entries: readonly object[]): string => {
  const page = {
    startedDateTime: 'x',
    request: { method: 'GET', url: 'https://real.example.org/app.js', headers: [] },
    response: { status: 200 }
  }
  return `${t.testdir({ 'a.har': JSON.stringify({ log: { version: '1.2', entries: [page, ...entries] } }) })}/a.har`
}

for (const driver of drivers) {
  const { name } = driver.product
  t.test(`the calls of ${name} in a HAR are compared with the mock in the same state`, async t => {
    const { url } = await realServer(t, name)
    const entries: object[] = []
    const { send } = recorded(url, entries)
    const token = driver.issued(await send(driver.login()))
    const other = driver.issued(await send(driver.login()))
    await send(driver.use(token))
    await send(driver.logout(token))
    await send(driver.use(token))
    await send(driver.logout(token))
    await send(driver.use(other))
    await send(driver.use(driver.unknownToken))
    const { payload = '', ...login } = driver.login()
    await send({ ...login, payload: payload.replace(/(password"?[=:]"?)demo/, '$1wrong-password') })
    const { code, out } = await run(['verify-real', name, '--har', harFile(t, entries)])
    t.match(out, /\n9 same, 0 differ\./)
    t.equal(code, 0)
    t.notMatch(out, token)
    t.notMatch(out, 'wrong-password')
  })

  t.test(`sessions of ${name} older than a HAR are detected by their use, and expire by its times`, async t => {
    const { url, app } = await realServer(t, name)
    const early = driver.issued(await ask(url, driver.login()))
    const entries: object[] = []
    const client = recorded(url, entries)
    await client.send(driver.use(early))
    app.spaces.default.clock.advance(driver.product.sessions.policy.idle + 60_000)
    client.wait(driver.product.sessions.policy.idle + 60_000)
    await client.send(driver.use(early))
    const { code, out } = await run(['verify-real', name, '--har', harFile(t, entries)])
    t.match(out, /\n2 same, 0 differ\./)
    t.equal(code, 0)
  })
}

t.test('of a HAR with all products, only the calls of the named one are compared', async t => {
  const entries: object[] = []
  for (const { product, login, use, issued } of drivers) {
    const { send } = recorded((await realServer(t, product.name)).url, entries)
    await send(use(issued(await send(login()))))
  }
  const file = harFile(t, entries)
  for (const { name } of products)
    t.match((await run(['verify-real', name, '--har', file])).out, /\n2 same, 0 differ\./)
})

t.test('the media type of a body in a HAR counts without a header', async t => {
  const entries: object[] = []
  const { send } = recorded((await realServer(t, 'cbrain')).url, entries)
  const type = 'application/x-www-form-urlencoded'
  const headers = { accept: 'application/json', 'content-type': type }
  await send({ method: 'POST', url: '/session', headers, payload: 'login=demo&password=demo' })
  const text = JSON.stringify(entries)
  const bare = text
    .replace(`,{"name":"content-type","value":"${type}"}`, '')
    .replace('"mimeType":""', `"mimeType":"${type}"`)
  t.equal(bare.split(type).length, 2, 'it stands beside the body only')
  t.match((await run(['verify-real', 'cbrain', '--har', harFile(t, JSON.parse(bare))])).out, /\n1 same, 0 differ\./)
})

t.test('a difference in a HAR is reported with its call', async t => {
  const { url } = await realServer(t, 'hcx', {
    scenario: scenarioOf('{ rules: [{ on: hcx.session, then: { fail: forbidden } }] }')
  })
  const entries: object[] = []
  const { send } = recorded(url, entries)
  const login = await send({
    method: 'POST',
    url: '/api/admin/v1/sessions',
    headers: { 'content-type': 'application/json' },
    payload: '{"username":"a","password":"b"}'
  })
  t.equal(login.statusCode, 401)
  await send({ method: 'GET', url: '/api/admin/v1/sessions' })
  const { code, out } = await run(['verify-real', 'hcx', '--har', harFile(t, entries)])
  t.equal(code, 5)
  t.match(out, '  status: 403 instead of 401\n    2: GET /api/admin/v1/sessions\n')
  t.match(out, '1 same, 1 differ.')
})

for (const [what, content, message] of [
  ['no JSON', 'x', 'expected a HAR with log.entries, found text that is not JSON'],
  ['other JSON', '{"log":{}}', 'expected a HAR with log.entries, found other JSON'],
  [
    'calls of nobody',
    '{"log":{"entries":[{"request":{"method":"GET","url":"https://h/x"}},7,{}]}}',
    'it has no request to CBRAIN, such as POST /session'
  ]
] as const)
  t.test(`--har with ${what} is refused`, async t => {
    const file = `${t.testdir({ 'f.har': content })}/f.har`
    const { code, err } = await run(['verify-real', 'cbrain', '--har', file])
    t.strictSame([code, err], [2, `session-mock: --har "${file}": ${message}\n`])
  })
