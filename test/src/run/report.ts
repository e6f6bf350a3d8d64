import { readdirSync, readFileSync, statSync } from 'node:fs'
import t, { type Test } from 'tap'
import { renderJUnit } from '../../../src/run/report.js'
import { run as command, serving } from '../../support/command.js'
import { harProblems } from '../../support/har.js'
import { junitProblems } from '../../support/junit.js'

const { PATH } = process.env

const session = `
token=$(curl -sf -d "login=demo&password=demo" "$SESSION_MOCK_CBRAIN_URL/session" | grep -oE "[0-9a-f]{32}")
curl -s -o /dev/null -H "Authorization: Bearer $token" "$SESSION_MOCK_CBRAIN_URL/session"
curl -s -o /dev/null "$SESSION_MOCK_CBRAIN_URL/session?cbrain_api_token=$token"
curl -s -o /dev/null "$SESSION_MOCK_URL/nowhere?x=1&y=<2>"
echo "$token" > "$folder/token"
`

/** The report of a command. */
const reported = async (t: Test, script: string, ...words: string[]) => {
  const folder = t.testdir({})
  const report = `${folder}/a/b`
  const argv = ['exec', '--log-level', 'silent', '--report', report, ...words, '--', 'sh', '-c', script]
  const result = await command(argv, { env: { PATH, folder } })
  const read = (name: string) => readFileSync(`${report}/${name}`, 'utf8')
  return {
    ...result,
    files: readdirSync(report).sort(),
    token: () => readFileSync(`${folder}/token`, 'utf8').trim(),
    run: JSON.parse(read('run.json')),
    har: JSON.parse(read('journal.har')),
    junit: read('verdicts.junit.xml')
  }
}

t.test('a report has three files, without secrets', async t => {
  const { code, files, run, har, junit, token } = await reported(t, session, '--admin-token', 'sesame-123')
  t.equal(code, 0)
  t.same(files, ['journal.har', 'run.json', 'verdicts.junit.xml'])
  const all = JSON.stringify([run, har, junit])
  for (const secret of [token(), 'sesame-123', 'password=demo']) t.notMatch(all, secret)
})

t.test('run.json has the run, all rows and all events', async t => {
  const { run } = await reported(t, session, '--scenario', 'rate-limit')
  t.match(run, {
    version: '1.2.3',
    url: /^http:\/\/127\.0\.0\.1:\d+$/,
    settings: { scenario: 'rate-limit', port: 0, adminToken: null },
    scenario: { title: 'After five calls the next three are refused as too many requests, with Retry-After', seed: 1 },
    clock: { frozen: false },
    command: { words: ['sh', '-c', /curl/], exitCode: 0 },
    dropped: 0
  })
  t.same(
    run.rows.map(({ operation, status }: { operation?: string; status: number }) => [operation, status]),
    [
      ['login', 200],
      ['session', 200],
      ['session', 200],
      [undefined, 404]
    ]
  )
  t.match(run.events, [{ event: 'session', change: 'opened', product: 'cbrain', login: 'demo', space: 'default' }])
  t.same(
    run.verdicts
      .filter(({ passed }: { passed: boolean }) => !passed)
      .map(({ verdict }: { verdict: string }) => verdict),
    ['session-left-open', 'credentials-in-url']
  )
})

t.test('journal.har is HAR 1.2, also with broken responses', async t => {
  const { har, run } = await reported(t, session, '--scenario', 'truncated-login')
  t.same(harProblems(har), [])
  t.equal(har.log.entries.length, run.rows.length)
  t.match(har.log.entries[0], {
    request: { method: 'POST', url: /^http:\/\/127\.0\.0\.1:\d+\/session$/, postData: { text: /^login=/ } },
    response: { status: 0, _error: 'connection: truncate' },
    _product: 'cbrain',
    _operation: 'login'
  })
  t.match(har.log.entries.at(-1).request.queryString, [
    { name: 'x', value: '1' },
    { name: 'y', value: '<2>' }
  ])
})

t.test('journal.har has the sizes of what was sent, not of what is shown', async t => {
  const { har, token } = await reported(
    t,
    `
token=$(curl -sf -d "login=demo&password=demo" "$SESSION_MOCK_CBRAIN_URL/session" | grep -oE "[0-9a-f]{32}")
curl -s -o /dev/null -I -H "Authorization: Bearer $token" "$SESSION_MOCK_CBRAIN_URL/session"
head -c 200000 /dev/zero | tr '\\0' 'a' | curl -s -o /dev/null --data-binary @- "$SESSION_MOCK_CBRAIN_URL/session"
echo "$token" > "$folder/token"
`
  )
  const [login, head, long] = har.log.entries
  const body = `{"user_id":1,"cbrain_api_token":"${token()}"}`
  t.match(login, {
    request: { bodySize: 'login=demo&password=demo'.length, postData: { text: 'login=demo&password=…' } },
    response: { bodySize: body.length, content: { size: body.length } }
  })
  t.match(head.response, { bodySize: 0, content: { size: 0 } })
  t.equal(long.request.bodySize, 200_000)
})

t.test('an invalid HAR is detected', async t => {
  t.not(harProblems({ log: { version: '1.2', creator: { name: 'x', version: '1' }, entries: [{}] } }).length, 0)
})

t.test('verdicts.junit.xml has a test case for each verdict', async t => {
  const { junit } = await reported(t, session)
  t.same(junitProblems(junit), [])
  t.equal(junit.match(/<testcase /g)?.length, 6)
  t.match(junit, ' tests="6" failures="2" ')
  t.match(junit, '<failure message="sessions without a logout (1)" type="session-left-open">default: ')
})

t.test('a JUnit file can have any text, and an invalid one is detected', async t => {
  const failure = { type: 'x', message: 'a "b"\n<c>', text: '\u0000\ud800 ]]> &amp; \u{1F600}' }
  const cases = [
    { className: 'c', name: 'n', failure },
    { className: 'c', name: 's', skipped: 'why' }
  ]
  const xml = renderJUnit({ name: 'n', startedAt: '2026-01-01T00:00:00.000Z', time: 1.5, cases })
  t.same(junitProblems(xml), [])
  t.match(xml, '\ufffd\ufffd ]]&gt; &amp;amp; \u{1F600}')
  t.same(junitProblems(xml.replace(' tests="2"', ' x="2"')), ['testsuite has no tests', 'testsuite has x'])
})

t.test('a report is written even if the command fails or is missing', async t => {
  const { code, run } = await reported(t, `${session} kill -9 $$`)
  t.equal(code, 137)
  t.match(run, { command: { exitCode: 137, signal: 'SIGKILL' } })
  t.equal(run.rows.length, 4)
})

t.test('a report has the requests of deleted spaces', async t => {
  const { run, junit } = await reported(
    t,
    'curl -sf -d "login=demo&password=demo" "$SESSION_MOCK_URL/~w/session"; curl -sf -X DELETE "$SESSION_MOCK_URL/__admin/spaces?space=w"'
  )
  t.match(run.rows, [{ space: 'w', operation: 'login' }])
  t.match(junit, 'w: the session of request 1')
})

t.test('a stopped server writes its report', async t => {
  const folder = t.testdir({})
  await t.test('during the run', async t => {
    const { url } = await serving(t, '--log-level', 'silent', '--report', folder)
    await (await fetch(`${url}/session`)).text()
    t.same(readdirSync(folder), [])
  })
  const run = JSON.parse(readFileSync(`${folder}/run.json`, 'utf8'))
  t.match(run.rows, [{ product: 'cbrain', status: 401 }])
  t.equal(run.command, undefined)
})

t.test('secrets of the scenario and of the command are in no file, nor in what --strict prints', async t => {
  const scenario = JSON.stringify({
    title: 'for Swordfish-0815',
    accounts: [{ login: 'demo', password: 'Swordfish-0815' }],
    sessions: [{ product: 'cbrain', login: 'demo', token: '0123456789abcdef0123456789abcdef' }],
    rules: [
      {
        on: 'cbrain.session',
        name: 'not Swordfish-0815',
        when: { header: { 'X-Api-Key': 'Cafe-4711' } },
        then: 'expire'
      },
      { on: 'cbrain.session', then: { headers: { 'X-Note': 'about 0123456789ABCDEF0123456789ABCDEF' } } }
    ]
  })
  const script = `
curl -s -o /dev/null -H "Authorization: Bearer 0123456789abcdef0123456789abcdef" "$SESSION_MOCK_CBRAIN_URL/session"
curl -s -o /dev/null -d "login=ann&password=Meldrum-1" "$SESSION_MOCK_CBRAIN_URL/session"
curl -s -o /dev/null "$SESSION_MOCK_URL/nowhere/SWORDFISH-0815/Meldrum-1/password/abc;token=0123456789abcdef0123456789abcdef"
`
  const { code, err, run, har, junit } = await reported(t, script, '--strict', '--scenario', scenario)
  t.equal(code, 4)
  t.match(err, 'rules never applied (1)')
  for (const text of [err, JSON.stringify(run), JSON.stringify(har), junit])
    for (const secret of [/swordfish/i, /0123456789abcdef/i, 'Cafe-4711', 'Meldrum-1', 'password/abc'])
      t.notMatch(text, secret)
  t.match(run, { scenario: { title: 'for …', rules: [{ rule: /^rule "not …"/ }, { sentence: /about 0123…cdef$/ }] } })
})

t.test('a report with secrets is readable by its owner only', async t => {
  const folder = t.testdir({})
  const flags = ['--log-level', 'silent', '--report', folder]
  for (const [more, mode] of [
    [[], 0o644],
    [['--show-secrets'], 0o600]
  ] as const) {
    await command(['exec', ...flags, ...more, '--', 'true'], { env: { PATH } })
    for (const name of ['run.json', 'journal.har', 'verdicts.junit.xml'])
      t.equal(statSync(`${folder}/${name}`).mode & 0o777, mode & ~process.umask(), name)
  }
})
