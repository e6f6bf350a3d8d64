// What people do with the dashboard, in one real browser. What is only about its model and texts is in test/src/dashboard.

import { readdirSync, readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import type { Locator, Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { products } from '../../routes/index.js'
import {
  control,
  drop,
  findings,
  focusedName,
  hide,
  inBrowser,
  isWide,
  logIn,
  pressTo,
  secondTab,
  serving,
  startServer,
  times,
  use,
  visit
} from '../support/dashboard.js'
import { shippedFolder } from '../support/shipped.js'

// Each test has a limit of its own.
t.setTimeout(0)

const copied = async (page: Page) => String(await page.evaluate('navigator.clipboard.readText()'))

t.test('the files of the dashboard have at most 60 KB together, compressed', async t => {
  const folder = `${await shippedFolder()}/dist/dashboard`
  const sizes = readdirSync(folder).map(name => gzipSync(readFileSync(`${folder}/${name}`), { level: 9 }).length)
  t.equal(sizes.length, 3)
  t.ok(sizes.reduce((sum, size) => sum + size, 0) <= 61_440, `${sizes}`)
})

t.test('the root page leads to the dashboard, which loads nothing from elsewhere', inBrowser, async t => {
  const { url, banner } = await startServer(t)
  t.match(banner, `  Browser:  ${url}/__admin/\n`)
  const page = await visit(t, url, { path: '/' })
  const asked: string[] = []
  page.on('request', request => asked.push(request.url()))
  await page.getByRole('link', { name: 'dashboard' }).click()
  await page
    .locator('.welcome code')
    .nth(products.length - 1)
    .waitFor()
  t.equal(await page.locator('.welcome code').count(), products.length, 'a command for each product')
  t.strictSame(
    asked.filter(each => !each.startsWith(`${url}/__admin/`) && each !== 'data:,'),
    []
  )
  t.strictSame(await page.context().cookies(), [])
})

t.test('a refused login has its reason, and opens from the list and from its lane', inBrowser, async t => {
  const url = await serving(t)
  const page = await visit(t, url)
  const token = await logIn(url, 'demo', 'demo')
  await logIn(url, 'demo', 'my-wrong-password')
  await page.locator('.line .why').getByText('the password of demo does not match').waitFor()
  await page.getByRole('button', { name: 'open request 2, login' }).click()
  const detail = page.getByLabel('Request', { exact: true })
  await detail.getByText('wrong-password').waitFor()
  await page.getByRole('button', { name: 'Copy as curl' }).click()
  await page.getByText('The command was copied.').waitFor()
  await page.locator('.lane').waitFor()
  const shown = `${await page.locator('#app').innerHTML()} ${await copied(page)}`
  t.match(shown, token.slice(0, 4))
  for (const secret of [token, 'my-wrong-password']) t.notMatch(shown, secret)
  await page.keyboard.press('Escape')
  await detail.waitFor({ state: 'detached' })
  await page.locator('.mark').click()
  await page.getByRole('heading', { name: 'Request 1' }).waitFor()
  await page.getByRole('button', { name: 'Show the session' }).click()
  await page.locator('.lane.current').waitFor()
  await page.locator('.count').getByText('1 request', { exact: true }).waitFor()
  await page.getByRole('button', { name: 'this session only' }).click()
  await page.getByLabel('Filter by text').fill('DOES NOT match')
  await page.locator('.count').getByText('1 request', { exact: true }).waitFor()
  await page.getByLabel('Filter by text').fill('')
  await control(url, 'PUT', 'scenario', { title: 'x', rules: [{ on: 'cbrain.login', then: { connection: 'reset' } }] })
  await logIn(url).catch(() => undefined)
  const line = page.locator('.line', { hasText: 'the connection was broken: reset' })
  await line.waitFor()
  t.equal(await line.locator('.status').textContent(), '—', 'a response broken on purpose is not listed as 200')
  await line.click()
  await page.locator('.detail .summary').getByText('no complete response').waitFor()
})

/** The lane of a login, with what it says at its end. */
const laneOf = (page: Page, login: string, end: string): Locator =>
  page.locator('.lane', { hasText: login }).locator('.end', { hasText: end })

t.test('the clock is frozen, advanced and run, and each space has its own time', inBrowser, async t => {
  const url = await serving(t, '--accounts', 'any')
  const page = await visit(t, url)
  await page.getByText('Live').waitFor()
  await control(url, 'PUT', 'clock?space=w1', { action: 'freeze' })
  await page.getByRole('button', { name: 'Freeze' }).click()
  await page.getByText('UTC, frozen').waitFor()
  await logIn(url, 'ann')
  await logIn(`${url}/~w1`, 'bob')
  await laneOf(page, 'ann', '1d left').waitFor()
  await laneOf(page, 'bob', '1d left').waitFor()
  await control(url, 'PUT', 'clock?space=w1', { action: 'advance', by: '10m' })
  await laneOf(page, 'bob', '23h 50m left').waitFor()
  await page.reload()
  await laneOf(page, 'bob', '23h 50m left').waitFor()
  await laneOf(page, 'ann', '1d left').waitFor()
  await page.locator('.top select').selectOption('default')
  await page.getByText('UTC, frozen').waitFor()
  const { now } = (await (await fetch(`${url}/__admin/clock`)).json()) as { now: string }
  const reads = (seconds: number) =>
    page
      .locator('.clock time', { hasText: new Date(Date.parse(now) + seconds * 1000).toISOString().slice(11, 19) })
      .waitFor()
  await page.getByRole('button', { name: 'Advance by 10s' }).click()
  await reads(10)
  await page.getByLabel('Advance by, such as').fill('2h')
  await page.keyboard.press('Enter')
  await reads(7210)
  await page.getByLabel('Advance by, such as').fill('soon')
  await page.keyboard.press('Enter')
  await page.locator('.notice.bad').waitFor()
  await page.getByRole('button', { name: 'To the next expiry' }).click()
  await page.locator('.lane.ended').getByText('expired').waitFor()
  await page.getByRole('button', { name: 'Run', exact: true }).click()
  await page.getByRole('button', { name: 'Freeze' }).waitFor()
})

t.test('a session is opened without a login, copied, and ended', inBrowser, async t => {
  const url = await serving(t)
  const page = await visit(t, url)
  await page.locator('select[name=product] option').nth(3).waitFor({ state: 'attached' })
  await page.locator('select[name=product]').selectOption('CBRAIN')
  await page.getByRole('button', { name: 'Open a session' }).click()
  await page.getByRole('button', { name: 'Copy token of the session of demo on cbrain' }).click()
  await page.getByText('The token was copied.').waitFor()
  await use(url, await copied(page))
  await page.locator('.line', { hasText: 'success' }).waitFor()
  await page.getByRole('button', { name: 'Revoke the session of demo' }).click()
  await page.locator('.lane.ended').getByText('revoked').waitFor()
  await page.getByLabel('Account').fill('nobody')
  await page.getByRole('button', { name: 'Open a session' }).click()
  await page.locator('.notice.bad', { hasText: 'no account has the login "nobody"' }).waitFor()
})

t.test('a scenario is edited at 1280 × 800 with its errors in view, and applied', inBrowser, async t => {
  const url = await serving(t)
  await times(12, () => logIn(url))
  const page = await visit(t, url)
  await page.setViewportSize({ width: 1280, height: 800 })
  await page.locator('.lane').nth(11).waitFor()
  await page.getByRole('tab', { name: 'Scenario' }).click()
  await page.getByRole('button', { name: 'Edit' }).click()
  const text = page.getByLabel('Text of the scenario')
  await page.getByText('no errors').waitFor()
  await text.fill('title: broken\nrules:\n  - on: cbrain.login\n    then: { fail: unavailble }\n')
  const found = page.locator('.found li', { hasText: 'did you mean unavailable?' })
  await found.waitFor()
  const apply = page.getByRole('button', { name: 'Apply' })
  const bottomOf = (each: Locator) => each.boundingBox().then(box => (box ? box.y + box.height : Number.NaN))
  const list = await bottomOf(page.locator('.found'))
  t.ok(
    (await bottomOf(found)) <= list && list <= 800 && (await bottomOf(apply)) <= 800,
    'message and Apply are in view'
  )
  t.equal(await apply.isEnabled(), false)
  await page.locator('.gutter .wrong', { hasText: '4' }).waitFor()
  await page.getByRole('button', { name: 'line 4' }).click()
  t.equal(
    await page.evaluate("(e => e.value.slice(e.selectionStart, e.selectionEnd))(document.querySelector('textarea'))"),
    '    then: { fail: unavailble }'
  )
  await text.fill('title: mended\nrules:\n  - on: cbrain.login\n    then: { hold: gate }\n')
  await apply.click()
  await page.locator('.title').getByText('mended').waitFor()
  t.equal(await page.locator('.lane.open').count(), 12, 'sessions are kept')
  const held = logIn(url)
  await page.locator('.hold').getByText('1 held by gate').waitFor()
  await page.getByText('applied 1').waitFor()
  await page.getByRole('button', { name: 'Release gate' }).click()
  t.match(await held, /^\w{32}$/)
  await page.getByLabel('Choose a shipped scenario').focus()
  await page.getByLabel('Choose a shipped scenario').locator('option').nth(5).waitFor({ state: 'attached' })
  await page.getByLabel('Choose a shipped scenario').selectOption({ index: 1 })
  await page.getByLabel('keep sessions').uncheck()
  await apply.click()
  await page.locator('.lane').first().waitFor({ state: 'detached' })
})

t.test('a space is created, shown, forked, reset and deleted', inBrowser, async t => {
  const url = await serving(t)
  const page = await visit(t, url)
  await page.getByRole('tab', { name: 'Spaces' }).click()
  await page.getByLabel('Name').fill('<b>')
  await page.getByRole('button', { name: 'Create a space' }).click()
  await page.locator('.notice.bad', { hasText: '1 to 64 letters, digits' }).waitFor()
  await page.getByLabel('Name').fill('w1')
  await page.getByRole('button', { name: 'Create a space' }).click()
  const entry = page.locator('.entries > li').filter({ has: page.getByText('w1', { exact: true }) })
  await entry.waitFor()
  await logIn(url)
  const token = await logIn(`${url}/~w1`)
  await entry.getByText('1 request, 1 open session').waitFor()
  await page.getByRole('button', { name: 'Fork the space w1' }).click()
  await page.locator('.entries > li', { hasText: 'w1-2' }).getByText('1 open session').waitFor()
  await use(`${url}/~w1-2`, token)
  await page.locator('.line', { hasText: 'success' }).nth(2).waitFor()
  await entry.getByRole('button', { name: 'Show' }).click()
  await page.locator('.count').getByText('1 request', { exact: true }).waitFor()
  await page.getByRole('button', { name: 'Reset the space w1', exact: true }).click()
  await page.getByText('No requests yet.').or(page.getByText('Getting started')).first().waitFor()
  await page.getByRole('button', { name: 'Delete the space w1', exact: true }).click()
  await page.locator('.top option[value=""]:checked').waitFor({ state: 'attached' })
  await page.locator('.count').getByText('2 requests', { exact: true }).waitFor()
  await control(url, 'POST', 'reset')
  await page.locator('.count').getByText('0 requests', { exact: true }).waitFor()
})

t.test('the page says that it is loading, and catches up after a gap in the events', inBrowser, async t => {
  const url = await serving(t)
  const token = await logIn(url)
  const page = await visit(t, url, { path: '/' })
  let release = () => {}
  const released = new Promise<void>(resolve => {
    release = resolve
  })
  await page.route(/__admin\/requests\?/, async route => {
    await released
    await route.continue()
  })
  await page.goto(`${url}/__admin/`)
  await page.getByText('Live').waitFor()
  await page.getByText('Loading the journal…').waitFor()
  t.equal(await page.getByText('Getting started').count(), 0)
  release()
  await page.locator('.line').waitFor()
  await hide(page, true)
  await times(1100, () => use(url, token))
  await hide(page, false)
  await page.getByText('1,000 requests').waitFor()
  await page.getByText('101 older requests are not shown').waitFor()
  await page.getByRole('button', { name: 'Load' }).click()
  await page.getByText('1,101 requests').waitFor()
})

t.test('the page reconnects to a restarted server, and drops the old data', inBrowser, async t => {
  const first = await startServer(t)
  const page = await visit(t, first.url)
  await logIn(first.url)
  await page.locator('.line').waitFor()
  await first.stop()
  await page.getByText('No response; retrying…').waitFor()
  t.equal(await page.locator('.line').count(), 1)
  await startServer(t, '--port', new URL(first.url).port)
  await page.getByText('Live').waitFor()
  await page.getByText('Getting started').waitFor()
  await logIn(first.url, 'demo', 'wrong')
  await page.locator('.line .why').getByText('does not match').waitFor()
  t.equal(await page.locator('.line').count(), 1)
})

t.test('two tabs stay in sync, and a paused list continues', inBrowser, async t => {
  const url = await serving(t)
  const page = await visit(t, url)
  const other = await secondTab(t, page)
  await other.getByText('Live').waitFor()
  await logIn(url)
  await other.locator('.line').waitFor()
  await page.bringToFront()
  await page.getByRole('button', { name: 'Pause' }).click()
  await logIn(url, 'demo', 'wrong')
  await page.getByRole('button', { name: 'Resume (1 new)' }).waitFor()
  t.equal(await page.locator('.line').count(), 1)
  await page.getByRole('button', { name: 'Resume' }).click()
  await page.locator('.line').nth(1).waitFor()
  await page.getByRole('button', { name: 'Clear' }).click()
  await page.getByText('No requests yet.').waitFor()
  await other.bringToFront()
  await other.getByText('No requests yet.').waitFor()
  await other.getByRole('button', { name: 'Freeze' }).click()
  await page.bringToFront()
  await page.getByText('UTC, frozen').waitFor()
})

const markup = '<img src=x onerror=alert(1)><script>alert(2)</script>'

t.test('texts of clients and scenarios are shown as text', inBrowser, async t => {
  const url = await serving(t, '--accounts', 'any')
  const page = await visit(t, url)
  await logIn(url, markup, 'demo')
  for (const place of ['.line .who', '.lane .login', '.entries .login'])
    await page.locator(place).getByText(markup).waitFor()
  await logIn(url, 'user\u202egnp.exe\u200b', 'demo')
  await page.locator('.line .who').getByText('user⟨U+202E⟩gnp.exe⟨U+200B⟩').waitFor()
  t.notMatch(await page.locator('#app').innerText(), /[\u202a-\u202e\u200b]/)
  const headers = { 'content-type': 'application/xml', 'x-note': markup }
  await fetch(`${url}/${encodeURI(markup)}`, { method: 'POST', headers, body: `<p>${markup}</p>` })
  await page.getByRole('button', { name: 'open request 3' }).click()
  await page.getByLabel('Request: line and headers').getByText(`x-note: ${markup}`).waitFor()
  await page.getByLabel('Request: body').getByText('<script>alert(2)</script>').waitFor()
  await page.keyboard.press('Escape')
  const body = Uint8Array.from({ length: 300_000 }, (_, index) => index % 256)
  await fetch(`${url}/session`, { method: 'POST', headers: { 'content-type': 'application/octet-stream' }, body })
  await page.getByRole('button', { name: 'open request 4' }).click()
  await page.getByLabel('Request', { exact: true }).getByText('truncated, binary').waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('tab', { name: 'Scenario' }).click()
  const rules = [{ on: 'cbrain.login', name: markup, then: { fail: 'bad-credentials' } }]
  await control(url, 'PUT', 'scenario', { title: markup, rules })
  await page.locator('.title').getByText(markup).waitFor()
  await page.locator('.entries').getByText(markup).waitFor()
  t.equal(await page.locator('#app img, #app script, #app iframe').count(), 0)
})

t.test('without the admin token there is no data; it is kept for the tab', inBrowser, async t => {
  const url = await serving(t, '--admin-token', 'right')
  await logIn(url)
  const page = await visit(t, url)
  await page.getByLabel('Admin token').fill('wrong')
  await page.getByRole('button', { name: 'Continue' }).click()
  await page.getByText('The token is wrong.').waitFor()
  t.equal(await page.locator('.line, .lane, .clock').count(), 0)
  await page.getByLabel('Admin token').fill('right')
  await page.keyboard.press('Enter')
  await page.locator('.line').waitFor()
  await page.reload()
  await page.locator('.line').waitFor()
  await (await secondTab(t, page)).getByLabel('Admin token').waitFor()
})

/** A folder with the run.json of a server that saw an expired session, one that is open, and a wrong password. */
const savedRun = async (t: Test) => {
  const folder = t.testdir({})
  const { url, stop } = await startServer(t, '--report', folder)
  const token = await logIn(url)
  await control(url, 'PUT', 'clock', { action: 'next-expiry' })
  await use(url, token)
  await logIn(url)
  await logIn(url, 'demo', 'wrong')
  await stop()
  return folder
}

t.test('session-mock show shows a saved run, read-only, to its end', inBrowser, async t => {
  const folder = await savedRun(t)
  const page = await visit(t, await serving(t, 'show', folder), { path: '/' })
  await page.getByText('run.json, read-only').waitFor()
  t.equal(await page.locator('.line').count(), 4)
  await page.locator('.lane.ended').getByText('expired').waitFor()
  await page.locator('.lane.open').getByText('still open').waitFor()
  await page.locator('.axis').getByText('end', { exact: true }).waitFor()
  t.equal(await page.locator('.axis').getByText('now').count(), 0)
  t.strictSame(await page.locator('.top button').allTextContents(), [])
  for (const name of ['Pause', 'Clear', 'Expire', 'Revoke', 'Open a session', 'Edit', 'Create a space'])
    t.equal(await page.getByRole('button', { name }).count(), 0, name)
  await page.getByRole('tab', { name: 'Verdicts' }).click()
  const left = page.locator('.entries > li', { hasText: 'session-left-open' })
  await left.getByText('failed').waitFor()
  await left.getByRole('button', { name: 'request 3' }).click()
  await page.getByRole('heading', { name: 'Request 3' }).waitFor()
})

t.test('a run that is dropped or opened replaces the data of the server', inBrowser, async t => {
  const folder = await savedRun(t)
  const url = await serving(t)
  const page = await visit(t, url)
  await page.getByText('Live').waitFor()
  await drop(page, 'run.json', '{"log": {}}')
  await page.locator('.notice.bad', { hasText: 'run.json is not a saved run' }).waitFor()
  await page.getByText('Live').waitFor()
  await drop(page, 'yesterday.json', readFileSync(`${folder}/run.json`, 'utf8'))
  await page.getByText('yesterday.json, read-only').waitFor()
  t.equal(await page.locator('.line').count(), 4)
  await logIn(url, 'demo', 'another')
  await page.getByRole('button', { name: 'Back to the server' }).click()
  await page.locator('.line').first().waitFor()
  t.equal(await page.locator('.line').count(), 1)
  await page.getByLabel('Open a run').setInputFiles(`${folder}/run.json`)
  await page.getByText('run.json, read-only').waitFor()
})

t.test('with 305 sessions counts are true, and a few keys lead to the requests', inBrowser, async t => {
  const url = await serving(t)
  await times(305, () => logIn(url))
  let page = await visit(t, url)
  await page.getByRole('heading', { name: 'Open (305)' }).waitFor()
  await page.locator('.lanes').getByText('200 of 305 sessions').waitFor()
  await page.locator('.side').getByText('100 of 305 sessions').waitFor()
  await page.locator('.primary:enabled').waitFor()
  t.equal(await pressTo(page, 'Tab', /^Skip to the requests$/), 1)
  await page.keyboard.press('Enter')
  t.equal(await focusedName(page), 'Filter by text')
  await pressTo(page, 'Tab', /open request/)
  await page.keyboard.press('ArrowDown')
  t.match(await focusedName(page), 'open request 304,')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Request 304' }).waitFor()
  await pressTo(page, 'Tab', /^Copy as curl$/)
  await pressTo(page, 'Tab', /^Request: body$/)
  await page.keyboard.press('Escape')
  await page.locator('.detail').waitFor({ state: 'detached' })
  t.match(await focusedName(page), 'open request 304,')
  t.equal(await pressTo(page, 'Tab', /^Sessions$/), 1, 'the list of requests is one stop')
  await page.keyboard.press('ArrowLeft')
  t.equal(await focusedName(page), 'Verdicts')
  await page.keyboard.press('ArrowRight')
  await pressTo(page, 'Tab', /^Open a session$/)
  page = await secondTab(t, page)
  await page.locator('.primary:enabled').waitFor()
  for (const name of [/^Space/, /^Freeze$/, /^Advance by 1m$/, /^Open a run/]) await pressTo(page, 'Tab', name)
  await pressTo(page, 'Tab', /^1d$/)
  t.equal(await pressTo(page, 'Tab', /demo/), 1)
  await page.keyboard.press('ArrowDown')
  t.equal(await page.evaluate("document.activeElement.closest('.lane').matches('.lane:nth-child(2)')"), true)
  t.equal(await pressTo(page, 'Tab', /^Pause$/), 1, 'the lanes are one stop')
})

t.test('axe-core finds nothing, and the page fits 360 pixels and a 4K screen', inBrowser, async t => {
  const url = await serving(t)
  const page = await visit(t, url, { bypassCSP: true, reducedMotion: 'reduce' })
  await logIn(url)
  await logIn(url, 'demo', 'wrong')
  await page.locator('.line').nth(1).waitFor()
  await page.setViewportSize({ width: 3840, height: 2160 })
  const list = await page.locator('.list').boundingBox()
  const side = await page.locator('.side').boundingBox()
  t.ok(list && list.height > 1200 && list.width > 2600, JSON.stringify(list))
  t.ok(side && side.width >= 600 && side.x + side.width > 3780, JSON.stringify(side))
  await page.setViewportSize({ width: 1400, height: 800 })
  for (const tab of ['Verdicts', 'Spaces', 'Sessions', 'Scenario']) {
    await page.getByRole('tab', { name: tab }).click()
    t.strictSame(await findings(page), [], tab)
  }
  await page.getByRole('button', { name: 'Edit' }).click()
  await page.getByText('no errors').waitFor()
  await page.emulateMedia({ colorScheme: 'dark' })
  t.strictSame(await findings(page), [], 'the editor, dark')
  await page.setViewportSize({ width: 360, height: 640 })
  t.ok(await page.locator('.line .who').first().isVisible(), 'the login is in the narrow list')
  for (const tab of ['Scenario', 'Spaces', 'Verdicts', 'Sessions']) {
    await page.getByRole('tab', { name: tab }).click()
    t.equal(await isWide(page), false, tab)
  }
  t.strictSame(await findings(page), [], 'narrow, dark')
  await page.locator('.line button').first().click()
  await page.getByText('wrong-password').waitFor()
  t.equal(await page.evaluate("getComputedStyle(document.querySelector('.detail')).animationName"), 'none')
  await page.emulateMedia({ colorScheme: 'light' })
  t.strictSame(await findings(page), [], 'a request, light')
})
