import t from 'tap'
import { Clock, endOfTime } from '../../../src/session/clock.js'
import { FakeSystemClock } from '../../support/fake-system-clock.js'

const noon = Date.UTC(2026, 0, 1, 12)
const minutes = 60_000

/** A clock on a systemClock whose time stands at noon. */
const hung = (start?: number, frozen?: boolean) => {
  const systemClock = new FakeSystemClock(noon)
  return { systemClock, clock: new Clock(systemClock, start, frozen) }
}

t.test('an unchanged clock has the time of the systemClock', async t => {
  const { systemClock, clock } = hung()
  t.equal(clock.now(), noon)
  systemClock.advance(5)
  t.equal(clock.now(), noon + 5)
  t.notOk(clock.frozen)
})

t.test('a clock with a start time runs from it', async t => {
  const { systemClock, clock } = hung(1000)
  systemClock.advance(5)
  t.equal(clock.now(), 1005)
})

t.test('a frozen clock does not run, and continues from its time', async t => {
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

t.test('a clock can start frozen', async t => {
  const { systemClock, clock } = hung(1000, true)
  systemClock.advance(5)
  t.equal(clock.now(), 1000)
})

t.test('freezing a frozen clock, or starting a running one, changes nothing', async t => {
  const { systemClock, clock } = hung()
  clock.run()
  systemClock.advance(5)
  t.equal(clock.now(), noon + 5)
  clock.freeze()
  systemClock.advance(5)
  clock.freeze()
  t.equal(clock.now(), noon + 5)
})

t.test('a running or frozen clock can be set and advanced, and stays running or frozen', async t => {
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

t.test('a clock can be set back', async t => {
  const { clock } = hung()
  clock.advance(-minutes)
  t.equal(clock.now(), noon - minutes)
})

t.test('a clock cannot be set beyond the end of time, and a refused change has no effect', async t => {
  const { clock } = hung()
  for (const to of [Number.NaN, Number.POSITIVE_INFINITY, endOfTime + 1, -endOfTime - 1])
    t.throws(() => clock.set(to), new RangeError(`a clock cannot be set to ${to}`))
  t.throws(() => clock.advance(Number.POSITIVE_INFINITY), RangeError)
  t.equal(clock.now(), noon)
  clock.set(endOfTime)
  t.equal(clock.now(), endOfTime)
})

t.test('two clocks on one systemClock are independent', async t => {
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

t.test('a clock has the exact time, although the system clock runs on between two readings', async t => {
  let real = noon
  const running = Object.assign(new FakeSystemClock(), { now: () => real++ })
  t.equal(new Clock(running, 1000, true).now(), 1000)
  const clock = new Clock(running)
  const before = clock.at(noon)
  clock.advance(minutes)
  t.equal(clock.at(noon), before + minutes)
})
