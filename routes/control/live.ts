import type { ServerResponse } from 'node:http'
import { type ControlRequest, type Endpoint, StreamResponse } from '../../src/control/endpoint.js'
import { Problem } from '../../src/http/problem.js'
import { renderEvent } from '../../src/journal/event-rendering.js'
import type { Event } from '../../src/journal/events.js'

/** How many may listen at once. */
const most = 1000
/** Bytes that may lie ready for a listener that does not read; one that is further behind is cut off. */
const mostBehind = 1_048_576
/** Milliseconds after which a listener hears that the stream is alive, and one that has gone in silence is found out. */
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
  run: ask => {
    const { context } = ask
    if (context.events.listeners - context.waiting.count >= most)
      throw new Problem(503, 'Too many are listening', `${most} listen already; close one of them.`)
    return new StreamResponse(response => follow(ask, response))
  }
}

const follow = ({ context, scoped, space, request, gone }: ControlRequest, response: ServerResponse): void => {
  const tell = (event: Event) => {
    if (response.writableEnded || (scoped && event.space !== space.name)) return
    const text = context.written.get(event) ?? written(event, context.showSecrets)
    context.written.set(event, text)
    response.write(text)
    if (response.writableLength > mostBehind) response.destroy()
  }
  response.writeHead(200, {
    'Content-Type': 'text/event-stream',
    'Cache-Control': 'no-store',
    // By it a client that comes back finds out that the numbers of its events were another server's.
    'X-Mock-Started': new Date(context.startedAt).toISOString()
  })
  response.write(': session-mock\n\n')
  const last = String(request.headers['last-event-id'] ?? '')
  if (/^\d{1,15}$/.test(last)) {
    const { missed, events } = context.events.since(Number(last))
    if (missed > 0) response.write(`event: missed\ndata: {"missed":${missed}}\n\n`)
    events.forEach(tell)
  }
  const unlisten = context.events.subscribe(tell)
  const still = context.systemClock.every(heartbeat, () => response.write(':\n\n'))
  const end = () => response.end()
  if (space.stopping.aborted) end()
  space.stopping.addEventListener('abort', end, { once: true })
  gone.addEventListener('abort', () => {
    unlisten()
    still()
    space.stopping.removeEventListener('abort', end)
  })
}

const written = (event: Event, secrets: boolean): string =>
  `id: ${event.id}\nevent: ${event.payload.kind}\ndata: ${JSON.stringify({ space: event.space, ...renderEvent(event.payload, secrets) })}\n\n`

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
