import { Problem } from '../http/problem.js'
import type { Entry } from '../journal/entry.js'
import type { Event } from '../journal/events.js'
import type { ControlRequest } from './endpoint.js'
import { entriesOf } from './entries.js'

/** How many may wait at once. */
const most = 1000

/** Whether `count` matching requests are in the journal within `ms`, counting those that are there already. */
export const waitForCount = (
  ask: ControlRequest,
  matches: (entry: Entry) => boolean,
  count: number,
  ms: number
): Promise<boolean> => {
  let left = count - entriesOf(ask).filter(matches).length
  return waitUntil(
    ask,
    event => {
      const what = event?.payload
      if ((what?.kind === 'request' || what?.kind === 'underway') && matches(what.entry)) left -= 1
      return left <= 0
    },
    ms
  )
}

/**
 * Asks at once and at each event of the space, until the answer is yes or `ms` are over by the real time. Throws a Problem where
 * too many wait.
 */
export const waitUntil = async (
  ask: ControlRequest,
  isTrue: (event?: Event) => boolean,
  ms: number
): Promise<boolean> => {
  const { context, scoped, gone, space } = ask
  if (isTrue()) return true
  if (ms === 0 || gone.aborted) return false
  if (context.waiting.count >= most)
    throw new Problem(503, 'Too many are waiting', `${most} requests wait already; wait for less at once.`)
  context.waiting.count += 1
  const done = new AbortController()
  const stop = () => done.abort()
  let yes = false
  const unlisten = context.events.subscribe(event => {
    if (yes || (scoped && event.space !== space.name)) return
    yes = isTrue(event)
    if (yes) stop()
  })
  gone.addEventListener('abort', stop, { once: true })
  space.stopping.addEventListener('abort', stop, { once: true })
  let unfollow: (() => void) | undefined
  try {
    unfollow = await context.replication?.follow(scoped ? space.name : undefined)
    await context.systemClock.sleep(ms, done.signal)
    return yes
  } finally {
    unlisten()
    unfollow?.()
    space.stopping.removeEventListener('abort', stop)
    context.waiting.count -= 1
  }
}
