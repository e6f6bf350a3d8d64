import fc from 'fast-check'
import inject from 'light-my-request'
import t from 'tap'
import { Slices } from '../../../src/base/slices.js'
import { JsonList, sendJson } from '../../../src/control/endpoint.js'
import { clientOf, steered } from '../../support/control.js'
import { HastyClock } from '../../support/hasty-clock.js'

/** The body of a response with this document. Throws if its length is not the announced one. */
const bodyOf = async (document: object, slices: Slices): Promise<string> => {
  const { headers, rawPayload, body } = await inject((_request, reply) => void sendJson(document, slices, reply), '/')
  if (headers['content-length'] !== String(rawPayload.length)) throw new Error('the length is wrong')
  return body
}

t.test('a list in slices has the same JSON as a whole one', async t => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.jsonValue()), fc.jsonValue(), async (items, other) => {
      const clock = new HastyClock()
      const list = JsonList.of(items, item => item)
      const document = {
        a: 1,
        list,
        b: { list, none: undefined },
        other,
        c: [list, list],
        d: JsonList.join([list, items])
      }
      const written = await bodyOf(document, new Slices(() => clock.elapsed()))
      t.equal(
        written,
        `${JSON.stringify({ a: 1, list: items, b: { list: items }, other, c: [items, items], d: [...items, ...items] })}\n`
      )
    })
  )
})

t.test('a long response is complete, and has a length', async t => {
  const list = JsonList.of(Array(3000).keys(), each => ({ each, text: 'ä'.repeat(100) }))
  const body = await bodyOf({ list }, new Slices(() => 0))
  t.equal(JSON.parse(body).list.length, 3000)
})

t.test('other requests are handled during a long list, which has the initial state', async t => {
  const systemClock = new HastyClock()
  const server = steered({ systemClock })
  const hcx = clientOf('hcx')
  const tokens: string[] = []
  for (let each = 0; each < 300; each += 1) tokens.push(hcx.issued(await server.send(hcx.login())))
  let isListed = false
  const listing = systemClock.someSlices()
  const listed = server.ask('GET /sessions').then(told => {
    isListed = true
    return told
  })
  await listing
  await server.send(hcx.logout(tokens.at(-1) ?? ''))
  await server.send(hcx.login())
  t.notOk(isListed, 'a logout and a login came in between')
  t.match((await listed).body, { count: 300 })
  const revoking = systemClock.someSlices()
  const revoked = server.ask('POST /sessions/revoke', {})
  await revoking
  const late = hcx.issued(await server.send(hcx.login()))
  t.match((await revoked).body.ended, { length: 300 })
  t.ok(hcx.succeeded(await server.send(hcx.use(late))), 'a session that was opened later stays open')
})
