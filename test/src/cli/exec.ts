import { execFile } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { existsSync, readFileSync, watch } from 'node:fs'
import { createServer } from 'node:net'
import { promisify } from 'node:util'
import t, { type Test } from 'tap'
import type { CommandContext } from '../../../src/cli/command-context.js'
import { variablesOf } from '../../../src/run/run-command.js'
import { run as command } from '../../support/command.js'

const { PATH } = process.env

/** `exec` with these words, each run in a folder of its own; a script says what it has seen in the files of that folder. */
const exec = async (t: Test, words: readonly string[], script: string, outside: Partial<CommandContext> = {}) => {
  const folder = t.testdir({})
  const env = { PATH, folder, ...outside.env }
  const result = await command(
    ['exec', '--products', 'cbrain,netbrain', '--log-level', 'silent', ...words, '--', 'sh', '-c', script],
    { ...outside, env }
  )
  const file = (name: string) => readFileSync(`${folder}/${name}`, 'utf8')
  return { ...result, folder, file }
}

const login = 'curl -sf -o /dev/null -d "login=demo&password=demo" "$SESSION_MOCK_CBRAIN_URL/session"'

t.test('a command has the URL of each product in its environment', async t => {
  const { code, file } = await exec(t, [], 'env | grep ^SESSION_MOCK_ | sort > "$folder/env"')
  t.equal(code, 0)
  const [, url = ''] = /^SESSION_MOCK_URL=(.*)$/m.exec(file('env')) ?? []
  t.match(url, /^http:\/\/127\.0\.0\.1:\d+$/)
  t.equal(
    file('env'),
    `SESSION_MOCK_CBRAIN_URL=${url}\nSESSION_MOCK_NETBRAIN_URL=${url}/ServicesAPI/API\nSESSION_MOCK_URL=${url}\n`
  )
})

t.test(
  'the secret settings of the server are not in the environment of the command, unless --env sets them',
  async t => {
    const env = { PATH, SESSION_MOCK_ADMIN_TOKEN: 'token-of-the-api', OTHER: 'kept' }
    const { code, file } = await exec(
      t,
      ['--env', 'ADMIN=given'],
      'env > "$folder/env"; curl -s -o /dev/null -w "%{http_code}" "$SESSION_MOCK_URL/__admin/sessions" > "$folder/status"',
      { env }
    )
    t.equal(code, 0)
    t.notMatch(file('env'), 'token-of-the-api')
    for (const line of ['OTHER=kept', 'ADMIN=given']) t.match(file('env'), line)
    t.equal(file('status'), '401', 'the server requires it')
  }
)

t.test('a hyphen in the name of a product is an underscore in its variable, as shells require', async t => {
  t.strictSame(variablesOf({ url: 'http://127.0.0.1:1', products: { 'acme-two': 'http://127.0.0.1:1/two' } }), {
    URL: 'http://127.0.0.1:1',
    ACME_TWO_URL: 'http://127.0.0.1:1/two'
  })
})

t.test('with --space the URLs of the products have the prefix of the space', async t => {
  const { code, file } = await exec(
    t,
    ['--space', 'w1', '--env', 'NAME={space-name}', '--env', 'WHERE={space}'],
    'env > "$folder/env"; curl -s -o /dev/null "$SESSION_MOCK_NETBRAIN_URL/V1/CMDB/Tenants"; curl -s "$SESSION_MOCK_URL/__admin/spaces" > "$folder/spaces"'
  )
  t.equal(code, 0)
  const [, url = ''] = /^SESSION_MOCK_URL=(.*)$/m.exec(file('env')) ?? []
  for (const line of [
    `SESSION_MOCK_SPACE_URL=${url}/~w1`,
    `SESSION_MOCK_CBRAIN_URL=${url}/~w1`,
    `SESSION_MOCK_NETBRAIN_URL=${url}/~w1/ServicesAPI/API`,
    'NAME=w1',
    `WHERE=${url}/~w1`
  ])
    t.match(file('env'), `\n${line}\n`)
  t.match(file('spaces'), '"w1"')
})

t.test('templates set other variables', async t => {
  const { file } = await exec(
    t,
    ['--env', 'A={cbrain}/x', '--env', 'B={host}:{port}', '--env', 'C={"json":{}}', '--env', 'D={url}'],
    'echo "$A $B $C $D $SESSION_MOCK_URL" > "$folder/seen"'
  )
  const [a, b, c, d, url = ''] = file('seen').trim().split(' ')
  t.same([a, b, c, d], [`${url}/x`, new URL(url).host, '{"json":{}}', url])
})

t.test('with an HTTPS port there is a file with the certificate to trust, during the command', async t => {
  const { code, file } = await exec(
    t,
    ['--https-port', '0', '--env', 'CA={ca}'],
    'curl -sf --cacert "$SESSION_MOCK_CA" "$SESSION_MOCK_HTTPS_URL/" > /dev/null && echo "$CA" > "$folder/ca"'
  )
  t.equal(code, 0)
  t.notOk(existsSync(file('ca').trim()), 'it goes with the server')
})

for (const [script, expected] of [
  ['exit 0', 0],
  ['exit 7', 7],
  ['kill -TERM $$', 143],
  ['kill -KILL $$', 137]
] as const)
  t.test(`a command ended by "${script}" has the exit code ${expected}`, async t => {
    t.equal((await exec(t, [], script)).code, expected)
  })

t.test('a missing or not executable command is reported as by a shell', async t => {
  const { file } = await exec(t, [], 'touch "$folder/data"')
  t.equal(file('data'), '')
  const run = (word: string) => command(['exec', '--', word], { env: { PATH } })
  t.match(await run('no-such-command'), { code: 127, err: 'session-mock: no-such-command: command not found\n' })
  t.match(await run(`${t.testdirName}/data`), { code: 126, err: /permission denied/ })
})

const wrong: readonly (readonly [argv: readonly string[], message: string])[] = [
  [[], 'no command: write it after two hyphens, as in session-mock exec -- npm test'],
  [['--'], 'no command: write it after two hyphens, as in session-mock exec -- npm test'],
  [['npm', 'test'], 'unexpected "npm": write the command after two hyphens, as in session-mock exec -- npm test'],
  [['--env', 'X', '--', 'true'], '--env "X": expected NAME=TEMPLATE, such as CBRAIN_URL={cbrain}'],
  [
    ['--products', 'cbrain', '--env', 'X={cbrian}', '--', 'true'],
    '--env "X={cbrian}": unknown placeholder {cbrian}: expected {url}, {host}, {port} or {cbrain}; did you mean {cbrain}?'
  ],
  [['--env', 'X={ca}', '--', 'true'], '--env "X={ca}": {ca} is there with --https-port only'],
  [['--env', 'X={space}', '--', 'true'], '--env "X={space}": {space} is there with --space only'],
  [['--space', 'a b', '--', 'true'], '--space "a b": expected 1 to 64 letters, digits, ".", "_" or "-"'],
  [
    ['--scenario', 'outag', '--', 'true'],
    'there is no file "outag", and no scenario is shipped by that name; did you mean outage?'
  ]
]

t.test('an invalid option is reported, and the command is not started', async t => {
  for (const [argv, message] of wrong) {
    const { code, err } = await command(['exec', ...argv], { env: { PATH } })
    t.equal(code, 2, argv.join(' '))
    t.equal(err, `session-mock: ${message}\n`)
  }
})

t.test('an unwritable folder or file is reported before the command starts', async t => {
  for (const flag of ['--report', '--log-file']) {
    const { code, err, folder } = await exec(t, [flag, '/dev/null/x'], 'touch "$folder/started"')
    t.equal(code, 2)
    t.match(err, `session-mock: ${flag} "/dev/null/x": it `)
    t.notOk(existsSync(`${folder}/started`))
  }
})

t.test('a port in use is reported, and the command is not started', async t => {
  const other = createServer().listen(0, '127.0.0.1')
  t.teardown(() => other.close())
  await once(other, 'listening')
  const { port } = other.address() as { port: number }
  const { code, err, folder } = await exec(t, ['--port', String(port)], 'touch "$folder/started"')
  t.equal(code, 3)
  t.match(err, `port ${port} on localhost is in use`)
  t.notOk(existsSync(`${folder}/started`))
})

t.test('the port of --port is used, and PORT is left to the command', async t => {
  const free = createServer().listen(0, '127.0.0.1')
  await once(free, 'listening')
  const { port } = free.address() as { port: number }
  free.close()
  await once(free, 'close')
  const script = 'echo "$SESSION_MOCK_URL $PORT" > "$folder/seen"'
  const { file } = await exec(t, ['--port', String(port)], script, { env: { PATH, PORT: '1' } })
  t.equal(file('seen'), `http://127.0.0.1:${port} 1\n`)
  const without = await exec(t, [], script, { env: { PATH, PORT: String(port) } })
  t.notMatch(without.file('seen'), `:${port} `)
})

t.test('with --strict a failed verdict fails a successful command, and a failed one keeps its exit code', async t => {
  const { code, err } = await exec(t, ['--strict'], login)
  t.equal(code, 4)
  t.match(err, 'session-left-open: sessions without a logout (1)')
  t.equal((await exec(t, ['--strict'], `${login}; exit 9`)).code, 9)
  t.equal((await exec(t, ['--strict'], 'true')).code, 0)
})

t.test('the log is on the standard error, or in a file', async t => {
  const seen = await exec(t, ['--log-level', 'info'], login)
  t.match(seen.err, ' 200 cbrain login POST /session demo ')
  t.equal(seen.out, '')
  const log = `${t.testdir({})}/logs/server.log`
  const { err } = await exec(t, ['--log-level', 'info', '--log-file', log], login)
  t.equal(err, '')
  t.match(readFileSync(log, 'utf8'), ' 200 cbrain login POST /session demo ')
})

/** Resolves when the file is there. */
const created = async (folder: string, name: string): Promise<void> => {
  const watcher = watch(folder)
  while (!existsSync(`${folder}/${name}`)) await once(watcher, 'change')
  watcher.close()
}

t.test('signals are sent to every process of the command, which determines the exit code', async t => {
  const signals = new EventEmitter()
  const onSignal: CommandContext['onSignal'] = listener => {
    signals.on('signal', listener)
    return () => signals.off('signal', listener)
  }
  const folder = t.testdir({})
  const inner = 'trap "touch $folder/inner; exit 0" TERM; touch $folder/ready; while :; do sleep 0.05; done'
  const script = `sh -c '${inner}' & trap "wait; exit 5" TERM; wait; exit 6`
  const ended = command(['exec', '--log-level', 'silent', '--', 'bash', '-c', script], {
    env: { PATH, folder },
    onSignal
  })
  await created(folder, 'ready')
  signals.emit('signal', 'SIGTERM')
  t.equal((await ended).code, 5)
  t.ok(existsSync(`${folder}/inner`))
  t.equal(signals.listenerCount('signal'), 0)
})

t.test('remaining processes of the command are ended, and reported', async t => {
  const { code, err, file } = await exec(t, [], 'sleep 600 & echo $! > "$folder/pid"')
  t.equal(code, 0)
  t.equal(err, 'session-mock: ended processes left behind by the command\n')
  const stat = () => readFileSync(`/proc/${file('pid').trim()}/stat`, 'utf8')
  t.ok(!existsSync(`/proc/${file('pid').trim()}`) || / [ZX] /.test(stat()))
})

t.test('a session-mock in the command does not read the variables of exec as settings', async t => {
  const env = { SESSION_MOCK_URL: 'x', SESSION_MOCK_CBRAIN_URL: 'x', SESSION_MOCK_CA: 'x', SESSION_MOCK_SPACE_URL: 'x' }
  t.same(
    await command(['--port', '0', '--log-level', 'silent', '--log', 'json'], { env }).then(({ code, err }) => [
      code,
      err
    ]),
    [0, '']
  )
})

t.test('input and output are those of the command', async t => {
  const main = ['--import=tsx', 'src/main.ts', 'exec', '--log-level', 'silent', '--', 'sh', '-c', 'cat; echo err >&2']
  const running = promisify(execFile)(process.execPath, main)
  running.child.stdin?.end('from the input')
  const { stdout, stderr } = await running
  t.equal(stdout, 'from the input')
  t.equal(stderr, 'err\n')
})

t.test('a folder for temporary files is needed for a certificate only', async t => {
  const before = process.env.TMPDIR
  t.teardown(() => {
    if (before === undefined) delete process.env.TMPDIR
    else process.env.TMPDIR = before
  })
  process.env.TMPDIR = '/nonexistent'
  t.equal((await exec(t, [], login)).code, 0)
  const { code, err } = await exec(t, ['--https-port', '0'], 'touch "$folder/started"')
  t.equal(code, 2)
  t.match(
    err,
    /^session-mock: the certificate for the command cannot be written to \/nonexistent: ENOENT.*; set TMPDIR to a folder that exists\n$/
  )
})

t.test('with a proxy, the command has exceptions for the server', async t => {
  const proxy = { PATH, HTTP_PROXY: 'http://127.0.0.1:1', http_proxy: 'http://127.0.0.1:1' }
  const seen = async (env: Record<string, string | undefined>) =>
    (await exec(t, [], `${login}; env | grep -i ^no_proxy | sort > "$folder/env"; true`, { env })).file('env')
  t.equal(await seen(proxy), 'NO_PROXY=localhost,127.0.0.1,::1\nno_proxy=localhost,127.0.0.1,::1\n')
  t.equal(
    await seen({ ...proxy, no_proxy: 'intern.example,127.0.0.1' }),
    'NO_PROXY=intern.example,127.0.0.1,localhost,::1\nno_proxy=intern.example,127.0.0.1,localhost,::1\n'
  )
  t.equal(await seen({ ...proxy, NO_PROXY: '*' }), 'NO_PROXY=*\nno_proxy=*\n')
  t.equal(await seen({ PATH }), '', 'without a proxy nothing is set')
})

t.test('with a proxy and without a request, the proxy is reported', async t => {
  const env = { PATH, https_proxy: 'http://127.0.0.1:1' }
  t.match((await exec(t, [], 'true', { env })).err, /^session-mock: no request came: a proxy is set/m)
  t.equal((await exec(t, [], login, { env })).err, '')
  t.equal((await exec(t, [], 'true')).err, '')
})

t.test('all invalid options and settings are reported together', async t => {
  const argv = [
    '--prot',
    '1',
    '--space',
    'a b',
    '--port',
    'x',
    '--env',
    'X',
    '--env',
    'Y={cbrian}',
    '--scenario',
    'outag'
  ]
  const { code, err } = await command(['exec', ...argv, '--', 'true'], { env: { PATH } })
  t.equal(code, 2)
  t.same(
    err.split('\n').map(line => line.replace(/^session-mock: /, '').slice(0, 30)),
    [
      "unknown option '--prot'; did y",
      '--port "x": expected a whole n',
      '--space "a b": expected 1 to 6',
      '--env "X": expected NAME=TEMPL',
      '--env "Y={cbrian}": unknown pl',
      'there is no file "outag", and ',
      ''
    ]
  )
})

t.test('the help has the default port of the command', async t => {
  for (const name of ['exec', 'grill'])
    t.match(
      (await command([name, '--help'])).out,
      /--port <number>\s+Port of all products; 0 selects a free port\s+\(default:\s+a free port\)/
    )
})
