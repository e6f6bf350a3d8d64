import { readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import { junitProblems } from '../../support/junit.js'
import { scenarioOf } from '../../support/scenario.js'
import { realServer, verifyReal } from '../../support/verify.js'

const text = 'Not|found `here`'

/** A HCX Manager with another refusal, whose account has a password that stands in nothing else. */
const reported = async (t: Parameters<typeof realServer>[0]) => {
  const folder = `${t.testdir({})}/report`
  const { url, app } = await realServer(t, 'hcx', {
    scenario: {
      ...scenarioOf('{ rules: [{ on: hcx.logout, call: 2, then: { fail: unavailable } }] }'),
      accounts: [{ login: 'demo', password: 'tangerine' }]
    }
  })
  const { code, out } = await verifyReal('hcx', url, ['--report', folder], { env: { REAL_PASSWORD: 'tangerine' } })
  const read = (name: string) => readFileSync(`${folder}/${name}`, 'utf8')
  const tokens = app.spaces.default.journal.entries().flatMap(({ session }) => session?.token ?? [])
  return { code, out, folder, read, tokens }
}

t.test('a report has JSON, JUnit and Markdown, without secrets', async t => {
  const { code, out, folder, read, tokens } = await reported(t)
  t.equal(code, 5)
  t.strictSame(readdirSync(folder).sort(), ['verify-real.json', 'verify-real.junit.xml', 'verify-real.md'])
  t.ok(tokens.length > 4)
  for (const shown of [out, ...readdirSync(folder).map(read)])
    for (const secret of ['tangerine', ...tokens]) t.notOk(shown.includes(secret))
})

t.test('the JSON has each case with both responses, and each difference with its cases', async t => {
  const { read } = await reported(t)
  const { findings, cases, product, fidelity, sessions } = JSON.parse(read('verify-real.json'))
  t.match({ product, fidelity, sessions }, { product: 'hcx', fidelity: 'documented', sessions: { left: 0 } })
  t.strictSame(findings, [
    { difference: { kind: 'status', place: 'status', expected: '401', found: '503' }, cases: ['log out again'] }
  ])
  const again = cases.find((each: { name: string }) => each.name === 'log out again')
  t.match(again, {
    step: 'log out again',
    request: 'DELETE /api/admin/v1/sessions',
    source: 'documented',
    place: 'Refusals',
    outcome: 'mock differs',
    answer: { status: 503 },
    mock: { status: 401 }
  })
})

t.test('the JUnit file has a failure for each different case, and skipped cases that were not sent', async t => {
  const { read } = await reported(t)
  const junit = read('verify-real.junit.xml')
  t.strictSame(await junitProblems(junit), [])
  t.match(junit, ' failures="1" ')
  t.match(junit, '<testcase classname="session-mock.verify-real.hcx.log-out-again" name="log out again"')
  t.match(junit, '<skipped message="it takes 1h: --wait-expiry"/>')
})

t.test('the Markdown has the differences in a table, and both responses', async t => {
  const { read } = await reported(t)
  const page = read('verify-real.md')
  t.match(
    page,
    /^## HCX Manager: server and mock \(documented\)\n\n\d{4}-\d\d-\d\d: \d+ same, 1 differ, \d+ not sent\.\n/
  )
  t.match(page, '| status: 503 instead of 401 | log out again |')
  t.match(
    page,
    '<details><summary>log out again: <code>DELETE /api/admin/v1/sessions</code></summary>\n\nServer:\n\n```\nHTTP 503\n'
  )
})

t.test('an unwritable folder is refused before any request', async t => {
  const { url, app } = await realServer(t, 'hcx')
  const { code, err } = await verifyReal('hcx', url, ['--report', `${t.testdir({ file: text })}/file`])
  t.equal(code, 2)
  t.match(err, '--report')
  t.equal(app.spaces.default.journal.entries().length, 0)
})
