import t from 'tap'
import { Clock, endOfTime } from '../../../src/state/clock.js'
import { FakeSystemClock } from '../../support/fake-system-clock.js'

const noon = Date.UTC(2026, 0, 1, 12)
const minutes = 60_000

/** A clock on a systemClock whose time stands at noon. */
const hung = (start?: number, frozen?: boolean) => {
  const systemClock = new FakeSystemClock(noon)
  return { systemClock, clock: new Clock(systemClock, start, frozen) }
}

t.test('a clock that nobody has touched tells the systemClock’s time', async t => {
  const { systemClock, clock } = hung()
  t.equal(clock.now(), noon)
  systemClock.advance(5)
  t.equal(clock.now(), noon + 5)
  t.notOk(clock.frozen)
})

t.test('a clock that was given a start runs on from there', async t => {
  const { systemClock, clock } = hung(1000)
  systemClock.advance(5)
  t.equal(clock.now(), 1005)
})

t.test('a frozen clock stands, and runs on from where it stood', async t => {
  const { systemClock, clock } = hung()
  clock.freeze()
  systemClock.advance(10 * minutes)
  t.equal(clock.now(), noon)
  t.ok(clock.frozen)
  clock.run()
  t.equal(clock.now(), noon)
  systemClock.advance(5)
  t.equal(clock.now(), noon + 5)
  t.notOk(clock.frozen)
})

t.test('a clock can begin frozen', async t => {
  const { systemClock, clock } = hung(1000, true)
  systemClock.advance(5)
  t.equal(clock.now(), 1000)
})

t.test('to freeze a frozen clock, or to start a running one, changes nothing', async t => {
  const { systemClock, clock } = hung()
  clock.run()
  systemClock.advance(5)
  t.equal(clock.now(), noon + 5)
  clock.freeze()
  systemClock.advance(5)
  clock.freeze()
  t.equal(clock.now(), noon + 5)
})

t.test('a clock is set and advanced whether it runs or is frozen, and keeps doing what it did', async t => {
  const { systemClock, clock } = hung()
  clock.set(1000)
  clock.advance(31 * minutes)
  systemClock.advance(5)
  t.equal(clock.now(), 1005 + 31 * minutes)
  clock.freeze()
  clock.set(2000)
  clock.advance(1)
  systemClock.advance(5)
  t.equal(clock.now(), 2001)
  clock.run()
  systemClock.advance(5)
  t.equal(clock.now(), 2006)
})

t.test('a clock can be turned back', async t => {
  const { clock } = hung()
  clock.advance(-minutes)
  t.equal(clock.now(), noon - minutes)
})

t.test('a clock stands nowhere beyond the end of time, and a refused setting leaves it where it was', async t => {
  const { clock } = hung()
  for (const to of [Number.NaN, Number.POSITIVE_INFINITY, endOfTime + 1, -endOfTime - 1])
    t.throws(() => clock.set(to), new RangeError(`a clock cannot be set to ${to}`))
  t.throws(() => clock.advance(Number.POSITIVE_INFINITY), RangeError)
  t.equal(clock.now(), noon)
  clock.set(endOfTime)
  t.equal(clock.now(), endOfTime)
})

t.test('two clocks on one systemClock are two clocks', async t => {
  const { systemClock, clock } = hung()
  const other = new Clock(systemClock)
  clock.advance(minutes)
  t.equal(other.now(), noon)
})

t.test('the Date header has the form of RFC 9110', async t => {
  const { clock } = hung()
  t.equal(clock.httpDate(noon + 999), 'Thu, 01 Jan 2026 12:00:00 GMT')
  t.equal(clock.httpDate(noon + 1000), 'Thu, 01 Jan 2026 12:00:01 GMT')
  t.equal(clock.httpDate(noon), 'Thu, 01 Jan 2026 12:00:00 GMT')
})
