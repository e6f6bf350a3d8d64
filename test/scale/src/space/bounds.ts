import t from 'tap'
import { toy, toyDriver } from '../../../fixtures/toy.js'
import { double } from '../../../support/double.js'
import { form } from '../../../support/driver.js'
import { retainedBytes } from '../../../support/heap.js'

t.test('any number of spaces by header leaves the memory flat', async t => {
  const { send, app } = double({ products: [toy], maxSpaces: 100, journal: 10 })
  const { headers, ...login } = toyDriver.login()
  const open = async (from: number, to: number) => {
    for (let number = from; number < to; number += 1)
      await send({ ...login, headers: { ...headers, 'x-mock-space': `s${number}` } })
  }
  await open(0, 600)
  const before = await retainedBytes()
  await open(600, 2600)
  const grown = (await retainedBytes()) - before
  t.equal(app.spaces.list().length, 101)
  t.ok(grown < 3_000_000, `${grown} bytes more`)
})

t.test('with a seed, any number of names leaves the memory flat', async t => {
  const { send } = double({
    maxNames: 100,
    maxSessions: 100,
    remember: 100,
    journal: 10,
    anyone: true,
    scenario: { seed: 7 }
  })
  const login = async (from: number, to: number) => {
    for (let number = from; number < to; number += 1)
      await send({
        method: 'POST',
        url: '/session',
        headers: { ...form, accept: 'application/json' },
        payload: `login=${number}-${'x'.repeat(900)}&password=demo`
      })
  }
  await login(0, 500)
  const before = await retainedBytes()
  await login(500, 2000)
  const grown = (await retainedBytes()) - before
  t.ok(grown < 2_000_000, `${grown} bytes more`)
})
