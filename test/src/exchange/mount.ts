import t from 'tap'
import { toyDriver as client, toy } from '../../fixtures/toy.js'
import { double } from '../../support/double.js'
import { drivers } from '../../support/drivers.js'

t.test('a product is mounted once, at its first requests, even parallel ones', async t => {
  const looks = async (requests: number) => {
    let looked = 0
    const watched = {
      ...toy,
      get router() {
        looked += 1
        return toy.router
      }
    }
    const { send } = double({ products: [watched] })
    const before = looked
    const replies = await Promise.all(Array.from({ length: requests }, () => send(client.login())))
    t.ok(replies.every(client.succeeded))
    return looked - before
  }
  const once = await looks(1)
  t.ok(once > 0)
  t.equal(await looks(20), once)
})

t.test('a request without a body is handled like one with a body', async t => {
  for (const driver of drivers) {
    const { send, app } = double({ scenario: { seed: 'the same' } })
    const answer = async (more: { query?: string; headers?: Record<string, string> }) => {
      const token = driver.issued(await send(driver.login()))
      const { url, headers, ...use } = driver.use(token)
      const asked = `${url}${more.query ? `${url.includes('?') ? '&' : '?'}${more.query}` : ''}`
      const { statusCode } = await send({ ...use, url: asked, headers: { ...headers, ...more.headers } })
      const refused = await send({ ...use, url: asked.replace(token, 'wrong'), headers: { ...more.headers } })
      return [statusCode, refused.statusCode, driver.refusalOf('ended', 'use', 'documented')[0] === refused.statusCode]
    }
    const plain = await answer({})
    t.strictSame(await answer({ query: 'x=1' }), plain, driver.product.title)
    t.strictSame(await answer({ headers: { 'content-type': 'text/plain' } }), plain, driver.product.title)
    const kept = app.spaces.default.journal.entries().map(({ operation, failure }) => [operation, failure])
    t.strictSame(kept.slice(0, 3), kept.slice(3, 6), 'the journal says the same of both')
  }
})
