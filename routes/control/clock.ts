import { parseDuration } from '../../src/base/duration.js'
import { eachInSlices, type Slices } from '../../src/base/slices.js'
import { type ControlRequest, type Endpoint, endpointWithBody } from '../../src/control/endpoint.js'
import { inputProblem, Problem } from '../../src/http/problem.js'
import { endOfTime } from '../../src/session/clock.js'
import type { Space } from '../../src/space/space.js'
import { durationSchema, ref, timeSchema } from './schemas.js'

const renderClock = ({ space }: Pick<ControlRequest, 'space'>) => ({
  space: space.name,
  now: new Date(space.clock.now()).toISOString(),
  frozen: space.clock.frozen
})

const read: Endpoint = {
  method: 'GET',
  path: '/clock',
  changes: 'expiry',
  summary: 'Get the time of the clock',
  answers: { 200: { description: 'The time.', schema: ref('Clock') } },
  run: async request => {
    const nextExpiry = await nextExpiryOf(request.space, request.context.slices)
    return {
      ...renderClock(request),
      ...(nextExpiry === undefined ? {} : { nextExpiry: new Date(nextExpiry).toISOString() })
    }
  }
}

/** The next expiry of an open session without further use, in Unix milliseconds; undefined if none expires. */
const nextExpiryOf = async ({ sessions, clock }: Space, slices: Slices): Promise<number | undefined> => {
  let next = Number.POSITIVE_INFINITY
  await eachInSlices(await sessions.listInSlices(clock.now(), slices), slices, ({ end, endsAt }) => {
    if (!end) next = Math.min(next, endsAt)
  })
  return next <= endOfTime ? Math.ceil(next) : undefined
}

const actions = ['freeze', 'run', 'set', 'advance', 'next-expiry'] as const
type Action = (typeof actions)[number]

const move = endpointWithBody({
  method: 'PUT',
  path: '/clock',
  changes: 'each',
  logged: true,
  summary: 'Freeze, run, set or advance the clock, also to the next expiry; sessions expire immediately',
  createsSpace: true,
  body: {
    type: 'object',
    title: 'what to do with the clock',
    additionalProperties: false,
    required: ['action'],
    properties: {
      action: {
        enum: actions,
        description: 'next-expiry: to the end of the next open session.'
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
    409: { description: 'No open session has a timeout.' }
  },
  check: async request => {
    const { action, to, by } = request.body
    const ms = parseArgument(action, to, by)
    if (action === 'next-expiry') return checkNextExpiry(request)
    for (const { clock } of request.spaces) checkTarget(action, targetOf(action, clock.now(), ms))
  },
  run: async request => {
    const { action, to, by } = request.body
    if (action === 'next-expiry') return moveToNextExpiry(request)
    const ms = parseArgument(action, to, by)
    for (const space of request.spaces) {
      const { clock } = space
      if (action === 'freeze') clock.freeze()
      if (action === 'run') clock.run()
      if (action === 'set') clock.set(ms)
      if (action === 'advance') clock.advance(ms)
      request.context.events.publish(space.name, { kind: 'clock', now: clock.now(), frozen: clock.frozen })
    }
    return renderClock(request)
  }
})

/** Throws a Problem if no session expires. */
const checkNextExpiry = async (request: ControlRequest): Promise<void> => {
  const expiries = await nextExpiries(request, request.context.slices)
  if (expiries.length === 0)
    throw new Problem(409, 'No session will expire', 'No open session has a timeout; log in first.')
  for (const { at } of expiries) checkTarget('set', at)
}

/** The next expiry of each space that has one. */
const nextExpiries = async ({ spaces }: ControlRequest, slices: Slices) => {
  const expiries: { readonly space: Space; readonly at: number }[] = []
  for (const space of spaces) {
    if (slices.isOver) await slices.next()
    const at = await nextExpiryOf(space, slices)
    if (at !== undefined) expiries.push({ space, at })
  }
  return expiries
}

/** Moves the clock of each space with an expiring session to the next expiry. */
const moveToNextExpiry = async (request: ControlRequest) => {
  const { slices } = request.context
  for (const { space, at } of await nextExpiries(request, slices)) {
    const { clock, sessions } = space
    clock.set(Math.max(at, clock.now()))
    // Ends the expired sessions, with their events.
    await sessions.listInSlices(clock.now(), slices)
    request.context.events.publish(space.name, { kind: 'clock', now: clock.now(), frozen: clock.frozen })
  }
  return renderClock(request)
}

const targetOf = (action: Action, now: number, ms: number): number => {
  if (action === 'set') return ms
  return action === 'advance' ? now + ms : now
}

/** The time or duration of an action, in milliseconds. Throws a Problem if it is missing, or if the action takes none. */
const parseArgument = (action: Action, to: string | undefined, by: string | undefined): number => {
  const problem = (at: string, message: string) => inputProblem({ in: 'body', at, message })
  if (action === 'set' && to === undefined) throw problem('to', 'set needs a time, such as 2026-01-01T00:00:00Z')
  if (action === 'advance' && by === undefined) throw problem('by', 'advance needs a duration, such as 31m')
  if (action !== 'set' && to !== undefined) throw problem('to', `${action} takes no time`)
  if (action !== 'advance' && by !== undefined) throw problem('by', `${action} takes no duration`)
  return action === 'set' ? Date.parse(to ?? '') : (parseDuration(by ?? '') ?? Number.POSITIVE_INFINITY)
}

/** Years of four digits, as headers and bodies need them. */
const earliest = Date.parse('0001-01-01T00:00:00Z')
const latest = Date.parse('9999-01-01T00:00:00Z')

const checkTarget = (action: Action, at: number): void => {
  if (action === 'freeze' || action === 'run' || (at >= earliest && at <= latest)) return
  const place = action === 'set' ? 'to' : 'by'
  throw inputProblem({ in: 'body', at: place, message: 'the clock would be outside of the years 1 to 9998' })
}

export const clockEndpoints = [read, move]
