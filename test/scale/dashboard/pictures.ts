import t from 'tap'
import { control, logIn, serving, skip, use, visit } from '../../support/dashboard.js'

const pictures =
  process.env.SESSION_MOCK_PICTURES === undefined ? 'only written where SESSION_MOCK_PICTURES is set' : false

const scenario = `title: A server that is too busy
rules:
  - on: cbrain.session
    every: 6
    then: { fail: unavailable }
`

/** A login, calls, a refusal by a rule, an expiry, a wrong password: all that the pictures show. */
const play = async (url: string): Promise<void> => {
  await control(url, 'PUT', 'scenario', scenario)
  const token = await logIn(url)
  for (let each = 0; each < 7; each += 1) await use(url, token)
  await logIn(url, 'demo', 'wrong')
  await fetch(`${url}/api/admin/v1/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"username":"demo","password":"demo"}'
  })
  await control(url, 'PUT', 'clock', { action: 'next-expiry' })
  await use(url, token)
}

for (const colorScheme of ['light', 'dark'] as const)
  t.test(`pictures for the pages, ${colorScheme}`, { skip: skip || pictures }, async t => {
    const url = await serving(t)
    const page = await visit(t, url, { colorScheme })
    await play(url)
    const picture = async (name: string) => {
      const path = new URL(`../../../docs/images/dashboard${name}-${colorScheme}.png`, import.meta.url).pathname
      t.ok((await page.screenshot({ path, animations: 'disabled' })).length > 0, path)
    }
    await page.locator('.lane.ended').getByText('expired').waitFor()
    await page.locator('.line').nth(10).waitFor()
    await picture('')
    await page.locator('.line', { hasText: 'the password of demo does not match' }).click()
    await page.getByText('wrong-password').waitFor()
    await picture('-request')
    await page.keyboard.press('Escape')
    await page.getByRole('tab', { name: 'Scenario' }).click()
    await page.getByText('Rules (1)').waitFor()
    await page.getByRole('button', { name: 'Edit' }).click()
    await page.getByText('no errors').waitFor()
    await page.getByLabel('Text of the scenario').fill(scenario.replace('unavailable', 'unavailble'))
    await page.getByRole('button', { name: 'line 5' }).waitFor()
    await picture('-scenario')
  })
