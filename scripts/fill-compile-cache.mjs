// Runs in the build of the image, as its user: starts the server, sends typical requests, and stops it, so that V8's compile
// cache is filled for every start. Any error fails the build.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, readdir } from 'node:fs/promises'
import { createInterface } from 'node:readline'

const main = 'dist/main.js'
const json = { 'Content-Type': 'application/json' }
const demo = { username: 'demo', password: 'demo' }

const logins = {
  '/ServicesAPI/API/V1/Session': { headers: json, body: JSON.stringify(demo) },
  '/session/login': { body: new URLSearchParams({ ...demo, account_number: '100000000000001' }) },
  '/session': { body: new URLSearchParams({ login: 'demo', password: 'demo' }) },
  '/api/admin/v1/sessions': { headers: json, body: JSON.stringify(demo) }
}

const server = spawn(process.execPath, [main, '--host', '127.0.0.1', '--port', '0'], {
  stdio: ['ignore', 'pipe', 'inherit']
})
const url = await readyUrl(server.stdout)
await run('healthcheck', '--port', new URL(url).port)
for (const [path, login] of Object.entries(logins)) {
  const { status } = await fetch(url + path, { method: 'POST', ...login })
  if (status >= 300) throw new Error(`${path} answered ${status}`)
}
server.kill('SIGTERM')
await ended(server)
await makeReadOnly(process.env.NODE_COMPILE_CACHE)

async function readyUrl(output) {
  for await (const line of createInterface(output)) {
    const [, url] = /^Ready\..* listening on (\S+)$/.exec(line) ?? []
    if (url) return url
  }
  throw new Error('the server did not say that it is ready')
}

function run(...args) {
  return ended(spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'ignore', 'inherit'] }))
}

async function ended(child) {
  const [code] = await once(child, 'close')
  if (code !== 0) throw new Error(`${child.spawnargs.join(' ')} ended with ${code}`)
}

// Containers must not write to the cache.
async function makeReadOnly(folder) {
  for (const { name, parentPath } of await readdir(folder, { withFileTypes: true, recursive: true }))
    await chmod(`${parentPath}/${name}`, 0o555)
  await chmod(folder, 0o555)
}
