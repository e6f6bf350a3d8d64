import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { createInterface } from 'node:readline'
import { type Browser, chromium, type Page } from 'playwright-core'
import t, { type Test } from 'tap'

const executablePath = '/usr/bin/chromium'
const skip = existsSync(executablePath) ? false : `there is no ${executablePath}`
const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking']
const root = new URL('../../', import.meta.url)
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** The built command on a free port, until the test is over. */
const serving = async (t: Test, ...argv: string[]): Promise<string> => {
  const main = new URL('dist/main.js', root).pathname
  const server = spawn(process.execPath, [main, '--port', '0', ...argv], { stdio: ['ignore', 'pipe', 'inherit'] })
  t.teardown(async () => {
    server.kill()
    await once(server, 'exit')
  })
  for await (const line of createInterface(server.stdout)) {
    const [, url] = /listening on (http:\S+)$/.exec(line) ?? []
    if (url !== undefined) return url
  }
  throw new Error('the server did not say that it is ready')
}

let browser: Browser | undefined
t.teardown(() => browser?.close())

/** A page of a browser of its own; whatever the console calls an error fails the test. */
const visit = async (t: Test, url: string, options = {}): Promise<Page> => {
  browser ??= await chromium.launch({ executablePath, args: flags })
  const context = await browser.newContext({ viewport: { width: 1400, height: 900 }, ...options })
  t.teardown(() => context.close())
  const page = await context.newPage()
  page.on('pageerror', error => t.fail(error.message))
  page.on('console', message => {
    if (/Content Security Policy/.test(message.text())) t.fail(message.text())
  })
  await page.goto(`${url}/__admin`)
  return page
}

const logIn = async (url: string, login = 'demo', password = 'demo'): Promise<string> => {
  const body = new URLSearchParams({ login, password })
  const text = await (await fetch(`${url}/session`, { method: 'POST', body })).text()
  return /"cbrain_api_token":"(\w+)"/.exec(text)?.[1] ?? ''
}

t.test('all files of the dashboard together have at most 60 KB', async t => {
  const folder = new URL('dist/dashboard/', root)
  const sizes = readdirSync(folder).map(name => statSync(new URL(name, folder)).size)
  t.ok(sizes.length === 3)
  t.ok(sizes.reduce((sum, size) => sum + size, 0) <= 61_440, `${sizes}`)
})

t.test('the first screen shows a command for each product', { skip }, async t => {
  const page = await visit(t, await serving(t))
  await page.getByText('Nothing has happened yet').waitFor()
  await page.locator('.welcome code').nth(3).waitFor()
  t.equal(await page.locator('.welcome code').count(), 4)
})

t.test('a refused request appears with why, and opens', { skip }, async t => {
  const url = await serving(t)
  const page = await visit(t, url)
  await page.getByText('Live').waitFor()
  await logIn(url, 'demo', 'wrong')
  await page.getByText('the password of demo is another').first().waitFor()
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

t.test('markup of clients is shown as text', { skip }, async t => {
  const url = await serving(t, '--accounts', 'any')
  const page = await visit(t, url)
  await logIn(url, '<img src=x onerror=alert(1)><script>alert(2)</script>', 'demo')
  await page.getByText('<img src=x onerror=alert(1)>').first().waitFor()
  t.equal(await page.locator('#app img, #app script').count(), 0)
})

t.test('mistakes of a scenario stand at their lines, and a right one is applied', { skip }, async t => {
  const page = await visit(t, await serving(t))
  await page.getByRole('tab', { name: 'Scenario' }).click()
  await page.getByRole('button', { name: 'Edit' }).click()
  const text = page.getByLabel('Text of the scenario')
  await text.fill('title: broken\nrules:\n  - on: cbrain.sesion\n    then: expire\n')
  await page.getByRole('button', { name: 'line 3' }).waitFor()
  t.equal(await page.getByRole('button', { name: 'Apply' }).isEnabled(), false)
  await text.fill('title: <b>mended</b>\nrules:\n  - on: cbrain.session\n    then: expire\n')
  await page.getByRole('button', { name: 'Apply' }).click()
  await page.locator('.title').getByText('<b>mended</b>').waitFor()
})

t.test('a wrong admin token is refused, and the right one is kept for the tab', { skip }, async t => {
  const page = await visit(t, await serving(t, '--admin-token', 'right'))
  await page.getByLabel('Admin token').fill('wrong')
  await page.getByRole('button', { name: 'Go on' }).click()
  await page.getByText('This token is not the one of the server.').waitFor()
  await page.getByLabel('Admin token').fill('right')
  await page.getByRole('button', { name: 'Go on' }).click()
  await page.getByText('Live').waitFor()
  await page.reload()
  await page.getByText('Live').waitFor()
  t.same(await page.context().cookies(), [])
})

t.test('a reset in another tab empties the list', { skip }, async t => {
  const url = await serving(t)
  const page = await visit(t, url)
  await logIn(url)
  await page.locator('.line').waitFor()
  await fetch(`${url}/__admin/reset`, { method: 'POST' })
  await page.locator('.line').waitFor({ state: 'detached' })
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

const pictures =
  process.env.SESSION_MOCK_PICTURES === undefined ? 'only written where SESSION_MOCK_PICTURES is set' : false

for (const colorScheme of ['light', 'dark'] as const)
  t.test(`a picture for the pages, ${colorScheme}`, { skip: skip || pictures }, async t => {
    const url = await serving(t)
    const page = await visit(t, url, { colorScheme })
    const token = await logIn(url)
    for (let each = 0; each < 6; each += 1)
      await fetch(`${url}/session`, { headers: { authorization: `Bearer ${token}` } })
    await logIn(url, 'demo', 'wrong')
    await fetch(`${url}/api/admin/v1/sessions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"username":"demo","password":"demo"}'
    })
    await page.getByRole('button', { name: 'To the next expiry' }).click()
    await fetch(`${url}/session`, { headers: { authorization: `Bearer ${token}` } })
    await page.locator('.lane.ended').getByText('expired').waitFor()
    await page.locator('.line').nth(9).waitFor()
    const path = new URL(`docs/images/dashboard-${colorScheme}.png`, root).pathname
    t.ok((await page.screenshot({ path })).length > 0)
  })
