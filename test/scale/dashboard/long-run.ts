import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import t from 'tap'
import { inBrowser, serving, visit } from '../../support/dashboard.js'
import { at, row } from '../../support/dashboard-rows.js'

t.setTimeout(0)

t.test('the last requests of a run of 200 MB are shown, and each opens', inBrowser, async t => {
  const folder = t.testdir({})
  const out = createWriteStream(`${folder}/run.json`)
  const run = { version: '1.2.3', startedAt: at(0), endedAt: at(0), scenario: { title: 'x', rules: [] } }
  out.write(`${JSON.stringify(run).slice(0, -1)},"rows":[`)
  const body = 'x'.repeat(17_000)
  for (let number = 1; number <= 12_000; number += 1) {
    const line = JSON.stringify(row({ number, answer: { status: 200, headers: {}, body: `${number} ${body}` } }))
    if (!out.write(number === 1 ? line : `,${line}`)) await once(out, 'drain')
  }
  out.end(']}')
  await once(out, 'finish')
  const page = await visit(t, await serving(t, 'show', folder), { path: '/' })
  await page.getByText('1,001 older requests in the file are not shown').waitFor()
  t.equal(await page.locator('.count').textContent(), '10,999 requests')
  await page.locator('.list').evaluate(list => list.scrollTo(0, list.scrollHeight))
  await page.getByRole('button', { name: 'open request 1002,' }).click()
  await page.getByText('1002 xxxx').waitFor()
})
