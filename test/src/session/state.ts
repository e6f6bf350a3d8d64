import fc from 'fast-check'
import t from 'tap'
import { readMove } from '../../../src/scenario/engine/effects.js'
import { State } from '../../../src/session/space-values.js'

t.test('a state lasts until the next one', async t => {
  const state = new State()
  t.equal(state.at(0), 'Started')
  state.enter('Locked', 5)
  t.equal(state.at(1e12), 'Locked')
  t.equal(state.endsAt(5), undefined)
})

t.test('a temporary state ends, and the previous one returns', async t => {
  const state = new State()
  state.enter('Open', 0)
  state.enter('Locked', 100, 50)
  t.equal(state.endsAt(100), 150)
  t.strictSame([state.at(149), state.at(150)], ['Locked', 'Open'])
})

t.test('a state given as a word is permanent', async t => {
  t.strictSame(readMove({ to: 'Locked' }), readMove('Locked'))
  t.strictSame(readMove({ to: 'Locked', for: '10m' }), { to: 'Locked', for: 600_000 })
})

t.test('nested temporary states end in time', async t => {
  const state = new State()
  state.enter('Maintenance', 0, 100)
  state.enter('Locked', 10, 20)
  t.strictSame(
    [29, 30, 99, 100].map(now => state.at(now)),
    ['Locked', 'Maintenance', 'Maintenance', 'Started']
  )
  state.enter('Locked', 50, 500)
  t.strictSame([state.at(549), state.at(550)], ['Locked', 'Started'], 'what is over meanwhile does not come back')
})

t.test('a permanent state removes all temporary ones', async t => {
  const state = new State()
  state.enter('Locked', 0, 100)
  state.enter('Open', 50)
  t.strictSame([state.at(99), state.at(100)], ['Open', 'Open'])
})

t.test('the current state is the last entered one that has not ended', async () => {
  const move = fc.record({
    word: fc.constantFrom('A', 'B', 'C'),
    after: fc.nat(9),
    ms: fc.integer({ min: 1, max: 30 })
  })
  fc.assert(
    fc.property(fc.array(move, { maxLength: 12 }), fc.nat(60), (moves, later) => {
      const state = new State()
      let now = 0
      const entered = moves.map(({ word, after, ms }) => {
        now += after
        state.enter(word, now, ms)
        return { word, until: now + ms }
      })
      const last = entered.findLast(({ until }) => until > now + later)
      return state.at(now + later) === (last?.word ?? 'Started')
    })
  )
})
