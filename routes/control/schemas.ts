import { durationPattern } from '../../src/base/duration.js'
import { outcomes } from '../../src/journal/rendering.js'
import { filterKeys, timeSchema } from '../../src/journal/search.js'
import { verdictNames } from '../../src/journal/verdicts.js'
import { failureNames } from '../../src/product/failure.js'
import { fidelities } from '../../src/product/product.js'
import { endCauses } from '../../src/session/sessions.js'
import { snapshotSchema } from '../../src/snapshot/schema.js'

export const durationSchema = {
  type: 'string',
  pattern: durationPattern,
  title: 'a duration such as 200ms, 2s or 1h30m'
} as const

export { timeSchema }

/** Query parameters are texts. */
export const numberParameter = { type: 'string', pattern: '^\\d{1,9}$', title: 'a whole number' } as const

/** An object that always has its first members, and may have the others. */
export const object = (required: Members, optional: Members = {}) => ({
  type: 'object' as const,
  additionalProperties: false as const,
  required: Object.keys(required),
  properties: { ...required, ...optional }
})

type Members = Readonly<Record<string, object>>

export const list = (items: object) => ({ type: 'array' as const, items })

/** A schema that the description of the API has by name. */
export const ref = (name: SchemaName) => ({ $ref: `#/components/schemas/${name}` })

export const text = { type: 'string' } as const
export const flag = { type: 'boolean' } as const
export const natural = { type: 'integer', minimum: 0 } as const
const from1 = { type: 'integer', minimum: 1 } as const
/** As all answers write times. */
export const instant = { type: 'string', format: 'date-time' } as const
const seconds = { type: 'number' } as const
const headers = { type: 'object', additionalProperties: text } as const
const memory = headers

const message = { headers, body: { ...text, description: 'As text; long bodies are truncated.' } }

const shortToken = { ...text, description: 'Abbreviated, such as 1f39…1d93, unless the server shows secrets.' }

/** Something wrong with a scenario: where its place cannot be told, only what it is. */
export const mistakeSchema = object({ message: text }, { file: text, line: from1, column: from1, path: text })

const rows = {
  count: { ...natural, description: 'Number of matches.' },
  dropped: { ...natural, description: 'Number of requests dropped from the journal.' },
  requests: list({ $ref: '#/components/schemas/Row' })
}

/** What an answer has by name in the description, so that a client that is generated from it has types with names. */
export const schemas = {
  Row: object(
    {
      number: { ...from1, description: 'Number of the request in its space.' },
      at: { ...instant, description: 'Arrival by the clock of the space.' },
      wall: { ...instant, description: 'Arrival in real time.' },
      space: text,
      method: text,
      path: text,
      outcome: {
        enum: [...outcomes, 'underway'],
        description:
          'broken: a rule broke the connection. left: the client closed it before the response. unmatched: no product has the path.'
      },
      status: { type: 'integer', description: 'HTTP status of the response.' },
      milliseconds: { type: 'number', minimum: 0, description: 'Time from arrival to response.' },
      rules: {
        type: 'array',
        description: 'Rules applied to the request, in order.',
        items: object({ number: natural, rule: text, sentence: text })
      },
      request: { ...object({ line: text, headers }, { body: message.body }) },
      answer: { ...object({ status: { type: 'integer' }, headers }, { body: message.body }) }
    },
    {
      product: text,
      operation: text,
      login: text,
      token: { ...shortToken, description: `Token of the request. ${shortToken.description}` },
      session: { ...shortToken, description: `Token of the session. ${shortToken.description}` },
      failure: { enum: failureNames, description: 'Product-neutral name of the failure.' },
      why: { $ref: '#/components/schemas/Why' },
      sessionData: {
        ...memory,
        description: 'Session data of the product after this request, such as a working domain.'
      },
      fault: { ...text, description: 'Connection fault of a rule.' },
      nearest: { ...text, description: 'Nearest route of an unmatched request, such as POST /session.' }
    }
  ),
  Why: {
    ...object(
      { reason: { ...text, description: 'Code for programs, such as expired.' }, words: text },
      {
        at: { ...instant, description: 'Time of the cause by the clock of the space.' },
        by: { ...text, description: 'Cause of the end, such as request 7.' },
        request: { ...from1, description: 'Number of the request that ended the session.' },
        login: text,
        idle: { type: 'number', description: 'Idle timeout in milliseconds.' },
        lifetime: { type: 'number', description: 'Maximum lifetime in milliseconds.' }
      }
    ),
    additionalProperties: { type: ['string', 'number'] },
    description: 'Reason of the refusal, as text and fields.'
  },
  Rows: object(rows),
  Waited: object({ enough: { ...flag, description: 'Whether the number was reached in time.' }, ...rows }),
  Session: object(
    {
      space: text,
      product: text,
      login: text,
      token: { ...text, description: 'Abbreviated, unless the server shows secrets or this request opened it.' },
      openedAt: { ...instant, description: 'By the clock of the space.' },
      usedAt: instant,
      uses: natural,
      age: { ...seconds, description: 'Seconds since the login.' }
    },
    {
      left: {
        ...seconds,
        description: 'Remaining seconds without further use; absent if unlimited.'
      },
      expiresAt: instant,
      data: { ...memory, description: 'Session data of the product, such as a working domain.' }
    }
  ),
  PastSession: object(
    {
      space: text,
      product: text,
      login: text,
      token: text,
      openedAt: instant,
      usedAt: instant,
      uses: natural,
      age: { ...seconds, description: 'Seconds since its login.' },
      endedAt: instant,
      cause: { enum: endCauses }
    },
    { by: { ...text, description: 'What ended it, such as request 7.' } }
  ),
  EndedSession: object({ space: text, product: text, login: text, token: shortToken }),
  Clock: object(
    { space: text, now: instant, frozen: flag },
    { nextExpiry: { ...instant, description: 'When the next open session ends unless it is used.' } }
  ),
  Scenario: object(
    {
      space: text,
      title: text,
      state: text,
      rules: list(
        object(
          {
            number: from1,
            rule: { ...text, description: 'Name or number of the rule, with file and line.' },
            sentence: { ...text, description: 'The rule as a sentence, with its count.' },
            matched: natural,
            played: natural
          },
          {
            until: {
              ...timeSchema,
              description:
                'End of a rule with `for` by the clock of the space, after its first match; with `per`, the latest end.'
            }
          }
        )
      )
    },
    {
      stateUntil: { ...timeSchema, description: 'End of a temporary state by the clock of the space.' },
      seed: { type: ['string', 'number'] },
      warnings: { ...list({ $ref: '#/components/schemas/Mistake' }), description: 'Warnings about likely errors.' }
    }
  ),
  Mistake: object({ file: text, line: from1, column: from1, path: text, message: text }),
  Snapshot: snapshotSchema,
  Space: object({ name: text, scenario: text, state: text, requests: natural, sessions: natural }),
  Hold: object({
    space: text,
    name: text,
    waiting: { ...from1, description: 'Number of held requests.' }
  }),
  WaitedHold: object({
    name: text,
    enough: { ...flag, description: 'Whether the number was reached in time.' },
    waiting: { ...natural, description: 'Number of held requests.' }
  }),
  Verdict: object({
    verdict: { enum: Object.keys(verdictNames) },
    description: text,
    passed: flag,
    findings: list(
      object({
        space: text,
        requests: { ...list(from1), description: 'Numbers of the requests of the finding.' },
        words: text
      })
    )
  }),
  Verdicts: object({ passed: flag, verdicts: list({ $ref: '#/components/schemas/Verdict' }) }),
  Product: object({
    name: text,
    title: text,
    base: text,
    login: { ...text, description: 'A command that logs in.' },
    fidelity: { enum: fidelities },
    operations: list(object({ name: text, summary: text, routes: list(object({ method: text, path: text })) }))
  }),
  Search: {
    type: 'object',
    title: 'a search',
    additionalProperties: false,
    properties: filterKeys,
    description: 'Every key that is given must hold. A text may be a /regular expression/.'
  }
} as const

export type SchemaName = keyof typeof schemas
