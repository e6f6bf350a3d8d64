import { readdirSync, readFileSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright-core'
import t from 'tap'
import { logIn, serving, skip, visit } from '../support/dashboard.js'

const root = new URL('../../', import.meta.url)
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

t.test('the files of the dashboard have at most 60 KB in total', async t => {
  const folder = new URL('dist/dashboard/', root)
  const sizes = readdirSync(folder).map(name => statSync(new URL(name, folder)).size)
  t.ok(sizes.length === 3)
  t.ok(sizes.reduce((sum, size) => sum + size, 0) <= 61_440, `${sizes}`)
})

t.test('the first screen shows a command for each product', { skip }, async t => {
  const page = await visit(t, await serving(t))
  await page.getByText('Getting started').waitFor()
  await page.locator('.welcome code').nth(3).waitFor()
  t.equal(await page.locator('.welcome code').count(), 4)
})

t.test('a refused request is shown with its reason, and opens', { skip }, async t => {
  const url = await serving(t)
  const page = await visit(t, url)
  await page.getByText('Live').waitFor()
  await logIn(url, 'demo', 'wrong')
  await page.getByText('the password of demo does not match').first().waitFor()
  await page.getByRole('button', { name: 'open request 1, login' }).click()
  const detail = page.getByLabel('Request', { exact: true })
  await detail.getByText('wrong-password').waitFor()
  await page.keyboard.press('Escape')
  await detail.waitFor({ state: 'detached' })
})

t.test('a session ends at the next expiry', { skip }, async t => {
  const url = await serving(t)
  const page = await visit(t, url)
  await logIn(url)
  await page.locator('.lane.open').waitFor()
  await page.getByRole('button', { name: 'To the next expiry' }).click()
  await page.locator('.lane.ended').getByText('expired').waitFor()
})

for (const colorScheme of ['light', 'dark'] as const)
  for (const width of [360, 1400])
    t.test(`axe-core finds nothing, ${colorScheme}, ${width} pixels wide`, { skip }, async t => {
      const url = await serving(t)
      const page = await visit(t, url, { colorScheme, viewport: { width, height: 800 }, bypassCSP: true })
      await logIn(url)
      await logIn(url, 'demo', 'wrong')
      await page.locator('.line').nth(1).waitFor()
      t.same(await findings(page), [])
      for (const tab of ['Scenario', 'Spaces', 'Verdicts']) {
        await page.getByRole('tab', { name: tab }).click()
        t.same(await findings(page), [], tab)
      }
      await page.locator('.line button').first().click()
      await page.getByText('wrong-password').waitFor()
      t.same(await findings(page), [], 'a row')
    })

const findings = async (page: Page): Promise<string[]> => {
  await page.evaluate(axe)
  return page.evaluate(`axe.run().then(({ violations }) =>
    violations.map(({ id, nodes }) => id + ': ' + nodes.map(({ html }) => html.slice(0, 120)).join(' | ')))`)
}
