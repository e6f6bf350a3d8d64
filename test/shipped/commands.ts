import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { createInterface } from 'node:readline'
import t, { type Test } from 'tap'
import { runShipped, shippedCommand } from '../support/shipped.js'
import { startCommand } from '../support/tested-server.js'

const printed = async (...argv: string[]): Promise<string> => {
  const { code, out, err } = await runShipped(argv)
  if (code !== 0) throw new Error(`${argv.join(' ')}: ${code}, ${err}`)
  return out
}

t.test('the commands of the package print what they are for', async t => {
  t.match(await printed('completion', 'bash'), /complete .*session-mock/)
  t.match(
    await printed('products'),
    /^netbrain +login [\s\S]*^videntity +login [\s\S]*^cbrain +login [\s\S]*^hcx +login /m
  )
  t.match(await printed('client', 'python'), /^class /m)
  t.match(await printed('scenarios'), /^outage/m)
  t.match(await printed('schema'), /"\$schema"/)
})

t.test('healthcheck asks a running server', async t => {
  const { url } = await startCommand(t)
  t.equal((await runShipped(['healthcheck', '--port', new URL(url).port])).code, 0)
  t.equal((await runShipped(['healthcheck', '--port', '1'])).code, 1)
})

t.test('a server with an overlay writes its report at the end, and show serves it', async t => {
  const overlay =
    'products:\n  cbrain:\n    answers:\n      - { when: { operation: session }, headers: { X-Changed: "yes" } }\n'
  const folder = t.testdir({ 'overlay.yaml': overlay })
  const { url, stop } = await started(t, '--overlay', `${folder}/overlay.yaml`, '--report', `${folder}/report`)
  const body = new URLSearchParams({ login: 'demo', password: 'demo' })
  const login = await fetch(`${url}/session`, { method: 'POST', body })
  const { cbrain_api_token } = (await login.json()) as Record<string, string>
  const used = await fetch(`${url}/session`, { headers: { authorization: `Bearer ${cbrain_api_token}` } })
  t.equal(used.headers.get('x-changed'), 'yes')
  await used.text()
  await stop()
  t.ok(readdirSync(`${folder}/report`).includes('run.json'))
  const shown = await started(t, 'show', `${folder}/report/run.json`)
  t.match(await (await fetch(`${shown.url}/?run=run.json`)).text(), '<title>')
  await shown.stop()
})

t.test('a store that cannot be reached is reported', async t => {
  const { code, err } = await runShipped(['--port', '0', '--store', 'redis://127.0.0.1:1'])
  t.equal(code, 2)
  t.match(err, /127\.0\.0\.1:1/)
})

t.test('a form of several parts is read, without a program that sends one', async t => {
  const { url } = await startCommand(t)
  const body = new FormData()
  body.set('login', 'demo')
  body.set('password', 'demo')
  t.equal((await fetch(`${url}/session`, { method: 'POST', body })).status, 200)
})

/** The command as a process, from its ready line on. */
const started = async (t: Test, ...argv: string[]) => {
  const words = argv[0] === 'show' ? [...argv, '--port', '0'] : ['--port', '0', ...argv]
  const child = spawn(process.execPath, [await shippedCommand(), ...words], { stdio: ['ignore', 'pipe', 'inherit'] })
  t.teardown(() => child.kill('SIGKILL'))
  let url: string | undefined
  for await (const line of createInterface(child.stdout)) {
    url = /(http:\/\/127\.0\.0\.1:\d+)\S*$/.exec(line)?.[1]
    if (/^Ready\./.test(line)) break
  }
  return {
    url: url ?? '',
    stop: async () => {
      child.kill('SIGTERM')
      await once(child, 'exit')
    }
  }
}
