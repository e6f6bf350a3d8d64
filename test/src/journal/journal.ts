import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { type Entry, ordinaryNotes } from '../../../src/journal/entry.js'
import { Journal } from '../../../src/journal/journal.js'

const entry = (number: number): Entry => ({
  number,
  at: 0,
  recordedAt: 0,
  space: 'default',
  product: undefined,
  operation: undefined,
  login: undefined,
  token: undefined,
  session: undefined,
  method: 'GET',
  url: '/',
  httpVersion: '1.1',
  headers: [],
  body: undefined,
  answer: { status: 404, headers: {} },
  ...ordinaryNotes,
  took: 0
})

const filled = (capacity: number, count: number) => {
  const journal = new Journal(capacity)
  const dropped = Array.from({ length: count }, (_, index) => journal.add(entry(index + 1)))
  return { journal, dropped, numbers: journal.entries().map(({ number }) => number) }
}

t.test('the newest requests are kept in order, and the others counted', async t => {
  fc.assert(
    fc.property(fc.nat(20), fc.nat(60), (capacity, count) => {
      const { journal, dropped, numbers } = filled(capacity, count)
      const kept = Math.min(capacity, count)
      assert.deepEqual(
        numbers,
        Array.from({ length: kept }, (_, index) => count - kept + index + 1)
      )
      assert.equal(journal.size, kept)
      assert.equal(journal.dropped, count - kept)
      assert.equal(
        dropped.reduce((sum, each) => sum + each, 0),
        count - kept
      )
    }),
    { numRuns: 50 }
  )
  t.pass()
})

t.test('a journal of size 0 keeps nothing', async t => {
  const { journal, numbers } = filled(0, 3)
  t.strictSame(numbers, [])
  t.equal(journal.dropped, 3)
})

t.test('a cleared journal starts again', async t => {
  const { journal } = filled(2, 3)
  journal.clear()
  t.strictSame([journal.size, journal.dropped, journal.entries()], [0, 0, []])
  t.equal(journal.add(entry(4)), 0)
  t.equal(journal.size, 1)
})
