import type { Row, Session } from '../../src/dashboard/page-types.js'

const start = Date.parse('2026-01-01T12:00:00Z')

/** The time of the tests, some milliseconds after their start. */
export const at = (ms: number): string => new Date(start + ms).toISOString()

/** A login at a product, one second for each number, with other members as given. */
export const row = ({ number = 1, ...members }: Partial<Row> = {}): Row => ({
  number,
  at: at(number * 1000),
  wall: at(number * 1000),
  space: 'default',
  product: 'acme',
  operation: 'login',
  login: 'demo',
  method: 'POST',
  path: '/session',
  outcome: 'success',
  status: 200,
  milliseconds: 1,
  rules: [],
  request: { line: 'POST /session HTTP/1.1', headers: {} },
  answer: { status: 200, headers: {} },
  ...members
})

export const session = (members: Partial<Session> = {}): Session => ({
  space: 'default',
  product: 'acme',
  login: 'demo',
  token: '1f39…1d93',
  openedAt: at(0),
  usedAt: at(0),
  uses: 0,
  ...members
})
