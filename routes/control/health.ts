import type { Endpoint } from '../../src/control/endpoint.js'
import { json } from '../../src/control/input.js'
import { secretsOf } from '../../src/journal/redactor.js'
import { flag, list, object, text } from './schemas.js'

const health: Endpoint = {
  method: 'GET',
  path: '/health',
  stateless: true,
  summary: 'Health, with version, uptime and scenario',
  answers: {
    200: {
      description: 'The server is alive.',
      schema: object({
        status: { const: 'ok' },
        version: text,
        uptime: { type: 'number', minimum: 0, description: 'Seconds.' },
        products: list(text),
        scenario: text,
        state: text
      })
    }
  },
  open: true,
  anyHost: true,
  run: ({ context, space }) => ({
    status: 'ok',
    version: context.version,
    uptime: Math.round(context.systemClock.elapsed() - context.began) / 1000,
    products: context.products.map(({ name }) => name),
    scenario: secretsOf(space.scenario).title,
    state: space.state
  })
}

const readiness = object({ ready: flag }, { reason: text })

const ready: Endpoint = {
  method: 'GET',
  path: '/ready',
  stateless: true,
  summary: 'Readiness for requests',
  answers: {
    200: { description: 'The server accepts requests.', schema: readiness },
    503: {
      description: 'The server is stopping, or its store cannot be reached: then with the reason.',
      schema: readiness
    }
  },
  open: true,
  anyHost: true,
  run: ({ space, context: { replication } }) => {
    if (space.stopping.aborted) return json(503, { ready: false })
    const reason = replication?.trouble
    return reason === undefined ? { ready: true } : json(503, { ready: false, reason })
  }
}

const reset: Endpoint = {
  method: 'POST',
  path: '/reset',
  changes: 'each',
  logged: true,
  summary: 'Reset one space or all: sessions, clock, counters, state, journal and holds',
  createsSpace: true,
  answers: { 200: { description: 'The names of the reset spaces.', schema: object({ reset: list(text) }) } },
  run: async ({ spaces, context }) => {
    await context.spaces.reset(spaces)
    return { reset: spaces.map(({ name }) => name) }
  }
}

export const healthEndpoints = [health, ready, reset]
