import t from 'tap'
import { logIn, secondTab, serving, skip, startServer, visit } from '../support/dashboard.js'

t.test('a wrong admin token is refused, and the right one is kept for the tab', { skip }, async t => {
  const page = await visit(t, await serving(t, '--admin-token', 'right'))
  await page.getByLabel('Admin token').fill('wrong')
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByText('The token is wrong.').waitFor()
  await page.getByLabel('Admin token').fill('right')
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByText('Live').waitFor()
  await page.reload()
  await page.getByText('Live').waitFor()
  t.same(await page.context().cookies(), [])
})

t.test('another tab requires the token again', { skip }, async t => {
  const page = await visit(t, await serving(t, '--admin-token', 'right'))
  await page.getByLabel('Admin token').fill('right')
  await page.keyboard.press('Enter')
  await page.getByText('Live').waitFor()
  const other = await secondTab(t, page)
  await other.getByLabel('Admin token').waitFor()
})

t.test('the dashboard shows no data without a token', { skip }, async t => {
  const url = await serving(t, '--admin-token', 'right')
  await logIn(url)
  const page = await visit(t, url)
  await page.getByLabel('Admin token').waitFor()
  t.equal(await page.locator('.line, .lane, .clock').count(), 0)
})

t.test('the banner and the root page link to the dashboard', { skip }, async t => {
  const { url, banner } = await startServer(t)
  t.match(banner, `  Browser:  ${url}/__admin/\n`)
  const page = await visit(t, url, { path: '/' })
  await page.getByRole('link', { name: 'dashboard' }).click()
  await page.getByText('Getting started').waitFor()
})

t.test('--no-dashboard disables the page, its line in the banner and the link', { skip }, async t => {
  const { url, banner } = await startServer(t, '--no-dashboard')
  t.notMatch(banner, 'Browser:')
  for (const path of ['/__admin/', '/__admin', '/__admin/dashboard/dashboard.js'])
    t.equal((await fetch(`${url}${path}`)).status, 404, path)
  const page = await visit(t, url, { path: '/' })
  t.equal(await page.getByRole('link', { name: 'dashboard' }).count(), 0)
})

t.test('the page loads resources of the server only', { skip }, async t => {
  const url = await serving(t)
  const page = await visit(t, url, { path: '/__admin/health' })
  const asked: string[] = []
  page.on('request', request => asked.push(request.url()))
  await page.goto(`${url}/__admin/`)
  await page.getByText('Live').waitFor()
  t.ok(asked.length > 3)
  t.same(
    asked.filter(each => !each.startsWith(`${url}/__admin/`) && each !== 'data:,'),
    []
  )
})
