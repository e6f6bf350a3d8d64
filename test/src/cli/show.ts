import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { run, startCommand } from '../../support/command.js'
import { ask } from '../../support/serving.js'

const record = {
  version: '1.2.3',
  startedAt: '2026-01-01T12:00:00.000Z',
  scenario: { title: 'Locked\u001b[1m out', rules: [] },
  rows: [{ number: 1 }, { number: 2 }]
}

const get = (url: string, path: string, headers = {}) => ask(url, { method: 'GET', url: path, headers })

const fileWith = (t: Test, content: string): string => `${t.testdir({ 'run.json': content })}/run.json`

t.test('a saved run is served with the dashboard', async t => {
  const file = fileWith(t, JSON.stringify(record))
  const { url, out, err } = await startCommand(t, ['show', file])
  t.equal(
    out(),
    `
  File:     ${file}
  Run:      2 requests, started 2026-01-01T12:00:00.000Z
  Scenario: Locked [1m out
  Browser:  ${url}/
  Stop:     Ctrl-C, or SIGTERM

Ready. session-mock 1.2.3 listening on ${url}
`
  )
  t.equal(err(), '')
  t.match(await get(url, '/'), { statusCode: 302, headers: { location: '/?run=run.json' } })
  const page = await get(url, '/?run=run.json')
  t.match(page, {
    statusCode: 200,
    headers: { 'content-type': 'text/html; charset=utf-8' },
    body: 'dashboard/dashboard.js'
  })
  t.match(page.headers['content-security-policy'], /^default-src 'none'; script-src 'self';/)
  t.match(await get(url, '/dashboard/dashboard.js'), {
    statusCode: 200,
    headers: { 'content-type': /^text\/javascript/ }
  })
  t.match(await get(url, '/run.json'), {
    statusCode: 200,
    headers: {
      'content-type': 'application/json',
      'content-length': String(JSON.stringify(record).length),
      'x-run-name': 'run.json'
    },
    body: JSON.stringify(record)
  })
  t.match(await fetch(`${url}/run.json`, { method: 'HEAD' }), { status: 200 })
})

t.test('for a folder its run.json is served, with a name in any script', async t => {
  const folder = t.testdir({
    'run.json': JSON.stringify(record),
    'lauf ä.json': JSON.stringify({ ...record, rows: [{}] })
  })
  t.match((await startCommand(t, ['show', folder])).out(), `File:     ${folder}/run.json\n`)
  const { url, out } = await startCommand(t, ['show', `${folder}/lauf ä.json`])
  t.match(out(), 'Run:      1 request, started')
  t.match((await get(url, '/run.json')).headers, { 'x-run-name': 'lauf%20%C3%A4.json' })
})

t.test('other paths are 404, and other methods are refused', async t => {
  const { url } = await startCommand(t, ['show', fileWith(t, JSON.stringify(record))])
  for (const path of ['/__admin/requests', '/session', '/dashboard/index.html.map', '/dashboard/constructor'])
    t.match(await get(url, path), { statusCode: 404, headers: { 'content-type': 'application/problem+json' } }, path)
  for (const method of ['POST', 'PUT', 'DELETE'] as const)
    t.match(await ask(url, { method, url: '/run.json', headers: {} }), {
      statusCode: 405,
      headers: { allow: 'GET, HEAD' }
    })
})

t.test('cross-origin requests are refused, also with a foreign host name', async t => {
  const { url } = await startCommand(t, ['show', fileWith(t, JSON.stringify(record))])
  for (const headers of [{ origin: 'http://evil.com' }, { 'sec-fetch-site': 'cross-site' }, { host: 'evil.com' }])
    t.match(await get(url, '/run.json', headers), { statusCode: 403, body: 'Cross-origin requests are rejected' })
})

t.test('the file is read for each request, and a deleted one is reported', async t => {
  const file = fileWith(t, JSON.stringify(record))
  const { url } = await startCommand(t, ['show', file])
  writeFileSync(file, '{"rows":[]}')
  t.equal((await get(url, '/run.json')).body, '{"rows":[]}')
  writeFileSync(file, '')
  t.match(await get(url, '/run.json'), { statusCode: 200, body: '' })
  rmSync(file)
  t.match(await get(url, '/run.json'), { statusCode: 404, body: 'no longer exists' })
})

t.test('a run of another version is shown with a notice', async t => {
  const { err } = await startCommand(t, ['show', fileWith(t, JSON.stringify({ ...record, version: '0.0.9' }))])
  t.equal(err(), 'session-mock: run.json was written by version 0.0.9, and this is 1.2.3: unknown data is omitted\n')
})

t.test('a public address is reported', async t => {
  const { err } = await startCommand(t, ['show', fileWith(t, JSON.stringify(record)), '--host', '0.0.0.0'])
  t.equal(err(), 'session-mock: the run is open to all clients of 0.0.0.0\n')
})

const wrong: readonly (readonly [what: string, content: string, said: string])[] = [
  ['an empty file', '', 'not valid JSON: line 1: expected one object'],
  ['no JSON', 'hello\n', 'not valid JSON: line 1: expected one object'],
  ['a list', '[]', 'not valid JSON: line 1: expected one object'],
  ['a file that is cut', '{\n"version": "1.2.3",\n"rows": [', 'not valid JSON: line 3: unexpected end of the document'],
  ['a HAR', '{"log":{"version":"1.2"}}', 'not a saved run: expected the run.json that --report writes'],
  ['a run without a version', '{"rows":[]}', 'not a saved run: expected the run.json that --report writes']
]

for (const [what, content, said] of wrong)
  t.test(`${what} is refused`, async t => {
    const file = fileWith(t, content)
    t.same(await run(['show', file]), { code: 2, out: '', err: `session-mock: ${file}: ${said}\n` })
  })

t.test('what is no file is refused, such as a device or a pipe, which may have no end', async t => {
  const pipe = `${t.testdir({})}/pipe`
  execFileSync('mkfifo', [pipe])
  for (const file of ['/dev/zero', pipe])
    t.same(await run(['show', file]), {
      code: 2,
      out: '',
      err: `session-mock: ${file}: not a file: expected the run.json that --report writes\n`
    })
})

t.test('a missing file is refused, and a folder without a run', async t => {
  const folder = t.testdir({ 'run.json': {} })
  t.same(await run(['show', `${folder}/other.json`]), {
    code: 2,
    out: '',
    err: `session-mock: ${folder}/other.json: no such file\n`
  })
  t.match(await run(['show', folder]), {
    code: 2,
    err: 'a folder without a run.json of --report'
  })
  t.match(await run(['show']), { code: 2, err: "missing required argument 'file'" })
})

t.test('a port in use and an invalid setting are reported', async t => {
  const file = fileWith(t, JSON.stringify(record))
  const other = createServer().listen(0, '127.0.0.1')
  t.teardown(() => other.close())
  await once(other, 'listening')
  const { port } = other.address() as AddressInfo
  t.match(await run(['show', file, '--port', `${port}`]), { code: 3, err: `port ${port} on localhost is in use` })
  t.match(await run(['show', file, '--port', 'x']), { code: 2, err: '--port "x": expected a whole number' })
  t.match(await run(['show', file], { env: { SESSION_MOCK_PORT: `${port}` } }), { code: 3 })
  t.match(await run(['show', file, '--prot', '1']), { code: 2, err: 'did you mean --port?' })
})
