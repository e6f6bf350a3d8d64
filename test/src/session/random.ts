import fc from 'fast-check'
import t from 'tap'
import { alphanumeric, Random, uuid } from '../../../src/session/random.js'

const draws = (random: Random, purpose: string, count: number) =>
  Array.from({ length: count }, () => random.bytes(purpose).toString('hex'))

t.test('the same seed gives the same values, without repetition', async t => {
  const one = draws(new Random(7, 'default'), 'token', 50)
  t.strictSame(draws(new Random(7, 'default'), 'token', 50), one)
  t.equal(new Set(one).size, 50)
})

t.test('another seed, space or purpose gives other values', async t => {
  const all = [
    ...draws(new Random(7, 'default'), 'token', 3),
    ...draws(new Random(8, 'default'), 'token', 3),
    ...draws(new Random(7, 'other'), 'token', 3),
    ...draws(new Random(7, 'default'), 'chance', 3)
  ]
  t.equal(new Set(all).size, 12)
})

t.test('with a seed, the values of one purpose are independent of others', async () => {
  const alone = draws(new Random('s', 'default'), 'norm', 20)
  fc.assert(
    fc.property(fc.array(fc.constantFrom('norm', 'tina', 'dora'), { maxLength: 20 }), order => {
      const random = new Random('s', 'default')
      const mixed = order.map(purpose => ({ purpose, draw: random.bytes(purpose).toString('hex') }))
      const norms = mixed.filter(({ purpose }) => purpose === 'norm').map(({ draw }) => draw)
      return norms.every((draw, index) => draw === alone[index])
    })
  )
})

t.test('a value can be read by its count, without being consumed', async t => {
  const random = new Random(7, 'default')
  const first = random.bytes('chance').toString('hex')
  t.equal(random.bytes('chance', 1).toString('hex'), first)
  t.not(random.bytes('chance').toString('hex'), first)
})

t.test('without a seed, all values differ', async t => {
  const one = new Random(undefined, 'default')
  const other = new Random(undefined, 'default')
  t.equal(new Set([...draws(one, 'token', 50), ...draws(other, 'token', 50)]).size, 100)
})

t.test('a fraction is from 0 to less than 1, uniformly distributed', async t => {
  const random = new Random(1, 'default')
  const fractions = Array.from({ length: 2000 }, () => random.fraction('chance'))
  t.ok(fractions.every(fraction => fraction >= 0 && fraction < 1))
  const mean = fractions.reduce((sum, fraction) => sum + fraction, 0) / fractions.length
  t.ok(Math.abs(mean - 0.5) < 0.03, `their mean is ${mean}`)
})

const bytes = fc.uint8Array({ minLength: 32, maxLength: 32 }).map(array => Buffer.from(array))

t.test('a UUID is version 4, in lower case, made of its bytes', async t => {
  t.equal(uuid(Buffer.alloc(32, 0xff)), 'ffffffff-ffff-4fff-bfff-ffffffffffff')
  t.equal(uuid(Buffer.alloc(32)), '00000000-0000-4000-8000-000000000000')
  fc.assert(
    fc.property(bytes, draw => /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(uuid(draw)))
  )
})

t.test('an alphanumeric text has its length, and only letters and digits', async t => {
  t.equal(alphanumeric(Buffer.from([0, 25, 26, 51, 52, 61, 62]), 7), 'AZaz09A')
  fc.assert(
    fc.property(bytes, fc.integer({ min: 1, max: 32 }), (draw, length) =>
      new RegExp(`^[A-Za-z0-9]{${length}}$`).test(alphanumeric(draw, length))
    )
  )
})
