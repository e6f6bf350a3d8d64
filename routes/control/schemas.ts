import { durationPattern } from '../../src/base/duration.js'
import { outcomes } from '../../src/journal/rendering.js'
import { filterKeys, timeSchema } from '../../src/journal/search.js'
import { verdictNames } from '../../src/journal/verdicts.js'
import { failureNames } from '../../src/product/failure.js'
import { fidelities } from '../../src/product/product.js'

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

const message = { headers, body: { ...text, description: 'As text; of a long one the beginning.' } }

const shortToken = { ...text, description: 'In short, such as 1f39…1d93, unless the server shows secrets.' }

/** What an answer has by name in the description, so that a client that is generated from it has types with names. */
export const schemas = {
  Row: object(
    {
      number: { ...from1, description: 'Its number in its space.' },
      at: { ...instant, description: "When it came, by the space's clock." },
      wall: { ...instant, description: 'The same by the real time.' },
      space: text,
      method: text,
      path: text,
      outcome: {
        enum: outcomes,
        description:
          'broken: a rule broke the answer on its way. left: the client did not wait for it. unmatched: no product has the path.'
      },
      status: { type: 'integer', description: 'The HTTP status of the answer.' },
      milliseconds: { type: 'number', minimum: 0, description: 'From its arrival to its answer.' },
      rules: {
        type: 'array',
        description: 'The rules that played on it, in their order.',
        items: object({ number: natural, rule: text, sentence: text })
      },
      request: { ...object({ line: text, headers }, { body: message.body }) },
      answer: { ...object({ status: { type: 'integer' }, headers }, { body: message.body }) }
    },
    {
      product: text,
      operation: text,
      login: text,
      token: { ...shortToken, description: `The token that it carried. ${shortToken.description}` },
      session: { ...shortToken, description: `The token of the session that it is about. ${shortToken.description}` },
      failure: { enum: failureNames, description: 'The neutral name of what it was refused for.' },
      why: { $ref: '#/components/schemas/Why' },
      sessionData: {
        ...memory,
        description: 'What the product remembers on the session since this request, such as a working domain.'
      },
      fault: { ...text, description: 'How a rule broke the connection.' },
      nearest: { ...text, description: 'Where no operation knew it: the nearest route, such as POST /session.' }
    }
  ),
  Why: {
    ...object(
      { reason: { ...text, description: 'A word for programs, such as expired.' }, words: text },
      {
        at: { ...instant, description: "When the cause took place, by the space's clock." },
        by: { ...text, description: 'What ended the session, such as request 7.' },
        request: { ...from1, description: 'The number of the request that did.' },
        login: text,
        idle: { type: 'number', description: 'Milliseconds of life without use.' },
        lifetime: { type: 'number', description: 'Milliseconds of life in all.' }
      }
    ),
    additionalProperties: { type: ['string', 'number'] },
    description: 'Why it was refused, in words and as fields.'
  },
  Rows: object({
    count: { ...natural, description: 'How many match.' },
    dropped: { ...natural, description: 'How many have left the journal for newer ones.' },
    requests: list({ $ref: '#/components/schemas/Row' })
  }),
  Session: object(
    {
      space: text,
      product: text,
      login: text,
      token: text,
      openedAt: instant,
      usedAt: instant,
      uses: natural,
      age: { ...seconds, description: 'Seconds since its login.' }
    },
    {
      left: {
        ...seconds,
        description: 'Seconds of life that are left to it unless it is used; without end, left out.'
      },
      expiresAt: instant,
      data: { ...memory, description: 'What the product remembers on it, such as a working domain.' }
    }
  ),
  EndedSession: object({ space: text, product: text, login: text, token: shortToken }),
  Clock: object({ space: text, now: instant, frozen: flag }),
  Scenario: object(
    {
      space: text,
      title: text,
      state: text,
      rules: list(
        object(
          {
            number: from1,
            rule: { ...text, description: 'Its name or number, with file and line.' },
            sentence: { ...text, description: 'The whole rule, with how often it has played.' },
            matched: natural,
            played: natural
          },
          {
            until: {
              ...timeSchema,
              description:
                "When a rule with `for` is over, by the space's clock, once it has played; with `per`, for the session or login it ends last for."
            }
          }
        )
      )
    },
    {
      stateUntil: { ...timeSchema, description: "When the state ends by itself, by the space's clock." },
      seed: { type: ['string', 'number'] },
      warnings: { ...list({ $ref: '#/components/schemas/Mistake' }), description: 'What in it may not be meant so.' }
    }
  ),
  Mistake: object({ file: text, line: from1, column: from1, path: text, message: text }),
  Space: object({ name: text, scenario: text, state: text, requests: natural, sessions: natural }),
  Hold: object({ space: text, name: text, waiting: from1 }),
  Verdict: object({
    verdict: { enum: Object.keys(verdictNames) },
    description: text,
    passed: flag,
    findings: list(object({ space: text, requests: list(from1), words: text }))
  }),
  Product: object({
    name: text,
    title: text,
    base: text,
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
