import type { Ask } from '../control/control.js'
import { Problem } from '../problem.js'
import type { Event } from './events.js'
import type { Entry } from './journal.js'

/** How many may wait at once. */
const most = 1000

/** Whether `count` matching requests are in the journal within `ms`, counting those that are there already. */
export const whenEnough = (
  ask: Ask,
  matches: (entry: Entry) => boolean,
  count: number,
  ms: number
): Promise<boolean> => {
  let left = count - ask.spaces.flatMap(({ journal }) => journal.entries()).filter(matches).length
  return whenTrue(
    ask,
    event => {
      const what = event?.what
      if (what?.kind === 'request' && matches(what.entry)) left -= 1
      return left <= 0
    },
    ms
  )
}

/**
 * Asks at once and at each event of the space, until the answer is yes or `ms` are over by the real time. Throws a Problem where
 * too many wait.
 */
export const whenTrue = async (ask: Ask, isTrue: (event?: Event) => boolean, ms: number): Promise<boolean> => {
  const { house, scoped, gone, space } = ask
  if (isTrue()) return true
  if (ms === 0 || gone.aborted) return false
  if (house.waiting.count >= most)
    throw new Problem(503, 'Too many are waiting', `${most} requests wait already; wait for less at once.`)
  house.waiting.count += 1
  const done = new AbortController()
  const stop = () => done.abort()
  let yes = false
  const unlisten = house.events.listen(event => {
    if (yes || (scoped && event.space !== space.name)) return
    yes = isTrue(event)
    if (yes) stop()
  })
  gone.addEventListener('abort', stop, { once: true })
  space.stopping.addEventListener('abort', stop, { once: true })
  try {
    await house.wall.sleep(ms, done.signal)
    return yes
  } finally {
    unlisten()
    space.stopping.removeEventListener('abort', stop)
    house.waiting.count -= 1
  }
}
