import type { FromSchema } from 'json-schema-to-ts'
import { faultNames } from '../http/fault-names.js'
import { failureNames } from '../product/failure.js'
import { count, flag, from1, list, object, span, text, texts, time } from './schema-parts.js'
import { rowSessionSchema } from './session-schema.js'

const headers = {
  type: 'object',
  title: 'headers by name',
  additionalProperties: { title: 'a text, or a list of texts', anyOf: [text, list(text)] }
} as const

const why = {
  type: 'object',
  title: 'a reason',
  required: ['reason'],
  properties: { reason: text, at: time },
  additionalProperties: { type: ['string', 'number'] }
} as const

const session = {
  title: 'a session, or the number of one',
  anyOf: [from1, rowSessionSchema]
} as const

/** A request of the journal with all its properties. */
export const rowSchema = object(
  'a request of the journal',
  {
    number: from1,
    at: time,
    recordedAt: time,
    took: span,
    method: text,
    url: text,
    httpVersion: text,
    headers: list(text, 'Names and values in turn.'),
    answer: object('a response', { status: count, headers }, { always: texts, body: text })
  },
  {
    product: text,
    operation: text,
    isLogin: flag,
    login: text,
    token: text,
    session,
    sessionData: texts,
    body: text,
    fault: { enum: faultNames },
    left: flag,
    pretended: flag,
    rules: list(object('an applied rule', { number: count, title: text, sentence: text })),
    failure: { enum: failureNames },
    why,
    nearest: text
  }
)

export type RowDocument = FromSchema<typeof rowSchema>
