import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { healthcheckCommand } from '../../../src/cli/healthcheck.js'
import { argumentsAfter } from '../../../src/cli/server-arguments.js'
import { run, serving } from '../../support/command.js'
import { FakeSystemClock } from '../../support/fake-system-clock.js'
import { products } from '../../support/known-products.js'

const portOf = (url: string): string => new URL(url).port

/** Something else on a port. */
const other = async (t: Test, answer: RequestListener): Promise<string> => {
  const server = createServer(answer)
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  return String((server.address() as AddressInfo).port)
}

t.test('a server with the same settings is healthy', async t => {
  const { url } = await serving(t, '--admin-token', 'secret')
  const { code, out, err } = await run(['healthcheck', '--port', portOf(url), '--admin-token', 'secret', '--strict'])
  t.equal(out, `session-mock 1.2.3 is healthy at ${url}/__admin/health\n`)
  t.match({ code, err }, { code: 0, err: '' })
})

t.test('variables set the address too; every address of the machine is checked at loopback', async t => {
  const { url } = await serving(t, '--admin-token', 'secret')
  const env = { SESSION_MOCK_PORT: portOf(url), SESSION_MOCK_HOST: '0.0.0.0' }
  t.match(await run(['healthcheck'], { env }), { code: 0, out: url })
})

t.test('with --admin-port, that port is checked', async t => {
  const { url } = await serving(t)
  const nobody = await other(t, (_request, response) => response.end())
  t.match(await run(['healthcheck', '--port', nobody, '--admin-port', portOf(url)]), { code: 0 })
})

t.test('without a response, the exit code is 1, with a reason', async t => {
  const { code, out, err } = await run(['healthcheck', '--port', '1'])
  t.match({ code, out }, { code: 1, out: '' })
  t.equal(err, 'session-mock: http://127.0.0.1:1/__admin/health: connect ECONNREFUSED 127.0.0.1:1\n')
})

t.test('another program on the port is reported', async t => {
  const notFound = await other(t, (_request, response) => void response.writeHead(404).end())
  t.match((await run(['healthcheck', '--port', notFound])).err, /: status 404, and not a response of session-mock\n$/)
  const hello = await other(t, (_request, response) => response.end('{"status":"fine"}'))
  t.match(await run(['healthcheck', '--port', hello]), {
    code: 1,
    err: /: status 200, and not a response of session-mock\n$/
  })
})

t.test('a server without a response in time is unhealthy', async t => {
  const silent = await other(t, () => undefined)
  const said = { out: '', err: '' }
  const systemClock = new FakeSystemClock()
  const code = await healthcheckCommand(
    { port: silent },
    {
      argv: [],
      env: {},
      stdout: { write: (text: string) => (said.out += text) },
      stderr: { write: (text: string) => (said.err += text) },
      version: '1.2.3',
      products,
      endpoints: async () => [],
      cases: '',
      clients: '',
      scenarios: '',
      dashboard: '',
      stopped: async () => undefined
    },
    systemClock
  )
  t.equal(code, 1)
  t.match(said.err, /: no response within 3 seconds\n$/)
  t.same(systemClock.slept, [3000])
})

t.test('port 0 and invalid settings are exit code 2', async t => {
  t.match(await run(['healthcheck', '--port', '0']), { code: 2, err: /^session-mock: --port 0 selects a free port/ })
  t.match(await run(['healthcheck', '--port', 'x', '--journal', 'y']), {
    code: 2,
    err: /^session-mock: .*--port.*; .*--journal.*\n$/
  })
  t.match(await run(['healthcheck', '--wait', 'long']), { code: 2, err: /--wait "long": expected a duration/ })
})

t.test('its help lists only the settings of the address', async t => {
  const { out } = await run(['healthcheck', '--help'])
  t.match(out, '--admin-port <number>')
  t.notMatch(out, '--journal')
})

t.test('it can wait until a server is ready', async t => {
  let asked = 0
  const starting = await other(t, (_request, response) => {
    asked += 1
    if (asked < 3) response.writeHead(503).end()
    else response.end('{"status":"ok","version":"1.2.3"}')
  })
  t.match(await run(['healthcheck', '--port', starting, '--wait', '1m']), { code: 0, out: /is healthy/ })
  t.equal(asked, 3)
})

t.test('in a container it checks the port of the server of that container', async t => {
  const { url } = await serving(t)
  const serverArguments = () => ['--port', portOf(url), '--log', 'json']
  t.match(await run(['healthcheck'], { serverArguments }), { code: 0, out: url })
  t.match(await run(['healthcheck', '--port', '1'], { serverArguments }), { code: 1 }, 'its own flags count')
})

t.test('the arguments of the server are read from the command line of process 1', async t => {
  const script = '/app/dist/main.js'
  t.same(argumentsAfter(script, `/nodejs/bin/node\0${script}\0--port\x005000\0`), ['--port', '5000'])
  t.same(argumentsAfter(script, `/sbin/docker-init\0--\0/nodejs/bin/node\0${script}\0`), [])
  t.equal(argumentsAfter(script, '/sbin/init\0'), undefined)
})
