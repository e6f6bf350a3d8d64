import fc from 'fast-check'
import t from 'tap'
import {
  type CallSelector,
  describeCalls,
  isDue,
  parseRange,
  rangeSchema
} from '../../../../src/scenario/engine/call-selector.js'

const always: CallSelector = {
  first: 1,
  last: Number.POSITIVE_INFINITY,
  every: 1,
  times: Number.POSITIVE_INFINITY,
  chance: 1,
  from: 0,
  until: Number.POSITIVE_INFINITY,
  per: 'rule'
}

t.test('call is a number, or a range with or without an end', async t => {
  t.strictSame(parseRange(3), { first: 3, last: 3 })
  t.strictSame(parseRange('2-4'), { first: 2, last: 4 })
  t.strictSame(parseRange('3-'), { first: 3, last: Number.POSITIVE_INFINITY })
  t.strictSame(parseRange(undefined), { first: 1, last: Number.POSITIVE_INFINITY })
})

t.test('invalid ranges are refused', async t => {
  const pattern = new RegExp(rangeSchema.anyOf[1].pattern)
  for (const text of ['2-4', '3-', '10-10', '1-999']) t.match(text, pattern)
  for (const text of ['', '3', '0-4', '-4', '2-0', '2–4', '2-4-6', ' 2-4', '2.5-', '2-4\n']) t.notMatch(text, pattern)
})

t.test('every counts all matching calls, also those before the range', async t => {
  const due = (calls: Partial<CallSelector>) =>
    Array.from({ length: 12 }, (_, index) => index + 1).filter(count => isDue({ ...always, ...calls }, count))
  t.strictSame(due({ first: 3, last: 3 }), [3])
  t.strictSame(due({ first: 2, last: 4 }), [2, 3, 4])
  t.strictSame(due({ first: 11 }), [11, 12])
  t.strictSame(due({ every: 5 }), [5, 10])
  t.strictSame(due({ first: 3, every: 5 }), [5, 10])
  t.strictSame(due({ first: 6, last: 11, every: 5 }), [10])
  t.strictSame(due({ first: 6, last: 9, every: 5 }), [])
})

t.test('a rule applies in its range and at its step only', async () => {
  const small = fc.integer({ min: 1, max: 50 })
  fc.assert(
    fc.property(small, small, small, fc.integer({ min: 1, max: 200 }), (first, width, every, count) => {
      const inRange = count >= first && count <= first + width
      return isDue({ ...always, first, last: first + width, every }, count) === (inRange && count % every === 0)
    })
  )
})

t.test('the selected calls are described in English', async t => {
  const said = (calls: Partial<CallSelector>) => describeCalls({ ...always, ...calls }).join(', ')
  t.equal(said({}), '')
  t.equal(said({ first: 3, last: 3 }), 'on the third call')
  t.equal(said({ first: 2, last: 4, per: 'session' }), 'on calls 2 to 4 of each session')
  t.equal(said({ first: 3, per: 'login' }), 'from the third call of each login on')
  t.equal(said({ every: 10 }), 'on every tenth call')
  t.equal(said({ every: 2, per: 'session' }), 'on every second call of each session')
  t.equal(said({ every: 23 }), 'on every 23rd call')
  t.equal(said({ every: 11, times: 2 }), 'on every eleventh call, at most 2 times')
  t.equal(said({ times: 1, per: 'login' }), 'once for each login')
  t.equal(said({ times: 3, per: 'session' }), 'at most 3 times for each session')
  t.equal(said({ chance: 0.2 }), 'with a chance of 20%')
  t.equal(said({ chance: 0.07 }), 'with a chance of 7%')
  t.equal(said({ first: 3, last: 3, lasts: 600_000 }), 'on the third call, then on every call for 10m')
  t.equal(
    said({ first: 113, last: 113, lasts: 600_000, per: 'login' }),
    'on the 113th call of each login, then on every call of each login for 10m'
  )
  t.equal(said({ from: 10_000 }), 'from 10s after the start')
  t.equal(said({ until: 40_000 }), 'until 40s after the start')
  t.equal(said({ from: 10_000, until: 90_000 }), 'from 10s to 1m 30s after the start')
})
