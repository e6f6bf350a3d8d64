import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { open, readFile } from 'node:fs/promises'
import { Agent, get, request } from 'node:http'
import { connect } from 'node:net'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import { shippedCommand } from '../support/shipped.js'

const main = await shippedCommand()

/** The built command as a process of its own, from the moment it is ready until the test is over. */
const started = async (t: Test): Promise<{ child: ChildProcess; port: number }> => {
  const child = spawn(process.execPath, [main, '--port', '0', '--log', 'json'], {
    stdio: ['ignore', 'pipe', 'inherit']
  })
  t.teardown(() => child.kill('SIGKILL'))
  const [line] = await once(child.stdout, 'data')
  return { child, port: Number(new URL(JSON.parse(String(line)).url).port) }
}

/** The exit code, and the signal where one ended it. */
const ended = (child: ChildProcess) => once(child, 'exit')

/** Resolves when the port takes no connection any more. */
const closed = async (port: number): Promise<void> => {
  const taken = await new Promise<boolean>(resolve => {
    const socket = connect(port, '127.0.0.1', () => resolve(true))
    socket.on('error', () => resolve(false)).on('connect', () => socket.destroy())
  })
  if (taken) await closed(port)
}

/** A login of which the server has all but the last byte. */
const half = async (port: number) => {
  const body = 'login=demo&password=demo'
  const headers = {
    'Content-Type': 'application/x-www-form-urlencoded',
    'Content-Length': body.length,
    Expect: '100-continue'
  }
  const login = request({ port, method: 'POST', path: '/session', headers })
  login.flushHeaders()
  await once(login, 'continue')
  login.write(body.slice(0, -1))
  return login
}

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const)
  t.test(`${signal} ends it immediately, even with an idle connection`, async t => {
    const { child, port } = await started(t)
    const agent = new Agent({ keepAlive: true })
    t.teardown(() => agent.destroy())
    const [response] = await once(get({ port, path: '/session', agent }), 'response')
    response.resume()
    await once(response, 'end')
    child.kill(signal)
    t.same(await ended(child), [0, null])
  })

t.test('a current request gets its response before the stop', async t => {
  const { child, port } = await started(t)
  const login = await half(port)
  child.kill('SIGTERM')
  await closed(port)
  const answered = once(login, 'response')
  login.end('o')
  const [response] = await answered
  t.equal(response.statusCode, 200)
  t.match(String(await once(response, 'data')), /^\{"user_id":1,"cbrain_api_token":"[0-9a-f]{32}"\}$/)
  t.same(await ended(child), [0, null])
})

t.test('a second interrupt ends it immediately', async t => {
  const { child, port } = await started(t)
  const login = await half(port)
  login.on('error', () => undefined)
  child.kill('SIGINT')
  await closed(port)
  child.kill('SIGINT')
  t.same(await ended(child), [null, 'SIGINT'])
})

t.test('it continues if its output is closed', async t => {
  const { child, port } = await started(t)
  child.stdout?.destroy()
  for (const _ of [1, 2, 3]) t.equal((await fetch(`http://127.0.0.1:${port}/session`)).status, 401)
  child.kill('SIGTERM')
  t.same(await ended(child), [0, null])
})

t.test('a wrong setting and an unknown command are exit code 2', async t => {
  for (const argv of [['--port', 'x'], ['frobnicate']]) {
    const child = spawn(process.execPath, [main, ...argv], { stdio: 'ignore' })
    t.same(await ended(child), [2, null])
  }
})

t.test('a signal at the ready line ends it with 0', async t => {
  const child = spawn(process.execPath, [main, '--port', '0', '--log', 'json'], {
    stdio: ['ignore', 'pipe', 'inherit']
  })
  t.teardown(() => child.kill('SIGKILL'))
  child.stdout.once('data', () => child.kill('SIGTERM'))
  t.same(await ended(child), [0, null])
})

t.test('a second, different signal ends it immediately', async t => {
  const { child, port } = await started(t)
  const login = await half(port)
  login.on('error', () => undefined)
  child.kill('SIGTERM')
  await closed(port)
  child.kill('SIGINT')
  t.same(await ended(child), [null, 'SIGINT'])
})

t.test('a parent that does not read the output does not keep it running', async t => {
  const { child, port } = await started(t)
  child.stdout?.pause()
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  t.teardown(() => agent.destroy())
  for (let request = 0; request < 1000; request += 1) {
    const [response] = await once(get({ port, path: '/session', agent }), 'response')
    await once(response.resume(), 'end')
  }
  child.kill('SIGTERM')
  t.same(await ended(child), [0, null])
})

t.test(
  'findings of --strict determine the exit code even if they cannot be written',
  { skip: process.platform !== 'linux' },
  async t => {
    const full = await open('/dev/full', 'w')
    t.teardown(() => full.close())
    const child = spawn(process.execPath, [main, '--port', '0', '--log', 'json', '--strict'], {
      stdio: ['ignore', 'pipe', full.fd]
    })
    t.teardown(() => child.kill('SIGKILL'))
    const [line] = await once(child.stdout ?? child, 'data')
    const body = new URLSearchParams({ login: 'demo', password: 'demo' })
    await fetch(`${JSON.parse(String(line)).url}/session`, { method: 'POST', body })
    child.kill('SIGTERM')
    t.same(await ended(child), [4, null])
  }
)

t.test('an unsupported Node.js is refused with a message', async t => {
  const old = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '18.20.4' } })
Object.defineProperty(process, 'version', { value: 'v18.20.4' })`
  const preload = `${t.testdir({ 'old.cjs': old })}/old.cjs`
  await t.rejects(promisify(execFile)(process.execPath, ['--require', preload, main]), {
    code: 2,
    stdout: '',
    stderr: 'session-mock: Node.js 20.19 or later is needed; this is v18.20.4\n'
  })
})

t.test('a process without anything left to wait for reports it, and exits with 1', async t => {
  const never = `const fs = require('node:fs/promises')
fs.readFile = () => new Promise(() => {})
require('node:module').syncBuiltinESMExports()`
  const preload = `${t.testdir({ 'never.cjs': never })}/never.cjs`
  await t.rejects(promisify(execFile)(process.execPath, ['--require', preload, main, 'verify-real', 'cbrain']), {
    code: 1,
    stdout: '',
    stderr: 'session-mock: this is a bug in session-mock: the command has no result, and nothing is left to wait for\n'
  })
})

t.test('SIGHUP of a closed terminal stops it with its report, however often it comes', async t => {
  const folder = t.testdir({})
  const child = spawn(process.execPath, [main, '--port', '0', '--report', folder], {
    stdio: ['ignore', 'pipe', 'inherit']
  })
  t.teardown(() => child.kill('SIGKILL'))
  await once(child.stdout, 'data')
  child.kill('SIGHUP')
  child.kill('SIGHUP')
  t.same(await ended(child), [0, null])
  t.equal(JSON.parse(await readFile(`${folder}/run.json`, 'utf8')).rows.length, 0)
})

t.test('under nohup it continues after SIGHUP', async t => {
  const child = spawn('nohup', [process.execPath, main, '--port', '0', '--log', 'json'], {
    // As shells set it.
    env: { ...process.env, _: '/usr/bin/nohup' },
    stdio: ['ignore', 'pipe', 'ignore']
  })
  t.teardown(() => child.kill('SIGKILL'))
  const [line] = await once(child.stdout, 'data')
  child.kill('SIGHUP')
  t.equal((await fetch(`${JSON.parse(String(line)).url}/__admin/health`)).status, 200)
  child.kill('SIGTERM')
  t.same(await ended(child), [0, null])
})

/** Sends itself a signal as soon as it handles SIGTERM, and says whether a port was open by then. */
const signalAtOnce = `process.on('newListener', (name) => {
  if (name !== 'SIGTERM' || globalThis.isSent) return
  globalThis.isSent = true
  console.error(process.getActiveResourcesInfo().includes('TCPServerWrap') ? 'late' : 'first')
  setImmediate(() => process.kill(process.pid, 'SIGTERM'))
})`

const startWithSignal = (argv: readonly string[]) => {
  const child = spawn(
    process.execPath,
    [`--import=data:text/javascript,${encodeURIComponent(signalAtOnce)}`, main, ...argv],
    { stdio: 'pipe' }
  )
  let said = ''
  child.stderr.setEncoding('utf8').on('data', text => {
    said += text
  })
  return { child, said: () => said }
}

t.test('a signal of its first moment stops it with 0: the handlers stand before anything else', async t => {
  const { child, said } = startWithSignal(['--port', '0'])
  t.same(await ended(child), [0, null])
  t.match(said(), /^first/)
})

t.test('a command without a server ends by a signal of its first moment', async t => {
  const { child } = startWithSignal(['products'])
  t.same(await ended(child), [null, 'SIGTERM'])
})

t.test('with --exit-with-parent and a closed standard input it says why it stops', async t => {
  const { stdout, stderr } = await promisify(execFile)('sh', [
    '-c',
    `"${process.execPath}" "${main}" --port 0 --exit-with-parent </dev/null`
  ])
  t.match(stdout, 'Ready.')
  t.equal(
    stderr,
    'session-mock: stopped: the standard input is closed, which --exit-with-parent stops at: keep it open, as by a pipe\n'
  )
})
