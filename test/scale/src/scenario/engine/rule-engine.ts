import t from 'tap'
import { clientOf } from '../../../../support/control.js'
import { double } from '../../../../support/double.js'
import { scenarioOf } from '../../../../support/scenario.js'
import { ask, replyOf, wired } from '../../../../support/wire.js'

const hcx = clientOf('hcx')

t.test('under 1,000 parallel requests every count is exact', async t => {
  const { app, send } = double({
    scenario: scenarioOf(`
      rules:
        - { on: hcx.session, every: 10, then: { fail: unavailable } }
        - { on: hcx.session, times: 7, then: { delay: 1s } }
        - { on: hcx.session, call: 101-250, then: { headers: { x-a: 1 } } }
        - { on: hcx.session, per: session, call: 50, then: { headers: { x-b: 1 } } }
    `)
  })
  const tokens: string[] = []
  for (let each = 0; each < 5; each += 1) tokens.push(hcx.issued(await send(hcx.login())))
  const replies = await Promise.all(Array.from({ length: 1000 }, (_, index) => send(hcx.use(tokens[index % 5] ?? ''))))
  t.equal(replies.filter(({ statusCode }) => statusCode === 503).length, 100)
  const { ruleEngine } = app.spaces.default
  t.match(
    ruleEngine.rules.map(rule => ruleEngine.counts(rule)),
    [
      { matched: 1000, played: 100 },
      { matched: 1000, played: 7 },
      { matched: 1000, played: 135 },
      { matched: 1000, played: 4 }
    ]
  )
})

t.test('under 1,000 parallel connections every count is exact', async t => {
  const { app, port } = await wired(t, {
    scenario: scenarioOf(`
      rules:
        - { on: login, every: 8, then: { fail: unavailable } }
        - { on: login, times: 20, then: { connection: reset } }
    `)
  })
  const received = await Promise.all(Array.from({ length: 1000 }, () => ask(port, hcx.login())))
  t.equal(received.filter(({ end }) => end === 'reset').length, 20)
  t.equal(received.filter(each => each.end === 'closed' && replyOf(each).statusCode === 503).length, 125)
  t.equal(received.filter(each => each.end === 'closed' && hcx.succeeded(replyOf(each))).length, 855)
  t.equal((await app.spaces.default.sessions.list(0)).length, 875)
})
