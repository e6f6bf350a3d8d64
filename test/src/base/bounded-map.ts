import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { BoundedMap } from '../../../src/base/collections.js'

t.test('the last set keys are kept, and the others are counted', async t => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 8 }), fc.array(fc.nat(15), { maxLength: 60 }), (most, keys) => {
      let dropped = 0
      const map = new BoundedMap<number>(most, () => {
        dropped += 1
      })
      let order: number[] = []
      let expected = 0
      for (const [index, key] of keys.entries()) {
        map.set(String(key), index)
        order = [...order.filter(each => each !== key), key]
        if (order.length > most) {
          order.shift()
          expected += 1
        }
      }
      assert.deepEqual(
        Array.from({ length: 16 }, (_, key) => map.get(String(key))),
        Array.from({ length: 16 }, (_, key) => (order.includes(key) ? keys.lastIndexOf(key) : undefined))
      )
      assert.equal(map.size, order.length)
      assert.equal(dropped, expected)
    })
  )
  t.pass()
})

t.test('keys of any length are distinct, and can be set again after a clear', async t => {
  const map = new BoundedMap<number>(10)
  const long = 'x'.repeat(1_000_000)
  map.set(long, 1)
  map.set(`${long}y`, 2)
  t.strictSame([map.get(long), map.get(`${long}y`), map.get('x')], [1, 2, undefined])
  map.clear()
  t.equal(map.get(long), undefined)
  map.set('x', 3)
  t.equal(map.get('x'), 3)
})
