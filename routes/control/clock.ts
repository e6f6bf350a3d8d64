import { parseDuration } from '../../src/base/duration.js'
import { eachInSlices, type Slices } from '../../src/base/in-slices.js'
import type { ControlRequest, Endpoint } from '../../src/control/endpoint.js'
import { slicesOf } from '../../src/control/slices.js'
import { inputProblem, Problem } from '../../src/http/problem.js'
import type { Space } from '../../src/space/space.js'
import { endOfTime } from '../../src/state/clock.js'
import { durationSchema, ref, timeSchema } from './schemas.js'

const told = ({ space }: Pick<ControlRequest, 'space'>) => ({
  space: space.name,
  now: new Date(space.clock.now()).toISOString(),
  frozen: space.clock.frozen
})

const read: Endpoint = {
  method: 'GET',
  path: '/clock',
  changes: 'notices',
  summary: 'Get the time of the clock',
  answers: { 200: { description: 'The time.', schema: ref('Clock') } },
  run: async ask => {
    const nextExpiry = await nextExpiryOf(ask.space, slicesOf(ask))
    return { ...told(ask), ...(nextExpiry === undefined ? {} : { nextExpiry: new Date(nextExpiry).toISOString() }) }
  }
}

/** When the next of the open sessions ends unless it is used, in Unix milliseconds; undefined where none ever does. */
const nextExpiryOf = async ({ sessions, clock }: Space, slices: Slices): Promise<number | undefined> => {
  let next = Number.POSITIVE_INFINITY
  await eachInSlices(await sessions.listInSlices(clock.now(), slices), slices, ({ end, expiresAt }) => {
    if (!end) next = Math.min(next, expiresAt)
  })
  return next <= endOfTime ? Math.ceil(next) : undefined
}

interface Move {
  readonly action: 'freeze' | 'run' | 'set' | 'advance' | 'next-expiry'
  readonly to?: string
  readonly by?: string
}

const move: Endpoint = {
  method: 'PUT',
  path: '/clock',
  changes: 'each',
  steers: true,
  summary: 'Freeze, run, set or advance the clock, also to the next expiry; sessions expire at once',
  makes: true,
  body: {
    type: 'object',
    title: 'what to do with the clock',
    additionalProperties: false,
    required: ['action'],
    properties: {
      action: {
        enum: ['freeze', 'run', 'set', 'advance', 'next-expiry'],
        description: 'next-expiry: to when the next open session ends.'
      },
      to: {
        ...timeSchema,
        description: 'For set: the new time. The past is allowed; ended sessions stay ended.'
      },
      by: { ...durationSchema, description: 'For advance: the duration, forward only.' }
    }
  },
  answers: {
    200: {
      description: 'The new time; of the default space if all were addressed.',
      schema: ref('Clock')
    },
    409: { description: 'No open session ends by time.' }
  },
  run: async ask => {
    const { action, to, by } = ask.body as Move
    const ms = needed(action, to, by)
    if (action === 'next-expiry') return moveToNextExpiry(ask)
    for (const { clock } of ask.spaces) checkGoal(action, goal(action, clock.now(), ms))
    for (const space of ask.spaces) {
      const { clock } = space
      if (action === 'freeze') clock.freeze()
      if (action === 'run') clock.run()
      if (action === 'set' || action === 'advance') clock.set(goal(action, clock.now(), ms))
      ask.context.events.publish(space.name, { kind: 'clock', now: clock.now(), frozen: clock.frozen })
    }
    return told(ask)
  }
}

/** Each space that has a session which will end goes to that moment. Throws a Problem where none has. */
const moveToNextExpiry = async (ask: ControlRequest) => {
  const slices = slicesOf(ask)
  const moved: { readonly space: Space; readonly at: number }[] = []
  for (const space of ask.spaces) {
    if (slices.isOver) await slices.next()
    const at = await nextExpiryOf(space, slices)
    if (at !== undefined) moved.push({ space, at })
  }
  if (moved.length === 0)
    throw new Problem(409, 'No session will expire', 'No session is open that ends by time; log in first.')
  for (const { at } of moved) checkGoal('set', at)
  for (const { space, at } of moved) {
    const { clock, sessions } = space
    clock.set(Math.max(at, clock.now()))
    // Whose time is over is noticed by this, and told.
    await sessions.listInSlices(clock.now(), slices)
    ask.context.events.publish(space.name, { kind: 'clock', now: clock.now(), frozen: clock.frozen })
  }
  return told(ask)
}

const goal = (action: Move['action'], now: number, ms: number): number => {
  if (action === 'set') return ms
  return action === 'advance' ? now + ms : now
}

/** The time or span that an action is about, in milliseconds; what is missing, or there in vain, is said. */
const needed = (action: Move['action'], to: string | undefined, by: string | undefined): number => {
  const say = (at: string, message: string) => inputProblem({ in: 'body', at, message })
  if (action === 'set' && to === undefined)
    throw say('to', 'set needs the time to stand at, such as 2026-01-01T00:00:00Z')
  if (action === 'advance' && by === undefined) throw say('by', 'advance needs a duration, such as 31m')
  if (action !== 'set' && to !== undefined) throw say('to', `${action} takes no time`)
  if (action !== 'advance' && by !== undefined) throw say('by', `${action} takes no duration`)
  return action === 'set' ? Date.parse(to ?? '') : (parseDuration(by ?? '') ?? Number.POSITIVE_INFINITY)
}

/** Headers and bodies have four digits for a year. */
const earliest = Date.parse('0001-01-01T00:00:00Z')
const latest = Date.parse('9999-01-01T00:00:00Z')

const checkGoal = (action: Move['action'], at: number): void => {
  if (action === 'freeze' || action === 'run' || (at >= earliest && at <= latest)) return
  const place = action === 'set' ? 'to' : 'by'
  throw inputProblem({ in: 'body', at: place, message: 'the clock would stand outside of the years 1 to 9998' })
}

export const clockEndpoints = [read, move]
