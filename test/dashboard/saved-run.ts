import { once } from 'node:events'
import { createWriteStream, readFileSync } from 'node:fs'
import t, { type Test } from 'tap'
import { control, drop, logIn, serving, skip, startServer, use, visit } from '../support/dashboard.js'

/** The run.json of a server that saw a session that expired, one that is open, and a wrong password; and its folder. */
const savedRun = async (t: Test) => {
  const folder = t.testdir({})
  const { url, stop } = await startServer(t, '--report', folder)
  const token = await logIn(url)
  await use(url, token)
  await control(url, 'PUT', 'clock', { action: 'next-expiry' })
  await use(url, token)
  await logIn(url)
  await logIn(url, 'demo', 'wrong')
  await stop()
  return { folder, text: readFileSync(`${folder}/run.json`, 'utf8') }
}

t.test('session-mock show shows a saved run, read-only', { skip }, async t => {
  const { folder } = await savedRun(t)
  const page = await visit(t, await serving(t, 'show', folder), { path: '/' })
  await page.getByText('run.json, read-only').waitFor()
  t.equal(await page.locator('.line').count(), 5)
  await page.locator('.lane.ended').getByText('expired').waitFor()
  await page.locator('.lane.open').getByText('still open').waitFor()
  t.same(await page.locator('.top button').allTextContents(), [])
  for (const name of ['Pause', 'Clear', 'Expire', 'Revoke', 'Open a session', 'Edit', 'Create a space'])
    t.equal(await page.getByRole('button', { name }).count(), 0, name)
  await page.getByRole('button', { name: 'open request 5, login' }).click()
  await page.getByLabel('Request', { exact: true }).getByText('wrong-password').waitFor()
})

t.test('a saved run has its verdicts, each with links to its requests', { skip }, async t => {
  const { folder } = await savedRun(t)
  const page = await visit(t, await serving(t, 'show', folder), { path: '/' })
  await page.getByRole('tab', { name: 'Verdicts' }).click()
  const left = page.locator('.entries > li', { hasText: 'session-left-open' })
  await left.getByText('failed').waitFor()
  await left.getByRole('button', { name: 'request 4' }).click()
  await page.getByRole('heading', { name: 'Request 4' }).waitFor()
})

t.test('a dropped run replaces the data of the server, until the user returns', { skip }, async t => {
  const { text } = await savedRun(t)
  const url = await serving(t)
  const page = await visit(t, url)
  await page.getByText('Live').waitFor()
  await drop(page, 'yesterday.json', text)
  await page.getByText('yesterday.json, read-only').waitFor()
  t.equal(await page.locator('.line').count(), 5)
  await logIn(url, 'demo', 'another')
  await page.getByRole('tab', { name: 'Scenario' }).click()
  await page.getByText('Rules (').waitFor()
  t.equal(await page.locator('.line').count(), 5)
  await page.getByRole('button', { name: 'Back to the server' }).click()
  await page.getByText('Live').waitFor()
  await page.locator('.line').first().waitFor()
  t.equal(await page.locator('.line').count(), 1)
})

t.test('a run can be opened by keyboard', { skip }, async t => {
  const { folder } = await savedRun(t)
  const page = await visit(t, await serving(t))
  await page.getByText('Live').waitFor()
  await page.getByLabel('Open a run').setInputFiles(`${folder}/run.json`)
  await page.getByText('run.json, read-only').waitFor()
})

const rows = '"rows": [{"number": 1}]'
const wrong: readonly (readonly [what: string, content: string, said: string])[] = [
  ['no JSON', 'hello', 'run.json is not valid JSON: line 1: expected one object'],
  ['an empty file', '', 'run.json is not valid JSON: line 1: expected one object'],
  ['a HAR', '{"log": {}}', 'run.json is not a saved run: expected the run.json that --report writes.'],
  [
    'a run of another time',
    `{"version": "9.0.0", "scenario": {"title": "x", "rules": []}, ${rows}}`,
    'run.json: the rows of version 9.0.0 are not supported by this page.'
  ],
  ['markup', '<script>alert(1)</script>', 'run.json is not valid JSON']
]

t.test('an invalid run is reported, and the page keeps the data of the server', { skip }, async t => {
  const url = await serving(t)
  const page = await visit(t, url)
  await page.getByText('Live').waitFor()
  for (const [what, content, said] of wrong) {
    await drop(page, 'run.json', content)
    await page.locator('.notice.bad', { hasText: said }).waitFor()
    await page.getByRole('button', { name: 'Dismiss' }).click()
    await page.locator('.notice').waitFor({ state: 'detached' })
    t.pass(what)
  }
  await logIn(url)
  await page.locator('.line').waitFor()
})

t.test('the readable part of a truncated run is shown', { skip }, async t => {
  const { text } = await savedRun(t)
  const page = await visit(t, await serving(t))
  await page.getByText('Live').waitFor()
  await drop(page, 'run.json', text.slice(0, text.indexOf('"number": 4')))
  await page
    .locator('.notice.bad', { hasText: 'unexpected end of the document; the part before it is shown' })
    .waitFor()
  t.equal(await page.locator('.line').count(), 3)
})

t.test('rows of another version are omitted and counted', { skip }, async t => {
  const { text } = await savedRun(t)
  const run = JSON.parse(text)
  const { request: _request, ...odd } = run.rows[1]
  const page = await visit(t, await serving(t))
  await page.getByText('Live').waitFor()
  await drop(page, 'run.json', JSON.stringify({ ...run, version: '0.0.9', rows: [odd, ...run.rows], dropped: 7 }))
  await page.locator('.notice.bad').getByText('1 rows of version 0.0.9 are not supported by this page').waitFor()
  await page.locator('.notice.bad').getByText('7 requests and events beyond the limit are not in the file').waitFor()
  t.equal(await page.locator('.line').count(), 5)
})

t.test('the last requests of a run of 200 MB are shown, and each opens', { skip }, async t => {
  const { text } = await savedRun(t)
  const { rows, ...run } = JSON.parse(text)
  const folder = t.testdir({})
  const out = createWriteStream(`${folder}/run.json`)
  out.write(`${JSON.stringify(run).slice(0, -1)},"rows":[`)
  const body = 'x'.repeat(17_000)
  for (let number = 1; number <= 12_000; number += 1) {
    const row = { ...rows[0], number, wall: new Date(Date.parse(rows[0].wall) + number).toISOString() }
    const line = JSON.stringify({ ...row, answer: { ...row.answer, body: `${number} ${body}` } })
    if (!out.write(number === 1 ? line : `,${line}`)) await once(out, 'drain')
  }
  out.end(']}')
  await once(out, 'finish')
  const page = await visit(t, await serving(t, 'show', folder), { path: '/' })
  await page.getByText('Reading run.json').waitFor()
  await page.getByText('1,001 older requests in the file are not shown').waitFor({ timeout: 60_000 })
  t.equal(await page.locator('.count').textContent(), '10,999 requests')
  await page.locator('.list').evaluate(list => list.scrollTo(0, list.scrollHeight))
  await page.getByRole('button', { name: 'open request 1002,' }).click()
  await page.getByText('1002 xxxx').waitFor()
})
