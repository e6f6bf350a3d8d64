import t from 'tap'
import { serving } from '../../support/command.js'

t.test('--no-dashboard disables the page, its line in the banner and the link', async t => {
  const { url, out } = await serving(t, '--no-dashboard')
  t.notMatch(out(), 'Browser:')
  for (const path of ['/__admin/', '/__admin', '/__admin/dashboard/dashboard.js'])
    t.equal((await fetch(`${url}${path}`)).status, 404, path)
  t.notMatch(await (await fetch(url, { headers: { accept: 'text/html' } })).text(), '/__admin/"')
})
