import t from 'tap'
import { start } from '../src/index.js'

/** A client of CBRAIN whose workers share one token, and one new login where the token is refused. */
const sharing = (url: string) => {
  const login = async (): Promise<string> => {
    const answer = await fetch(`${url}/session`, {
      method: 'POST',
      body: new URLSearchParams({ login: 'demo', password: 'demo' })
    })
    return ((await answer.json()) as { cbrain_api_token: string }).cbrain_api_token
  }
  let token = login()
  const ask = async (used: string) =>
    (await fetch(`${url}/session`, { headers: { Authorization: `Bearer ${used}` } })).status
  return async (): Promise<number> => {
    const used = await token
    const status = await ask(used)
    if (status !== 401) return status
    if ((await token) === used) token = login()
    return ask(await token)
  }
}

t.test('two workers with one expired token wait for one new login', async t => {
  const mock = await start({
    scenario:
      'rules: [{ on: login, when: { state: Relogin }, then: { hold: relogin } }, { on: session, then: { state: Relogin } }]'
  })
  t.teardown(() => mock.stop())
  const worker = sharing(mock.url('cbrain'))
  t.equal(await worker(), 200)
  await mock.sessions.revoke({ product: 'cbrain' })

  const both = Promise.all([worker(), worker()])
  await mock.requests.wait({ operation: 'session', status: 401 }, { count: 2 })
  const { holds } = await mock.holds.wait('relogin').then(async () => ({ holds: await mock.holds.list() }))
  t.match(holds, [{ name: 'relogin', waiting: 1 }], 'one login is held, and both wait for it')
  t.equal(await mock.requests.count({ operation: 'session', status: 200 }), 1)

  await mock.holds.release('relogin')
  t.same(await both, [200, 200])
  await mock.verify([
    { operation: 'login', count: 2 },
    { operation: 'session', reason: 'revoked', count: 2 }
  ])
})
