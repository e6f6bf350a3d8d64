import { gzipSync } from 'node:zlib'
import t from 'tap'
import { toy } from '../../fixtures/toy.js'
import { double } from '../../support/double.js'
import { drivers } from '../../support/drivers.js'
import { scenarioOf } from '../../support/scenario.js'

t.test('a rule matches the Content-Type of the client, whatever the product reads', async t => {
  for (const { product, login } of drivers)
    for (const type of ['text/plain', 'garbage', 'application/json; charset=utf-8']) {
      const rule = `{ on: ${product.name}.login, when: { header: { Content-Type: ${type} } }, then: { reply: { status: 299 } } }`
      const { send } = double({ scenario: scenarioOf(`rules: [${rule}]`) })
      const { headers, ...request } = login()
      t.equal(
        (await send({ ...request, headers: { ...headers, 'content-type': type } })).statusCode,
        299,
        `${product.title}, ${type}`
      )
    }
})

t.test('a rule for an absent Content-Type matches no request with one, on login, use and logout', async t => {
  const { send } = double({
    scenario: scenarioOf(
      'rules: [{ on: "*", when: { header: { Content-Type: false } }, then: { reply: { status: 299 } } }]'
    )
  })
  for (const { product, use, unknownToken } of drivers) {
    const { headers, ...request } = use(unknownToken)
    const typed = { ...headers, 'content-type': 'text/plain' }
    t.not((await send({ ...request, headers: typed })).statusCode, 299, product.title)
  }
})

t.test('the reason of an unread compressed body names its encoding', async t => {
  for (const { product, login, succeeded } of drivers) {
    const { app, send } = double({})
    const { headers, payload = '', ...request } = login()
    const reply = await send({
      ...request,
      headers: { ...headers, 'content-encoding': 'gzip' },
      payload: gzipSync(payload)
    })
    const [entry] = app.spaces.default.journal.entries()
    t.match(entry?.why, { reason: 'content-encoding', encoding: 'gzip' }, product.title)
    t.notOk(succeeded(reply))
  }
})

t.test('an internal error of a body reader is a bug, not a malformed body', async t => {
  const broken = {
    ...toy,
    bodies: {
      '*': () => {
        throw new RangeError('our own')
      }
    }
  }
  const bugs: unknown[] = []
  const { send } = double({ products: [broken], onExchange: (_entry, thrown) => bugs.push(...thrown) })
  t.equal((await send({ method: 'POST', url: '/toy/knock', payload: 'demo demo' })).statusCode, 500)
  t.match(bugs, [{ message: 'our own' }])
})
