import type { ServerResponse } from 'node:http'
import {
  type ControlContext,
  type ControlReplication,
  type ControlRequest,
  type Endpoint,
  StreamResponse
} from '../../src/control/endpoint.js'
import { Problem } from '../../src/http/problem.js'
import { type Event, EventCursor, type Events, renderEvent } from '../../src/journal/events.js'

/** Milliseconds between heartbeats, which also detect lost connections. */
const heartbeat = 15_000

const events: Endpoint = {
  method: 'GET',
  path: '/events',
  summary: 'Stream events of requests, sessions, rules, holds, spaces and the clock (Server-Sent Events)',
  answers: {
    200: {
      description: 'The stream. Last-Event-ID resumes it; an event "missed" gives the number of lost events.',
      type: 'text/event-stream',
      schema: { type: 'string' }
    },
    503: { description: 'Too many listeners.' }
  },
  run: async request => {
    const { context } = request
    const { events, waiting, eventListeners: most } = context
    if (events.listeners - waiting.count >= most)
      throw new Problem(503, 'Too many listeners', `${most} clients are listening already; close one of them.`)
    const unfollow = await context.replication?.follow(request.scoped ? request.space.name : undefined)
    return new StreamResponse(response => follow(request, response, unfollow))
  }
}

const follow = (
  { context, scoped, space, headers, gone }: ControlRequest,
  response: ServerResponse,
  unfollow: (() => void) | undefined
): void => {
  const { events, replication, unreadEvents } = context
  const last = String(headers['last-event-id'] ?? '')
  const cursor =
    replication && (EventCursor.read(last) ?? newCursor(context, replication, scoped ? space.name : undefined))
  const sendEvent = (event: Event) => {
    if (response.writableEnded || (scoped && event.space !== space.name)) return
    const text = context.eventTexts.get(event) ?? renderText(event, context.showSecrets)
    context.eventTexts.set(event, text)
    if (event.place) cursor?.advance(event.space, event.place)
    response.write(`id: ${cursor?.id ?? event.id}\n${text}`)
    if (response.writableLength > unreadEvents) response.destroy()
  }
  response.writeHead(200, {
    'Content-Type': 'text/event-stream',
    'Cache-Control': 'no-store',
    // nginx would hold the events back.
    'X-Accel-Buffering': 'no',
    // A client that reconnects detects another server by it, with other event numbers.
    'X-Mock-Started': new Date(replication?.startedAt ?? context.startedAt).toISOString()
  })
  response.write(': session-mock\n\n')
  const resumed = cursor && replication ? resume(cursor, events, replication) : since(last, events)
  if (resumed.missed > 0) response.write(`event: missed\ndata: {"missed":${resumed.missed}}\n\n`)
  resumed.events.forEach(sendEvent)
  const unsubscribe = events.subscribe(sendEvent)
  const stopHeartbeat = context.systemClock.every(heartbeat, () => response.write(':\n\n'))
  const end = () => response.end()
  if (space.stopping.aborted) end()
  space.stopping.addEventListener('abort', end, { once: true })
  gone.addEventListener('abort', () => {
    unsubscribe()
    unfollow?.()
    stopHeartbeat()
    space.stopping.removeEventListener('abort', end)
  })
}

interface Resumed {
  readonly missed: number
  readonly events: readonly Event[]
}

const since = (last: string, events: Events): Resumed =>
  /^\d{1,15}$/.test(last) ? events.since(Number(last)) : { missed: 0, events: [] }

/** The cursor of a new listener: it receives events from now on. */
const newCursor = (
  { events, systemClock }: ControlContext,
  replication: ControlReplication,
  space: string | undefined
): EventCursor => {
  const cursor = new EventCursor(Math.max(systemClock.now(), ...events.kept().map(({ place }) => place?.at ?? 0)))
  if (space !== undefined) cursor.advance(space, { number: replication.eventsOf(space), at: 0 })
  return cursor
}

const resume = (cursor: EventCursor, events: Events, { eventsOf }: ControlReplication): Resumed => {
  const kept = events.kept()
  return { missed: cursor.missed(kept, eventsOf), events: kept.filter(event => cursor.isNew(event)) }
}

const renderText = (event: Event, secrets: boolean): string =>
  `event: ${event.payload.kind}\ndata: ${JSON.stringify({ space: event.space, ...renderEvent(event.payload, secrets) })}\n\n`

const metrics: Endpoint = {
  method: 'GET',
  path: '/metrics',
  summary: 'Metrics for Prometheus',
  answers: { 200: { description: 'The metrics.', type: 'text/plain', schema: { type: 'string' } } },
  run: async ({ context }) => {
    const { type, body } = await context.metrics.text()
    return { status: 200, headers: { 'Content-Type': type }, body }
  }
}

export const liveEndpoints = [events, metrics]
