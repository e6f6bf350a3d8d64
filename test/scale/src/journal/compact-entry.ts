import t from 'tap'
import { double } from '../../../support/double.js'
import { retainedBytes } from '../../../support/heap.js'

t.test('any number of clients leaves the memory flat', async t => {
  const { app, send } = double({ journal: 1 })
  const use = async (from: number, to: number) => {
    for (let client = from; client < to; client += 1)
      await send({ method: 'GET', url: '/session', headers: { authorization: `Bearer ${client}` } })
  }
  await use(0, 1000)
  const before = await retainedBytes()
  await use(1000, 6000)
  const grown = (await retainedBytes()) - before
  t.match(app.spaces.default.journal.entries(), [{ token: '5999' }])
  t.ok(grown < 3_000_000, `${grown} bytes more`)
})
