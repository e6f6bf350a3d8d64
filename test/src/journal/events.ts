import t from 'tap'
import { type Event, Events } from '../../../src/journal/events.js'

const tick = { kind: 'clock', now: 0, frozen: true } as const

const told = (count: number, capacity?: number): Events => {
  const events = new Events(capacity)
  for (let each = 0; each < count; each += 1) events.publish('default', tick)
  return events
}

const idsSince = (events: Events, id: number) => {
  const { missed, events: after } = events.since(id)
  return { missed, ids: after.map(event => event.id) }
}

t.test('a listener gets all events until it stops', async t => {
  const events = told(2)
  const received: Event[] = []
  const stop = events.subscribe(event => received.push(event))
  events.publish('a', tick)
  t.equal(events.listeners, 1)
  stop()
  events.publish('a', tick)
  t.strictSame(received, [{ id: 3, space: 'a', payload: tick, place: undefined }])
  t.equal(events.listeners, 0)
})

t.test('the last events are kept, and the others counted', async t => {
  t.strictSame(idsSince(told(5, 3), 0), { missed: 2, ids: [3, 4, 5] })
  t.strictSame(idsSince(told(5, 3), 1), { missed: 1, ids: [3, 4, 5] })
  t.strictSame(idsSince(told(5, 3), 2), { missed: 0, ids: [3, 4, 5] })
  t.strictSame(idsSince(told(5, 3), 4), { missed: 0, ids: [5] })
  t.strictSame(idsSince(told(5, 3), 5), { missed: 0, ids: [] })
  t.strictSame(idsSince(told(0, 3), 0), { missed: 0, ids: [] })
  t.strictSame(idsSince(told(3, 3), 0), { missed: 0, ids: [1, 2, 3] })
})

t.test('an unknown event number belongs to an earlier server: all events are new', async t => {
  t.strictSame(idsSince(told(2), 77), { missed: 0, ids: [1, 2] })
})

t.test('a thousand events are kept by default', async t => {
  t.equal(told(1500).since(0).events.length, 1000)
})
