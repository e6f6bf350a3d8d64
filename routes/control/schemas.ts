import { durationPattern } from '../../src/base/duration.js'
import { outcomes } from '../../src/journal/rendering.js'
import { filterKeys, timeSchema } from '../../src/journal/search.js'
import { verdictNames } from '../../src/journal/verdicts.js'
import { failureNames } from '../../src/product/failure.js'
import { fidelities } from '../../src/product/product.js'
import { endCauses } from '../../src/session/session-store.js'
import { snapshotSchema } from '../../src/space/snapshot-schema.js'

export { timeSchema }

export const durationSchema = {
  type: 'string',
  pattern: durationPattern,
  title: 'a duration such as 200ms, 2s or 1h30m'
} as const

/** A number as a query parameter, which is a text. */
export const numberParameter = { type: 'string', pattern: '^\\d{1,9}$', title: 'a whole number' } as const

/** An object with required and optional members. */
export const object = (required: Members, optional: Members = {}) => ({
  type: 'object' as const,
  additionalProperties: false as const,
  required: Object.keys(required),
  properties: { ...required, ...optional }
})

type Members = Readonly<Record<string, object>>

export const list = (items: object) => ({ type: 'array' as const, items })

export const text = { type: 'string' } as const
export const flag = { type: 'boolean' } as const
/** A whole number from 0. */
export const natural = { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER } as const
/** A whole number from 1. */
export const positive = { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER } as const
/** A time in a response. */
const instant = { type: 'string', format: 'date-time' } as const
/** An object of texts: headers, or the session data of a product. */
const texts = { type: 'object', additionalProperties: text } as const
const shortToken = {
  ...text,
  description: 'Abbreviated, such as 1f39…1d93, unless the server shows secrets.'
} as const

/** An error in a scenario; file and place as far as they are known. */
export const mistakeSchema = object({ message: text }, { file: text, line: positive, column: positive, path: text })

/** The scenario of a space, and the errors of one. */
const scenarioSchemas = {
  Scenario: object(
    {
      space: text,
      title: text,
      state: text,
      rules: list(
        object(
          {
            number: positive,
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
  Mistake: object({ file: text, line: positive, column: positive, path: text, message: text })
} as const

const opened = {
  ...natural,
  description: 'Its number among the sessions of its account, in the order of opening; absent if unknown.'
}

/** Open and ended sessions. */
const sessionSchemas = {
  Session: object(
    {
      space: text,
      product: text,
      login: text,
      token: { ...text, description: 'Abbreviated, unless the server shows secrets or this request opened it.' },
      openedAt: { ...instant, description: 'By the clock of the space.' },
      usedAt: instant,
      uses: natural,
      age: { type: 'number', description: 'Seconds since the login.' }
    },
    {
      opened,
      left: {
        type: 'number',
        description: 'Remaining seconds without further use, up to a scheduled end; absent if unlimited.'
      },
      expiresAt: { ...instant, description: 'Time of its end without further use.' },
      scheduled: {
        ...object({ cause: { enum: endCauses }, at: instant }, { by: text }),
        description: 'Its end at a later time, by a rule.'
      },
      data: { ...texts, description: 'Session data of the product, such as a working domain.' }
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
      age: { type: 'number', description: 'Seconds since its login.' },
      endedAt: instant,
      cause: { enum: endCauses }
    },
    { opened, by: { ...text, description: 'Cause of the end, such as request 7.' } }
  ),
  EndedSession: object({ space: text, product: text, login: text, token: shortToken })
} as const

const message = {
  body: { ...text, description: 'As text; long bodies are truncated.' },
  bytes: { ...natural, description: 'Size of the body as it was sent.' }
}

const rows = {
  count: { ...natural, description: 'Number of matches.' },
  dropped: { ...natural, description: 'Number of requests dropped from the journal.' },
  requests: list({ $ref: '#/components/schemas/Row' })
}

/** Requests of the journal. */
const requestSchemas = {
  Row: object(
    {
      number: { ...positive, description: 'Number of the request in its space.' },
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
      request: object({ line: text, headers: texts }, message),
      answer: object({ status: { type: 'integer' }, headers: texts }, message)
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
        ...texts,
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
        request: { ...positive, description: 'Number of the request that ended the session.' },
        login: text,
        idle: { type: 'number', description: 'Idle timeout in milliseconds.' },
        lifetime: { type: 'number', description: 'Maximum lifetime in milliseconds.' }
      }
    ),
    additionalProperties: { type: ['string', 'number'] },
    description: 'Reason of the refusal, as text and fields.'
  },
  Rows: object(rows),
  Waited: object({ enough: { ...flag, description: 'Whether the number was reached in time.' }, ...rows })
} as const

/** A search of the journal. */
const searchSchema = {
  type: 'object',
  title: 'a search',
  additionalProperties: false,
  properties: filterKeys,
  description: 'All given keys must match. A text may be a /regular expression/.'
} as const

/** The named schemas of the OpenAPI description, so that generated clients have named types. */
export const schemas = {
  ...requestSchemas,
  ...sessionSchemas,
  Clock: object(
    { space: text, now: instant, frozen: flag },
    { nextExpiry: { ...instant, description: 'End of the next open session without further use.' } }
  ),
  ...scenarioSchemas,
  Snapshot: snapshotSchema,
  Space: object({
    name: text,
    scenario: text,
    state: text,
    requests: natural,
    sessions: natural,
    now: { ...instant, description: 'Time of its clock.' },
    frozen: flag
  }),
  Hold: object({
    space: text,
    name: text,
    waiting: { ...positive, description: 'Number of held requests.' }
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
        requests: { ...list(positive), description: 'Numbers of the requests of the finding.' },
        words: text
      })
    )
  }),
  Verdicts: object({ passed: flag, verdicts: list({ $ref: '#/components/schemas/Verdict' }) }),
  Product: object({
    name: text,
    title: text,
    base: text,
    login: { ...text, description: 'A login command.' },
    fidelity: { enum: fidelities },
    operations: list(object({ name: text, summary: text, routes: list(object({ method: text, path: text })) }))
  }),
  Search: searchSchema
} as const

type SchemaName = keyof typeof schemas

/** A reference to a named schema. */
export const ref = (name: SchemaName) => ({ $ref: `#/components/schemas/${name}` })
