import t from 'tap'
import { Holds } from '../../../src/session/holds.js'

/** People that wait at gates, and who of them has gone on. */
const gates = () => {
  const holds = new Holds()
  const through: string[] = []
  const wait = (who: string, gate: string, gone = new AbortController().signal) =>
    holds.wait(gate, gone).then(() => void through.push(who))
  return { holds, through, wait }
}

t.test('waiting requests continue at the release of their name, in order of arrival', async t => {
  const { holds, through, wait } = gates()
  const all = [wait('ann', 'red'), wait('bob', 'blue'), wait('cid', 'red')]
  t.strictSame(holds.list(), [
    { name: 'red', waiting: 2 },
    { name: 'blue', waiting: 1 }
  ])
  t.equal(holds.release('red'), 2)
  await Promise.all([all[0], all[2]])
  t.strictSame(through, ['ann', 'cid'])
  t.strictSame(holds.list(), [{ name: 'blue', waiting: 1 }])
})

t.test('a release applies to waiting requests; later ones wait again', async t => {
  const { holds, through, wait } = gates()
  t.equal(holds.release('red'), 0)
  const late = wait('ann', 'red')
  t.strictSame(holds.list(), [{ name: 'red', waiting: 1 }])
  t.equal(holds.release('red'), 1)
  t.equal(holds.release('red'), 0)
  await late
  t.strictSame(through, ['ann'])
})

t.test('a disconnect ends a wait', async t => {
  const { holds, wait } = gates()
  const [ann, bob] = [new AbortController(), new AbortController()]
  const waiting = [wait('ann', 'red', ann.signal), wait('bob', 'red', bob.signal)]
  ann.abort()
  await waiting[0]
  t.strictSame(holds.list(), [{ name: 'red', waiting: 1 }])
  bob.abort()
  await waiting[1]
  t.strictSame(holds.list(), [])
  t.equal(holds.release('red'), 0)
  await wait('cid', 'red', AbortSignal.abort())
  t.strictSame(holds.list(), [])
})

t.test('all holds can be released together', async t => {
  const { holds, through, wait } = gates()
  const all = [wait('ann', 'red'), wait('bob', 'blue'), wait('cid', '__proto__')]
  holds.releaseAll()
  await Promise.all(all)
  t.strictSame(through, ['ann', 'bob', 'cid'])
  t.strictSame(holds.list(), [])
})

t.test('the number of waiting requests is reported at each change', async t => {
  const told: string[] = []
  const holds = new Holds((name, waiting) => told.push(`${name} ${waiting}`))
  const leaving = new AbortController()
  const all = [holds.wait('red', leaving.signal), holds.wait('red', new AbortController().signal)]
  leaving.abort()
  holds.release('red')
  await Promise.all(all)
  t.strictSame(told, ['red 1', 'red 2', 'red 1', 'red 0'])
})
