import type { FromSchema } from 'json-schema-to-ts'
import { endCauses } from '../session/sessions.js'
import { count, flag, from1, object, span, text, texts, time } from './schema-parts.js'

const policy = {
  ...object(
    'timeouts and limits of a session',
    {},
    {
      idle: { ...span, description: 'Milliseconds since the last use, or the login; absent: unlimited.' },
      lifetime: { ...span, description: 'Milliseconds since the login; absent: unlimited.' },
      renewed: { ...flag, description: 'Use restarts the idle time.' },
      limit: { ...from1, description: 'Sessions per account; absent: any number.' },
      pinned: flag,
      stateless: flag,
      fixed: flag
    }
  )
}

const sessionEnd = object(
  'the end of a session',
  { cause: { enum: endCauses }, at: time },
  { by: text, request: from1 }
)

const optional = {
  ordinal: { ...count, description: 'Its number among the sessions of its account; absent: unknown.' },
  data: texts
} as const

const scheduled = { ...sessionEnd, description: 'Its end at a later time, by a rule.' } as const

const members = {
  number: { ...count, description: 'Its position in the order of opening; 0: opened by a pretended login.' },
  token: text,
  login: text,
  address: text,
  openedAt: time,
  usedAt: time,
  uses: count,
  policy
} as const

export const openSessionSchema = object('an open session', members, { ...optional, scheduled })
export const endedSessionSchema = object('an ended session', { ...members, end: sessionEnd }, { ...optional })

/** A session of a row that the session store has dropped, so that no list of the document has it. */
export const rowSessionSchema = object(
  'a session',
  { product: text, ...members },
  { ...optional, end: sessionEnd, scheduled }
)

export type SessionDocument = FromSchema<typeof rowSessionSchema>
export type PolicyDocument = FromSchema<typeof policy>
