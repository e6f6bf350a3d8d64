import { EventEmitter, once } from 'node:events'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { type AddressInfo, createServer } from 'node:net'
import t from 'tap'
import { run } from '../../support/command.js'
import { grill, namesIn } from '../../support/grill.js'
import { junitProblems } from '../../support/junit.js'

const { PATH } = process.env

/** A client of CBRAIN that logs in, asks once, and logs out; whatever is refused makes it fail. */
const client = `
fail() { [ -n "$token" ] && curl -s -m 5 -o /dev/null -X DELETE -H "Authorization: Bearer $token" $u/session; exit 1; }
u=$SESSION_MOCK_CBRAIN_URL
login() { token=$(curl -sf -m 5 -d "login=demo&password=demo" $u/session | grep -oE "[0-9a-f]{32}") || fail; }
ask() { curl -sf -m 5 -o /dev/null -H "Authorization: Bearer $token" $u/session; }
login
ask || { login; ask || fail; }
curl -s -m 5 -o /dev/null -X DELETE -H "Authorization: Bearer $token" $u/session
exit 0
`
const right = ['sh', '-c', client]
const careless = ['sh', '-c', client.replace('ask || { login; ask || fail; }', 'ask || ask')]

t.test('the plan has each fault at each call, then those of the whole run', async t => {
  const { code, out, folder } = await grill(t, ['--plan'], right)
  t.equal(code, 0)
  const ids = out
    .trim()
    .split('\n')
    .map(line => line.trim().split(/ +/)[1])
  t.equal(ids.length, 12 + 11 + 4 + 4)
  for (const id of [
    'cbrain.login#1:bad-credentials',
    'cbrain.session#1:expired',
    'cbrain.logout#1:pretended',
    'cbrain:clock-skew'
  ])
    t.ok(ids.includes(id), id)
  t.match(out, 'cbrain.session, call 1: its token has expired\n')
  t.notOk(existsSync(`${folder}/report`))
})

t.test('settings without a meaning for grill are refused together', async t => {
  const { code, err, out } = await grill(t, ['--strict', '--watch', '--log-file', 'log.txt'], right)
  t.equal(code, 2)
  t.equal(out, '')
  t.equal(
    err,
    `session-mock: grill does not support --strict: grill judges the sessions of every run without it
session-mock: grill does not support --watch: each run reads the scenario once
session-mock: grill does not support --log-file: the report has the requests of every finding; use --report <folder>
`
  )
})

t.test('cases are selected by words, and limited in number by a seed', async t => {
  const plan = async (...flags: string[]) => {
    const { out, err } = await grill(t, ['--plan', ...flags], right)
    return {
      ids: out
        .trim()
        .split('\n')
        .map(line => line.trim().split(/ +/)[1]),
      err
    }
  }
  t.same((await plan('--only', 'expired,run')).ids, [
    'cbrain.session#1:expired',
    'cbrain:evicted',
    'cbrain:session-limit',
    'cbrain:expiry-between',
    'cbrain:clock-skew'
  ])
  t.same((await plan('--only', 'cbrain.session#1:late')).ids, ['cbrain.session#1:late'])
  const some = await plan('--max', '3')
  t.equal(some.ids.length, 3)
  t.match(some.err, /^session-mock: 3 of 31 cases are run, selected by seed 1; --max 31 runs all\n$/)
  t.same((await plan('--max', '3')).ids, some.ids)
  t.notSame((await plan('--max', '3', '--seed', 'other')).ids, some.ids)
})

t.test('a client that uses a refused token again is found, and the report has a command to repeat it', async t => {
  const { code, out, file, folder, json } = await grill(t, ['--only', 'expired,empty'], careless)
  t.equal(code, 5)
  t.same(namesIn(json), ['believed a refusal', 'dead token again', 'no re-login'])
  t.match(out, /expired +X\n/)
  t.match(out, /BELIEVED A REFUSAL \(1\).*DEAD TOKEN AGAIN \(1\).*NO RE-LOGIN \(1\)/s)
  t.same(readdirSync(`${folder}/report`).sort(), ['findings', 'grill.json', 'grill.junit.xml'])
  t.same(readdirSync(`${folder}/report/findings`).sort(), [
    '013-cbrain.session-1-expired.run.json',
    '013-cbrain.session-1-expired.yaml'
  ])
  const scenario = `${folder}/report/findings/013-cbrain.session-1-expired.yaml`
  t.match(out, `repeat: session-mock exec --scenario ${scenario} -- sh -c `)
  t.equal((await run(['validate', scenario])).code, 0)
  t.match(JSON.parse(file('findings/013-cbrain.session-1-expired.run.json')), {
    command: { exitCode: 0 },
    rows: [{}, { status: 401 }]
  })
  const strict = ['exec', '--strict', '--log-level', 'silent', '--scenario', scenario, '--', ...careless]
  t.match(await run(strict, { env: { PATH } }), { code: 4, err: /refusal-without-login/ })
})

t.test('grill.junit.xml has a test case for each case', async t => {
  const { file } = await grill(t, ['--only', 'expired,revoked,bad-credentials'], careless)
  const junit = file('grill.junit.xml')
  t.same(junitProblems(junit), [])
  t.match(junit, ' tests="4" failures="2" ')
  t.match(junit, '<failure message="believed a refusal, dead token again, no re-login" type="believed a refusal">')
})

t.test('allowed and accepted misbehaviour does not count', async t => {
  const flags = ['--only', 'expired']
  const names = ['believed a refusal', 'dead token again', 'No re-login'].flatMap(name => ['--allow', name])
  const allowed = await grill(t, [...flags, ...names], careless)
  t.equal(allowed.code, 0)
  t.match(allowed.out, /expired +x\n/)
  const first = await grill(t, flags, careless)
  t.equal(first.code, 5)
  const accepted = t.testdir({ 'grill.json': first.file('grill.json') })
  const env = { PATH }
  const again = await run(['grill', ...flags, '--accept', `${accepted}/grill.json`, '--', ...careless], { env })
  t.equal(again.code, 0)
  const other = await run(['grill', '--only', 'revoked', '--accept', `${accepted}/grill.json`, '--', ...careless], {
    env
  })
  t.equal(other.code, 5)
})

t.test('misbehaviour without any fault is reported once', async t => {
  const leaky = ['sh', '-c', client.replace(/curl -s -m 5 -o \/dev\/null -X DELETE[^;\n]*/g, 'true')]
  const { code, json, out } = await grill(t, ['--only', 'bad-credentials'], leaky)
  t.equal(code, 5)
  t.same(
    json.findings.map(({ id, misbehaviour }) => [id, misbehaviour]),
    [['baseline', 'leaked session']]
  )
  t.match(out, 'baseline, without any fault')
})

t.test('settings, other variables and the scenario of the command apply to each case', async t => {
  const words = ['sh', '-c', client.replace('$SESSION_MOCK_CBRAIN_URL', '$URL').replace('demo&', 'ann&')]
  const scenario = '{"accounts": [{"login": "ann", "password": "demo"}]}'
  const { code, json } = await grill(t, ['--env', 'URL={cbrain}', '--scenario', scenario, '--only', 'expired'], words)
  t.equal(code, 0)
  t.same(json.outcomes, { survived: 1, 'failed cleanly': 0, misbehaved: 0, 'not reached': 0 })
})

t.test('the secret settings of the server are not in the environment of the command', async t => {
  const words = ['sh', '-c', `[ -z "$SESSION_MOCK_ADMIN_TOKEN" ] || exit 1; ${client}`]
  const env = { PATH, SESSION_MOCK_ADMIN_TOKEN: 'token-of-the-api' }
  t.equal((await grill(t, ['--only', 'expired'], words, { env })).code, 0)
})

t.test('with --port, cases run one at a time', async t => {
  const free = createServer().listen(0, '127.0.0.1')
  await once(free, 'listening')
  const { port } = free.address() as AddressInfo
  free.close()
  await once(free, 'close')
  const words = ['sh', '-c', client.replace('$SESSION_MOCK_CBRAIN_URL', `http://127.0.0.1:${port}`)]
  const { code, json } = await grill(t, ['--port', String(port), '--only', 'expired,revoked'], words)
  t.equal(code, 0)
  t.equal(json.outcomes.survived, 2)
})

t.test('a client of two products is tested with both, or with one', async t => {
  const both = `${client.replace('exit 0', '')} curl -s -o /dev/null $SESSION_MOCK_NETBRAIN_URL/V1/CMDB/Tenants`
  const { json } = await grill(t, ['--only', 'unavailable'], ['sh', '-c', both])
  t.same(
    json.cases.map(({ id }) => id),
    ['cbrain.session#1:unavailable', 'netbrain.tenants#1:unavailable']
  )
  const one = await grill(t, ['--only', 'unavailable', '--product', 'cbrain'], ['sh', '-c', both])
  t.same(
    one.json.cases.map(({ id }) => id),
    ['cbrain.session#1:unavailable']
  )
})

t.test('a nondeterministic command is tested at the calls common to two runs', async t => {
  const words = [
    'sh',
    '-c',
    `${client.replace('exit 0', '')} echo >> $folder/runs; n=$(wc -l < $folder/runs); for i in $(seq $n); do curl -s -o /dev/null $u/session; done; exit 0`
  ]
  const { err, out } = await grill(t, ['--plan', '--only', 'unavailable'], words)
  t.match(err, 'two runs without a fault made different calls; only the calls of both are tested')
  t.equal(out.trim().split('\n').length, 3)
})

t.test('remaining processes are ended after each run', async t => {
  const words = ['sh', '-c', `sleep 600 & echo $! >> $folder/pids; ${client}`]
  const { code, folder } = await grill(t, ['--only', 'expired'], words)
  t.equal(code, 0)
  const pids = readFileSync(`${folder}/pids`, 'utf8').trim().split('\n')
  t.equal(pids.length, 3)
  for (const pid of pids) {
    const stat = existsSync(`/proc/${pid}/stat`) ? readFileSync(`/proc/${pid}/stat`, 'utf8') : ' Z '
    t.match(stat, / [ZX] /)
  }
})

t.test('an interrupted run reports its findings so far', async t => {
  const signals = new EventEmitter()
  const onSignal = (listener: (signal: NodeJS.Signals) => void) => {
    signals.on('signal', listener)
    return () => signals.off('signal', listener)
  }
  const stderr = {
    isTTY: true,
    write: (text: string) => {
      if (text.includes('2 of 31')) signals.emit('signal', 'SIGINT')
    }
  }
  const { code, out, json } = await grill(t, ['--jobs', '1'], right, { onSignal, stderr })
  t.equal(code, 130)
  t.match(out, 'interrupted: 2 of 31 cases')
  t.equal(json.interrupted, true)
  t.equal(json.cases.length, 2)
})

const wrong: readonly (readonly [flags: readonly string[], words: readonly string[], message: RegExp])[] = [
  [[], [], /^session-mock: no command: write it after two hyphens, as in session-mock grill -- python client.py\n$/],
  [
    [],
    ['true'],
    /^session-mock: the command made no call: does it use SESSION_MOCK_CBRAIN_URL, or the variable of another product\?/
  ],
  [
    [],
    ['sh', '-c', 'echo oops; exit 3'],
    /the command failed without a fault: .* exited with 3\nsession-mock: The end of its output:\nsession-mock: oops\n/
  ],
  [[], ['sh', '-c', 'kill -9 $$'], /was ended by SIGKILL/],
  [['--timeout', '200ms'], ['sleep', '60'], /had not ended after 0.2s; see --timeout/],
  [
    [],
    ['sh', '-c', 'curl -s $SESSION_MOCK_URL/sesion'],
    /called no operation of a product, only GET \/sesion; the nearest is /
  ],
  [['--only', 'expird'], right, /--only "expird": not in the plan; did you mean expired\? The plan has /],
  [['--product', 'hcx'], right, /--product "hcx": not in the plan/],
  [['--jobs', '0'], right, /--jobs "0": expected a whole number from 1 to 64\n/],
  [['--timeout', 'soon'], right, /--timeout "soon": expected a duration/],
  [['--allow', 'retry strom'], right, /--allow "retry strom": expected .*; did you mean retry storm\?/],
  [['--accept', '/nowhere.json'], right, /--accept "\/nowhere.json": it cannot be read: /],
  [['--accept', 'package.json'], right, /--accept "package.json": expected a grill.json, as --report writes it\n/],
  [['--report', '/dev/null/x'], right, /--report "\/dev\/null\/x": it is not a writable folder/],
  [['--env', 'X={y}'], right, /--env "X=\{y\}": unknown placeholder \{y\}/]
]

t.test('invalid options are reported, and no case is run', async t => {
  for (const [flags, words, message] of wrong) {
    const { code, err } = await grill(t, flags, words)
    t.equal(code, 2, flags.join(' '))
    t.match(err, message)
  }
  t.match(await grill(t, [], ['no-such-command']), {
    code: 127,
    err: 'session-mock: no-such-command: command not found\n'
  })
  t.match(await run(['grill', 'x']), {
    code: 2,
    err: /write the command after two hyphens, as in session-mock grill -- x\n/
  })
})

t.test(
  'no secret of the command, its output or its scenario is in a report, except in files named so for their owner only',
  async t => {
    const scenario = JSON.stringify({
      accounts: [{ login: 'demo', password: 'Swordfish-0815' }],
      rules: [{ on: 'cbrain.session', name: 'not Swordfish-0815', when: { token: '0123456789abcdef' }, then: 'expire' }]
    })
    const script = `${careless[2]?.replace('password=demo', 'password=$PASSWORD')} echo "I am $PASSWORD, $4 and $token"`
    const words = [
      'sh',
      '-c',
      script.replace('exit 0\n', ''),
      'sh',
      '--password=hunter22',
      '--api-token',
      'Cafe-4711',
      'Cafe-4711'
    ]
    const flags = ['--scenario', scenario, '--env', 'PASSWORD=Swordfish-0815', '--only', 'cbrain.session#1:expired']
    const { code, out, err, folder, file } = await grill(t, flags, words)
    t.equal(code, 5, err)
    const findings = readdirSync(`${folder}/report/findings`).sort()
    t.same(findings, ['013-cbrain.session-1-expired.run.json', '013-cbrain.session-1-expired.secret.yaml'])
    t.equal(statSync(`${folder}/report/findings/${findings[1]}`).mode & 0o777, 0o600)
    t.match(file(`findings/${findings[1]}`), 'Swordfish-0815', 'it is played with the real password')
    const shown = [out, err, file('grill.json'), file('grill.junit.xml'), file(`findings/${findings[0]}`)]
    for (const text of shown)
      for (const secret of ['Swordfish', 'hunter22', 'Cafe-4711', '0123456789abcdef']) t.notMatch(text, secret)
    t.match(JSON.parse(file('grill.json')), {
      findings: [
        { output: /^I am …, … and [0-9a-f]{4}…[0-9a-f]{4}$/m, again: /'--password=…' --api-token '…'/ },
        {},
        {}
      ]
    })
  }
)
