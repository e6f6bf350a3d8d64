import type { Page } from 'playwright-core'
import t from 'tap'
import { control, logIn, secondTab, serving, skip, startServer, use, visit } from '../support/dashboard.js'

/** The page is in the background, or comes back from it. */
const hide = (page: Page, isHidden: boolean) =>
  page.evaluate(
    `Object.defineProperty(document, 'hidden', { value: ${isHidden}, configurable: true })
     document.dispatchEvent(new Event('visibilitychange'))`
  )

const lineCount = (page: Page) => page.locator('.count').textContent()

t.test('the page reconnects to a restarted server, and drops the data of the old one', { skip }, async t => {
  const first = await startServer(t)
  const page = await visit(t, first.url)
  await logIn(first.url)
  await logIn(first.url, 'demo', 'wrong')
  await page.locator('.line').nth(1).waitFor()
  await first.stop()
  await page.getByText('No response; retrying…').waitFor()
  t.equal(await page.locator('.line').count(), 2)
  const { url } = await startServer(t, '--port', new URL(first.url).port)
  await page.getByText('Live').waitFor()
  await page.locator('.line').first().waitFor({ state: 'detached' })
  await page.getByText('Getting started').waitFor()
  await logIn(url)
  await page.locator('.line').waitFor()
  t.equal(await lineCount(page), '1 request')
  await page.locator('.lane').waitFor()
})

t.test('a page in the background pauses its requests, and catches up later', { skip }, async t => {
  const url = await serving(t)
  const page = await visit(t, url)
  const token = await logIn(url)
  await page.locator('.line').waitFor()
  await hide(page, true)
  for (let each = 0; each < 5; each += 1) await use(url, token)
  await hide(page, false)
  await page.getByText('6 requests').waitFor()
})

t.test('the page recovers after a gap longer than the stored events', { skip }, async t => {
  const url = await serving(t)
  const page = await visit(t, url)
  const token = await logIn(url)
  await page.locator('.line').waitFor()
  await hide(page, true)
  for (let each = 0; each < 1100; each += 1) await use(url, token)
  await hide(page, false)
  await page.getByText('1,000 requests').waitFor()
  await page.getByText('101 older requests in the journal').waitFor()
  await page.getByRole('button', { name: 'Load' }).click()
  await page.getByText('1,101 requests').waitFor()
})

t.test('a reset by another client empties the list', { skip }, async t => {
  const url = await serving(t)
  const page = await visit(t, url)
  await logIn(url)
  await page.locator('.line').waitFor()
  await control(url, 'POST', 'reset')
  await page.getByText('Getting started').waitFor()
  await logIn(url)
  await page.getByText('1 request', { exact: true }).waitFor()
  await page.locator('.lane').waitFor()
})

t.test('two tabs stay in sync, also after a clear', { skip }, async t => {
  const url = await serving(t)
  const page = await visit(t, url)
  const other = await secondTab(t, page)
  await other.getByText('Live').waitFor()
  await logIn(url)
  for (const each of [page, other]) await each.locator('.line').waitFor()
  await page.getByRole('button', { name: 'Clear' }).click()
  for (const each of [page, other]) await each.getByText('No requests yet.').waitFor()
  await other.getByRole('button', { name: 'Freeze' }).click()
  await page.getByText('UTC, frozen').waitFor()
})

t.test('a paused list does not change, and continues with the new requests', { skip }, async t => {
  const url = await serving(t)
  const page = await visit(t, url)
  await logIn(url)
  await page.locator('.line').waitFor()
  await page.getByRole('button', { name: 'Pause' }).click()
  await logIn(url, 'demo', 'wrong')
  await logIn(url, 'demo', 'wrong')
  await page.getByRole('button', { name: 'Resume (2 new)' }).waitFor()
  t.equal(await page.locator('.line').count(), 1)
  await page.getByRole('button', { name: 'Resume' }).click()
  await page.locator('.line').nth(2).waitFor()
})

t.test('requests are filtered by text, product, outcome and session', { skip }, async t => {
  const url = await serving(t, '--accounts', 'any')
  const page = await visit(t, url)
  const token = await logIn(url, 'ann')
  await logIn(url, 'bob')
  await use(url, token)
  await use(url, 'nonsense')
  await fetch(`${url}/vdid/login`, { method: 'POST' })
  await page.getByText('5 requests').waitFor()
  const counts = async (said: string) => {
    await page.locator('.count').getByText(said, { exact: true }).waitFor()
    t.pass(said)
  }
  await page.getByLabel('Filter by text').fill('BOB login')
  await counts('1 request')
  await page.getByLabel('Filter by text').fill('nothing like it')
  await page.getByText('No request matches the filter.').waitFor()
  await page.getByLabel('Filter by text').fill('')
  await page.getByLabel('Filter by product').selectOption('cbrain')
  await counts('4 requests')
  await page.getByLabel('Filter by outcome').selectOption('refused')
  await counts('1 request')
  await page.getByLabel('Filter by outcome').selectOption('all outcomes')
  await page.getByLabel('Filter by product').selectOption('all products')
  await page.locator('.lane', { hasText: 'ann' }).getByRole('button').first().click()
  await counts('2 requests')
  await page.getByRole('button', { name: 'this session only' }).click()
  await counts('5 requests')
})

t.test('a click on a mark opens its request, and a request links to its session', { skip }, async t => {
  const url = await serving(t)
  const page = await visit(t, url)
  await logIn(url)
  await page.locator('.mark').click()
  await page.getByRole('heading', { name: 'Request 1' }).waitFor()
  await page.getByRole('button', { name: 'Show the session' }).click()
  await page.locator('.lane.current').waitFor()
  await page.getByRole('button', { name: 'this session only' }).waitFor()
})
