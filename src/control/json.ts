import type { Answer } from '../http/answer.js'

/** A JSON response. */
export const json = (status: number, value: unknown): Answer => ({
  status,
  headers: { 'Content-Type': 'application/json' },
  body: `${JSON.stringify(value)}\n`
})
