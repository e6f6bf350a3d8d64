import type { Page } from 'playwright-core'
import t from 'tap'
import { logIn, serving, skip, visit } from '../support/dashboard.js'

/** Presses Tab until this element has the focus. */
const tabTo = async (page: Page, name: RegExp): Promise<void> => {
  for (let presses = 0; presses < 80; presses += 1) {
    await page.keyboard.press('Tab')
    const focused = await page.evaluate(
      `(e => e.getAttribute('aria-label') ?? e.labels?.[0]?.textContent ?? e.textContent)(document.activeElement)`
    )
    if (name.test(String(focused))) return
  }
  throw new Error(`Tab does not lead to ${name}`)
}

const focusedName = (page: Page) =>
  page.evaluate(`document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent`)

t.test('all controls are reachable by keyboard', { skip }, async t => {
  const url = await serving(t)
  const page = await visit(t, url)
  await logIn(url)
  await logIn(url, 'demo', 'wrong')
  await page.locator('.line').nth(1).waitFor()
  await page.locator('.primary:enabled').waitFor()
  for (const name of [/^Open a run/, /^Space/, /^Freeze$/, /^Advance by 1m$/, /^To the next expiry/, /^10m$/, /demo/])
    await tabTo(page, name)
  await tabTo(page, /open request 2/)
  await page.keyboard.press('ArrowDown')
  t.match(await focusedName(page), 'open request 1,')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'Request 1' }).waitFor()
  await tabTo(page, /^Copy as curl$/)
  await tabTo(page, /^Request: body$/)
  await page.keyboard.press('Escape')
  await page.locator('.detail').waitFor({ state: 'detached' })
  t.match(await focusedName(page), 'open request 1,')
  await tabTo(page, /^Sessions$/)
  await page.keyboard.press('ArrowLeft')
  t.equal(await focusedName(page), 'Verdicts')
  await page.keyboard.press('ArrowRight')
  await tabTo(page, /^Open a session$/)
  await page.keyboard.press('Enter')
  await page.locator('.lane').nth(1).waitFor()
})

const isWide = (page: Page) => page.evaluate('document.documentElement.scrollWidth > innerWidth')

t.test('the page fits a width of 360 pixels', { skip }, async t => {
  const url = await serving(t)
  const page = await visit(t, url, { viewport: { width: 360, height: 640 }, reducedMotion: 'reduce' })
  await page.getByText('Getting started').waitFor()
  t.equal(await isWide(page), false)
  await logIn(url)
  await logIn(url, 'demo', 'wrong')
  await page.locator('.line').nth(1).waitFor()
  for (const tab of ['Sessions', 'Scenario', 'Spaces', 'Verdicts']) {
    await page.getByRole('tab', { name: tab }).click()
    t.equal(await isWide(page), false, tab)
  }
  await page.locator('.line').first().click()
  await page.getByText('wrong-password').waitFor()
  t.equal(await isWide(page), false)
  const box = await page.locator('.detail').boundingBox()
  t.ok(box && box.x >= 0 && box.width <= 360)
})

t.test('the page fills a 4K screen', { skip }, async t => {
  const url = await serving(t)
  const page = await visit(t, url, { viewport: { width: 3840, height: 2160 } })
  await logIn(url)
  await page.locator('.line').waitFor()
  t.equal(await isWide(page), false)
  const list = await page.locator('.list').boundingBox()
  const side = await page.locator('.side').boundingBox()
  t.ok(list && list.height > 1200 && list.width > 2600, JSON.stringify(list))
  t.ok(side && side.width >= 600 && side.x + side.width > 3780, JSON.stringify(side))
})

for (const [reducedMotion, animation] of [
  ['reduce', 'none'],
  ['no-preference', 'slide']
] as const)
  t.test(`with prefers-reduced-motion: ${reducedMotion} a request opens by ${animation}`, { skip }, async t => {
    const url = await serving(t)
    const page = await visit(t, url, { reducedMotion })
    await logIn(url)
    await page.locator('.line').click()
    await page.locator('.detail').waitFor()
    t.equal(await page.evaluate("getComputedStyle(document.querySelector('.detail')).animationName"), animation)
  })
