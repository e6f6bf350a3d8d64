import type { Endpoint } from '../../src/control/endpoint.js'
import { json } from '../../src/control/server.js'
import { flag, list, object, text } from './schemas.js'

const health: Endpoint = {
  method: 'GET',
  path: '/health',
  summary: 'Whether it is alive, with its version, how long it has been up, and the scenario that the space lives',
  answers: {
    200: {
      description: 'It is alive.',
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
  summary: 'Whether it takes requests',
  answers: {
    200: { description: 'It takes requests.', schema: readiness },
    503: { description: 'It is about to stop.', schema: readiness }
  },
  open: true,
  run: ({ space }) => (space.stopping.aborted ? json(503, { ready: false }) : { ready: true })
}

const reset: Endpoint = {
  method: 'POST',
  path: '/reset',
  steers: true,
  summary:
    'Puts the space, or all, back to the beginning of its scenario: sessions, clock, counts, state, journal and holds',
  makes: true,
  answers: { 200: { description: 'The names of the spaces that begin anew.', schema: object({ reset: list(text) }) } },
  run: async ({ spaces }) => {
    await Promise.all(spaces.map(space => space.reset()))
    return { reset: spaces.map(({ name }) => name) }
  }
}

export const healthEndpoints = [health, ready, reset]
