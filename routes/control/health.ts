import type { Endpoint } from '../../src/control/endpoint.js'
import { json } from '../../src/control/server.js'
import { flag, list, object, text } from './schemas.js'

const health: Endpoint = {
  method: 'GET',
  path: '/health',
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
  run: ({ context, space }) => ({
    status: 'ok',
    version: context.version,
    uptime: Math.round(context.systemClock.elapsed() - context.began) / 1000,
    products: context.products.map(({ name }) => name),
    scenario: space.scenario.title,
    state: space.state
  })
}

const readiness = object({ ready: flag })

const ready: Endpoint = {
  method: 'GET',
  path: '/ready',
  summary: 'Readiness for requests',
  answers: {
    200: { description: 'The server accepts requests.', schema: readiness },
    503: { description: 'The server is stopping.', schema: readiness }
  },
  open: true,
  run: ({ space }) => (space.stopping.aborted ? json(503, { ready: false }) : { ready: true })
}

const reset: Endpoint = {
  method: 'POST',
  path: '/reset',
  steers: true,
  summary: 'Reset one space or all: sessions, clock, counters, state, journal and holds',
  makes: true,
  answers: { 200: { description: 'The names of the reset spaces.', schema: object({ reset: list(text) }) } },
  run: async ({ spaces }) => {
    await Promise.all(spaces.map(space => space.reset()))
    return { reset: spaces.map(({ name }) => name) }
  }
}

export const healthEndpoints = [health, ready, reset]
