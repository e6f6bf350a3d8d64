import t from 'tap'
import { layoutLanes } from '../../../src/dashboard/lanes.js'
import { Model } from '../../../src/dashboard/model.js'
import type { Product, SpaceSummary } from '../../../src/dashboard/page-types.js'
import { sessionKeyOf } from '../../../src/dashboard/rows.js'
import { at, row, session } from '../../support/dashboard-rows.js'

const product = (name: string): Product => ({ name, title: name, base: '', login: '' })

const space = (name: string, now: string): SpaceSummary => ({
  name,
  scenario: '',
  state: '',
  requests: 0,
  sessions: 0,
  now,
  frozen: true
})

/** A model of a server with frozen clocks: the default space at 60 s, the space w1 one hour ahead. */
const modelOf = (): Model => {
  const model = new Model(() => undefined)
  model.setClock({ space: 'default', now: at(60_000), frozen: true })
  model.setSpaces([space('default', at(0)), space('w1', at(3_660_000))])
  return model
}

t.test('requests are shown newest first, by filter and session', async t => {
  const model = modelOf()
  model.rows.addAll([
    row({ number: 1, session: 'a' }),
    row({ number: 2, login: 'bob', session: 'b' }),
    row({ number: 3, outcome: 'refused' })
  ])
  const numbers = () => model.shown.map(({ number }) => number)
  t.strictSame(numbers(), [3, 2, 1])
  model.update({ filter: { text: 'bob', product: '', outcome: '' } })
  t.strictSame(numbers(), [2])
  model.update({ filter: { text: '', product: 'acme', outcome: 'refused' } })
  t.strictSame(numbers(), [3])
  model.update({ filter: { text: '', product: '', outcome: '' }, session: sessionKeyOf(session({ token: 'a' })) })
  t.strictSame(numbers(), [1])
})

t.test('a paused list does not change, and continues with the new requests', async t => {
  const model = modelOf()
  model.rows.add(row({ number: 1 }))
  model.pause()
  model.rows.add(row({ number: 2 }))
  t.equal(model.shown.length, 1)
  model.pause()
  t.equal(model.shown.length, 2)
})

t.test('each product has the colour of its place in the list, a fifth one too', async t => {
  const model = modelOf()
  model.products = ['a', 'b', 'c', 'd', 'e'].map(product)
  t.strictSame(
    ['a', 'b', 'c', 'd', 'e'].map(name => model.colourOf(name)),
    [0, 1, 2, 3, 4]
  )
  t.equal(model.colourOf(undefined), 0)
  model.products = Array.from({ length: 7 }, (_, index) => product(`p${index}`))
  t.equal(model.colourOf('p6'), 0)
})

t.test('the page is empty when all is loaded and there is nothing, not while it is loading', async t => {
  const model = modelOf()
  model.connection = 'live'
  t.notOk(model.isEmpty)
  model.isLoading = false
  t.notOk(model.isEmpty, 'sessions are still to come')
  model.counts = { open: 0, ended: 0 }
  t.ok(model.isEmpty)
  model.counts = { open: 501, ended: 0 }
  t.notOk(model.isEmpty)
})

t.test('the list of spaces does not replace the clock of the selected space', async t => {
  const model = modelOf()
  t.equal(model.nowOf('default'), Date.parse(at(60_000)))
  t.equal(model.nowOf('w1'), Date.parse(at(3_660_000)))
})

t.test('a session in a space with an advanced clock has its lane at the time of that space', async t => {
  const model = modelOf()
  model.open = [
    session({ expiresAt: at(1_800_000) }),
    session({ space: 'w1', openedAt: at(3_600_000), expiresAt: at(3_600_000 + 1_800_000) })
  ]
  model.rows.add(row({ number: 1, space: 'w1', session: '1f39…1d93', at: at(3_630_000) }))
  const { lanes, now } = layoutLanes(model, 60_000)
  const [second, first] = lanes
  t.equal(first?.left, 1_740_000)
  t.equal(second?.left, 1_740_000)
  t.equal(first?.from, second?.from, 'both were opened a minute ago')
  t.equal(second?.to, now)
  const [mark] = second?.marks ?? []
  t.ok(mark && mark.left > (second?.from ?? 0) && mark.left < now, 'the request is between login and now')
  t.strictSame(first?.marks, [])
  model.setClock({ space: 'w1', now: at(3_660_000 + 600_000), frozen: true })
  t.equal(layoutLanes(model, 60_000).lanes[0]?.left, 1_140_000)
})

t.test('requests at one position are one mark with the worst outcome', async t => {
  const model = modelOf()
  model.open = [session()]
  model.rows.addAll([
    row({ number: 10, session: '1f39…1d93', at: at(10_000) }),
    row({ number: 11, session: '1f39…1d93', at: at(10_001), outcome: 'refused' }),
    row({ number: 12, session: '1f39…1d93', at: at(10_002) }),
    row({ number: 30, session: '1f39…1d93', at: at(50_000) })
  ])
  const marks = layoutLanes(model, undefined).lanes[0]?.marks.map(({ outcome, count, last }) => [
    outcome,
    count,
    last.number
  ])
  t.strictSame(marks, [
    ['refused', 3, 12],
    ['success', 1, 30]
  ])
})

t.test('an ended session ends at its end', async t => {
  const model = modelOf()
  model.ended = [session({ endedAt: at(30_000), cause: 'expired' })]
  const { lanes, now } = layoutLanes(model, undefined)
  t.notOk(lanes[0]?.isOpen)
  t.ok(lanes[0] && lanes[0].to < now && lanes[0].to > lanes[0].from)
})

t.test('the times of the axis are round, and one of them is now', async t => {
  const { ticks } = layoutLanes(modelOf(), 60_000)
  t.strictSame(
    ticks.map(({ at }) => at),
    [-60_000, -50_000, -40_000, -30_000, -20_000, -10_000, 0, 10_000]
  )
})
