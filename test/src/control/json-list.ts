import fc from 'fast-check'
import t from 'tap'
import { Slices } from '../../../src/base/in-slices.js'
import { JsonList, jsonInSlices } from '../../../src/control/json-list.js'
import { clientOf, steered } from '../../support/control.js'
import { HastyClock } from '../../support/hasty-clock.js'
import { bodyOf } from '../../support/stream-response.js'

t.test('a list in slices has the same JSON as a whole one', async t => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.jsonValue()), fc.jsonValue(), async (items, other) => {
      const clock = new HastyClock()
      const list = new JsonList(items, item => item)
      const written = await bodyOf(
        await jsonInSlices(
          { a: 1, list, b: { list, none: undefined }, other, c: [list, list] },
          new Slices(() => clock.elapsed())
        )
      )
      t.equal(written, `${JSON.stringify({ a: 1, list: items, b: { list: items }, other, c: [items, items] })}\n`)
    })
  )
})

t.test('a long response is complete, and has a length', async t => {
  const list = new JsonList(Array(3000).keys(), each => ({ each, text: 'ä'.repeat(100) }))
  const response = await jsonInSlices({ list }, new Slices(() => 0))
  const body = await bodyOf(response)
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
  t.ok(hcx.succeeded(await server.send(hcx.use(late))), 'a session that was opened later lives on')
})
