import { writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { type StartOptions, start, UserError } from '../../../src/index.js'
import { until } from '../../support/until.js'

t.test('several servers run in parallel, each on its own port', async t => {
  const servers = await Promise.all([start(), start({ products: ['hcx'] })])
  t.teardown(() => Promise.all(servers.map(server => server.stop())))
  const [first, second] = servers
  t.not(first?.url(), second?.url())
  t.equal((await fetch(`${first?.url()}/session`)).status, 401)
  t.equal((await fetch(`${second?.url()}/session`)).status, 404)
})

t.test('without a port there is only inject, and no URL', async t => {
  const server = await start({ port: false })
  t.equal((await server.inject('/session')).statusCode, 401)
  t.throws(() => server.url('cbrain'), { message: /^it has no port/ })
  await server.stop()
})

t.test('the environment is not read', async t => {
  const before = process.env.SESSION_MOCK_PORT
  t.teardown(() => {
    if (before === undefined) delete process.env.SESSION_MOCK_PORT
    else process.env.SESSION_MOCK_PORT = before
  })
  process.env.SESSION_MOCK_PORT = 'nonsense'
  const mock = await start({ port: false })
  t.equal((await mock.inject('/session')).statusCode, 401)
  await mock.stop()
})

t.test('a product with its own port has its URL', async t => {
  const server = await start({ listen: { cbrain: 0 } })
  t.teardown(() => server.stop())
  t.not(server.url('cbrain'), server.url('hcx'))
  t.equal((await fetch(`${server.url('cbrain')}/session`)).status, 401)
  t.equal((await fetch(`${server.url('cbrain')}/session/ping`, { method: 'POST' })).status, 404)
})

t.test('with adminPort the control API is not on the product port, and the client uses it', async t => {
  const server = await start({ adminPort: 0 })
  t.teardown(() => server.stop())
  t.equal((await fetch(`${server.url()}/__admin/health`)).status, 404)
  t.same(await server.sessions.list(), [])
})

t.test('a scenario can be a file, and is reloaded with watch', async t => {
  const file = `${t.testdir({ 'scenario.yaml': 'title: before\n' })}/scenario.yaml`
  const server = await start({ port: false, scenario: file, watch: true })
  t.teardown(() => server.stop())
  t.equal((await server.scenario.get()).title, 'before')
  await writeFile(file, 'title: after\n')
  await until(async () => (await server.scenario.get()).title === 'after')
})

t.test('other settings work as on the command line', async t => {
  const server = await start({
    port: false,
    accounts: 'any',
    fidelity: { hcx: 'observed' },
    spaceIdle: 60_000,
    prefer: false
  })
  t.teardown(() => server.stop())
  const payload = new URLSearchParams({ login: 'anyone', password: 'x' })
  const headers = { Prefer: 'fail=server-error' }
  t.equal((await server.inject({ method: 'POST', url: '/session', headers, payload })).statusCode, 200)
})

t.test('the log is written to the output only', async t => {
  let said = ''
  const output = { write: (text: string) => (said += text) }
  const server = await start({ port: false, log: 'json', output })
  await server.inject('/session')
  await server.stop()
  t.match(JSON.parse(said), { product: 'cbrain', operation: 'session', status: 401 })
})

t.test('invalid options are reported together, by their names', async t => {
  const wrong = (options: object) => start(options as StartOptions)
  await t.rejects(wrong({ prot: 1 }), { message: 'there is no option prot; did you mean port?' })
  await t.rejects(wrong({ adminPort: -1, fidelity: { cbrain: 'exact' } }), {
    message:
      'fidelity "cbrain=exact": expected documented or observed\n' +
      'adminPort "-1": expected a whole number from 0 to 65535, where 0 selects a free port'
  })
  await t.rejects(wrong({ products: ['cbrian'] }), { message: /^products "cbrian": .* did you mean cbrain\?$/ })
  await t.rejects(wrong({ scenario: { rules: [{ on: 'logn', then: 'expire' }] } }), { message: /rules\[0\]\.on/ })
  await t.rejects(wrong({ scenario: 'outge' }), { message: /did you mean outage\?$/ })
  await t.rejects(wrong({ scenario: { title: 'x' }, watch: true }), { message: /needs a scenario that is a file/ })
})

t.test('a port in use is reported, and no other port stays open', async t => {
  const taken = createServer()
  await new Promise<void>(resolve => taken.listen(0, '127.0.0.1', resolve))
  t.teardown(() => taken.close())
  const { port } = taken.address() as AddressInfo
  await t.rejects(start({ port }), { code: 'EADDRINUSE', port })
})

t.test('it is stopped at the end of a block, and can be stopped twice', async t => {
  const server = await start()
  const url = server.url('cbrain')
  await server[Symbol.asyncDispose]()
  await server.stop()
  await t.rejects(fetch(`${url}/session`))
})

t.test('stop releases held requests', async t => {
  const server = await start({ port: false, scenario: { rules: [{ on: 'session', then: { hold: 'gate' } }] } })
  const held = server.inject('/session')
  await server.holds.wait('gate')
  await server.stop()
  t.equal((await held).statusCode, 401)
})

t.test('over HTTPS it has another URL', async t => {
  const server = await start({ httpsPort: 0 })
  t.teardown(() => server.stop())
  t.match(
    server.space('blue').url('netbrain', { secure: true }),
    /^https:\/\/127\.0\.0\.1:\d+\/~blue\/ServicesAPI\/API$/
  )
  t.match((await server.inject('/__admin/ca.pem')).body, /^-----BEGIN CERTIFICATE-----/)
  const plain = await start()
  t.teardown(() => plain.stop())
  t.throws(() => plain.url('cbrain', { secure: true }), { message: /^it has no port for HTTPS/ })
})

t.test('with strict, stop throws the findings', async t => {
  const scenario = { title: 'x', rules: [{ name: 'never', on: 'logout', then: 'expire' }] } as const
  const server = await start({ port: false, strict: true, scenario })
  const payload = new URLSearchParams({ login: 'demo', password: 'demo' })
  await server.inject({ method: 'POST', url: '/session', payload })
  await t.rejects(server.stop(), {
    message: /^session-left-open: .* \(1\)\n {2}default: .*\nrules never applied \(1\)\n {2}rule "never" /
  })
})

t.test('the port of a product can select a space', async t => {
  const server = await start({ listen: { cbrain: '0@w4' } })
  t.ok(server.url('cbrain'))
  await server.stop()
  await t.rejects(start({ listen: { cbrain: '0@a b' as `${number}@${string}` } }), {
    name: 'UserError',
    message: /a b/
  })
})

t.test('an option of a wrong type is refused, also in JavaScript', async t => {
  const options = { port: '4100', products: 'cbrain', watch: 'yes', journal: '1', listen: { hcx: 'x' } } as unknown
  const error: unknown = await start(options as StartOptions).catch(thrown => thrown)
  t.ok(error instanceof UserError)
  t.same((error as UserError).message.split('\n').sort(), [
    "journal: expected a number, found '1'",
    `listen: expected an object of ports by product, such as { cbrain: 3000 } or { cbrain: "3000@w4" }, found { hcx: 'x' }`,
    "port: expected a number, or false, found '4100'",
    "products: expected an array of strings, found 'cbrain'",
    "watch: expected true or false, found 'yes'"
  ])
})

t.test('invalid options and scenarios are reported together', async t => {
  const options = { prot: 1, journal: -1, scenario: { rules: [{ on: 'logn', then: 'expire' }] } } as unknown
  const message = /^there is no option prot; did you mean port\?\njournal "-1": .*\n.*rules\[0\]\.on/
  await t.rejects(start(options as StartOptions), { message })
})

t.test('after stop, calls throw an error about it', async t => {
  const server = await start({ port: false })
  await server.stop()
  const message = 'the server has been stopped: make no calls after stop(), or start another'
  await t.rejects(server.inject('/session'), { message })
  await t.rejects(server.clock.now(), { message })
  t.throws(() => server.url('cbrain'), { message })
  await server.stop()
})
