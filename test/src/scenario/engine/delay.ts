import fc from 'fast-check'
import t from 'tap'
import { type Delay, describeDelay, drawDelay } from '../../../../src/scenario/engine/effects.js'
import { Random } from '../../../../src/session/random.js'
import { double } from '../../../support/double.js'
import type { Driver } from '../../../support/driver.js'
import { drivers } from '../../../support/drivers.js'
import { scenarioOf } from '../../../support/scenario.js'

const [client] = drivers as readonly [Driver]
const draws = (delay: Delay, seed: string | number = 7, count = 1000): number[] => {
  const random = new Random(seed, 'default')
  return Array.from({ length: count }, (_, index) => drawDelay(delay, random, { purpose: 'rule 1', count: index + 1 }))
}
const sorted = (numbers: readonly number[]) => [...numbers].sort((a, b) => a - b)

t.test('a fixed delay is always the same', async t => {
  t.strictSame(draws('1h30m', 7, 2), [5_400_000, 5_400_000])
  t.strictSame(draws('0ms', 7, 1), [0])
})

t.test('a uniform delay is uniformly distributed between its ends', async t => {
  const all = sorted(draws({ uniform: ['100ms', '2s'] }))
  t.ok((all[0] ?? 0) >= 100 && (all[0] ?? 0) < 120)
  t.ok((all[999] ?? 0) < 2000 && (all[999] ?? 0) > 1980)
  t.ok(Math.abs((all[500] ?? 0) - 1050) < 75, `the median is ${all[500]}`)
})

t.test('a lognormal delay has its median, spread and maximum', async t => {
  const all = sorted(draws({ lognormal: { median: '90ms', sigma: 0.5, max: '200ms' } }))
  t.ok(Math.abs((all[500] ?? 0) - 90) < 5, `the median is ${all[500]}`)
  // One sigma above the median are the slowest 16 of a hundred: 90 ms times e to the half.
  t.ok(Math.abs((all[841] ?? 0) - 148.4) < 10, `one sigma above is ${all[841]}`)
  t.equal(all[999], 200)
  t.ok((all[0] ?? 0) > 10)
  t.strictSame(new Set(draws({ lognormal: { median: '90ms', sigma: 0 } })), new Set([90]))
})

t.test('every delay is a valid duration', async () => {
  const ms = fc.nat(100_000)
  const sigma = fc.double({ min: 0, max: 10, noNaN: true })
  fc.assert(
    fc.property(ms, sigma, ms, fc.integer(), (median, sigma, max, seed) =>
      draws({ lognormal: { median: `${median}ms`, sigma, max: `${max}ms` } }, seed, 5).every(
        wait => wait >= 0 && wait <= max
      )
    )
  )
  fc.assert(
    fc.property(ms, ms, fc.integer(), (least, more, seed) =>
      draws({ uniform: [`${least}ms`, `${least + more}ms`] }, seed, 5).every(
        wait => wait >= least && wait <= least + more
      )
    )
  )
})

t.test('delays are reproducible with a seed', async t => {
  const delay = { uniform: ['0s', '1h'] as ['0s', '1h'] }
  t.strictSame(draws(delay), draws(delay))
  t.notSame(draws(delay), draws(delay, 8))
  const waits = async () => {
    const { send, systemClock } = double({
      scenario: scenarioOf('seed: 7\nrules: [{ on: "*", per: login, then: { delay: { uniform: [1s, 2s] } } }]')
    })
    for (const _call of [1, 2, 3]) await send(client.login())
    return systemClock.slept
  }
  const slept = await waits()
  t.strictSame(slept, await waits())
  t.equal(new Set(slept).size, 3)
  t.ok(slept.every(ms => ms >= 1000 && ms < 2000))
})

t.test('two delays of one rule are independent', async t => {
  const { send, systemClock } = double({
    scenario: scenarioOf(
      'seed: 7\nrules: [{ on: "*", then: [{ delay: { uniform: [1s, 2s] } }, { delay: { uniform: [1s, 2s] } }] }]'
    )
  })
  await send(client.login())
  t.not(systemClock.slept[0], systemClock.slept[1])
})

t.test('a delay is described in English', async t => {
  t.equal(describeDelay('2s'), 'wait 2s')
  t.equal(describeDelay({ uniform: ['100ms', '2s'] }), 'wait between 100ms and 2s')
  t.equal(describeDelay({ lognormal: { median: '90ms', sigma: 0.1 } }), 'wait about 90ms (lognormal, sigma 0.1)')
  t.equal(
    describeDelay({ lognormal: { median: '90ms', sigma: 0.1, max: '5s' } }),
    'wait about 90ms (lognormal, sigma 0.1, at most 5s)'
  )
})
