import type { FromSchema } from 'json-schema-to-ts'
import { parseDuration } from '../../base/duration.js'
import { durationSchema } from './schema-parts.js'

/** The schema of a state change: the new state, or the new state with a duration, after which the previous one returns. */
export const stateMove = {
  title: 'the word for a state, or { to: Locked, for: 10m }',
  anyOf: [
    { type: 'string', minLength: 1 },
    {
      type: 'object',
      additionalProperties: false,
      required: ['to'],
      properties: {
        to: { type: 'string', minLength: 1, title: 'the word for a state', description: 'The new state.' },
        for: {
          ...durationSchema,
          description: 'Duration by the clock of the space; afterwards the previous state is restored.'
        }
      }
    }
  ]
} as const

export type StateMove = FromSchema<typeof stateMove>

/** The new state, and its duration in milliseconds if it has one. */
export const readMove = (move: StateMove): { readonly to: string; readonly for: number | undefined } =>
  typeof move === 'string'
    ? { to: move, for: undefined }
    : { to: move.to, for: move.for === undefined ? undefined : parseDuration(move.for) }
