import { AbortController } from '../base/node-globals.js'
import { Problem } from '../http/problem.js'
import type { Entry } from '../journal/entry.js'
import type { Event } from '../journal/events.js'
import type { ControlRequest } from './endpoint.js'
import { entriesOf } from './entries.js'

/** Maximum number of waiting requests. */
const most = 1000

/** True if `count` matching requests are in the journal within `ms`, with those already in it. */
export const waitForCount = (
  request: ControlRequest,
  matches: (entry: Entry) => boolean,
  count: number,
  ms: number
): Promise<boolean> => {
  let left = count - entriesOf(request).filter(matches).length
  return waitUntil(
    request,
    event => {
      const payload = event?.payload
      if ((payload?.kind === 'request' || payload?.kind === 'underway') && matches(payload.entry)) left -= 1
      return left <= 0
    },
    ms
  )
}

/**
 * Checks now and at each event of the space, until the result is true or `ms` of real time have passed. Throws a Problem if too
 * many requests wait.
 */
export const waitUntil = async (
  request: ControlRequest,
  isTrue: (event?: Event) => boolean,
  ms: number
): Promise<boolean> => {
  const { context, scoped, gone, space } = request
  if (isTrue()) return true
  if (ms === 0 || gone.aborted) return false
  if (context.waiting.count >= most)
    throw new Problem(
      503,
      'Too many waiting clients',
      `${most} requests are waiting already; reduce the parallel waits.`
    )
  context.waiting.count += 1
  const done = new AbortController()
  const stop = () => done.abort()
  let isReached = false
  const unsubscribe = context.events.subscribe(event => {
    if (isReached || (scoped && event.space !== space.name)) return
    isReached = isTrue(event)
    if (isReached) stop()
  })
  gone.addEventListener('abort', stop, { once: true })
  space.stopping.addEventListener('abort', stop, { once: true })
  let unfollow: (() => void) | undefined
  try {
    unfollow = await context.replication?.follow(scoped ? space.name : undefined)
    await context.systemClock.sleep(ms, done.signal)
    return isReached
  } finally {
    unsubscribe()
    unfollow?.()
    space.stopping.removeEventListener('abort', stop)
    context.waiting.count -= 1
  }
}
