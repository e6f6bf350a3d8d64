import type { FromSchema, JSONSchema } from 'json-schema-to-ts'
import { keysOf } from '../base/own-keys.js'
import { faultNames } from '../http/fault-names.js'
import { failureNames } from '../product/failure.js'
import { endCauses } from '../session/session-store.js'

type Members = Readonly<Record<string, JSONSchema>>

/** An object with required and optional members. */
const object = <const Required extends Members, const Optional extends Members = Record<never, never>>(
  title: string,
  required: Required,
  optional = {} as Optional
) => ({
  type: 'object' as const,
  title,
  additionalProperties: false as const,
  required: keysOf(required),
  properties: { ...required, ...optional }
})

const list = <const Items extends JSONSchema>(items: Items, description?: string) => ({
  type: 'array' as const,
  items,
  ...(description !== undefined && { description })
})

const text = { type: 'string' } as const
const flag = { type: 'boolean' } as const
const count = { type: 'integer', minimum: 0, maximum: Number.MAX_SAFE_INTEGER } as const
const from1 = { type: 'integer', minimum: 1, maximum: Number.MAX_SAFE_INTEGER } as const
/** A duration in milliseconds, with fractions. */
const span = { type: 'number', minimum: 0 } as const
/** Unix milliseconds in the range of a JavaScript date. */
const time = { type: 'number', minimum: -8.64e15, maximum: 8.64e15 } as const
/** A time in Unix milliseconds; later than all dates for a time that is never reached. */
const end = { type: 'number' } as const
const texts = { type: 'object', additionalProperties: text } as const

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

const openSessionSchema = object('an open session', members, { ...optional, scheduled })
const endedSessionSchema = object('an ended session', { ...members, end: sessionEnd }, { ...optional })

/** A session of a row that the session store has dropped, so that no list of the document has it. */
const rowSessionSchema = object('a session', { product: text, ...members }, { ...optional, end: sessionEnd, scheduled })

export type SessionDocument = FromSchema<typeof rowSessionSchema>
export type PolicyDocument = FromSchema<typeof policy>

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
const rowSchema = object(
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

export const snapshotFormat = 'session-mock snapshot'

/** The version of the format; other versions are refused. */
export const snapshotVersion = 1

const counter = object('a counter', {
  key: text,
  count: { type: 'integer', minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER }
})

const counts = { matched: count, played: count } as const
const until = {
  until: { ...end, description: 'End of a rule with `for`; absent before its first application.' }
} as const

const earliest = Date.parse('0001-01-01T00:00:00Z')
const latest = Date.parse('9999-01-01T00:00:00Z')

/** The state of a space. Times in Unix milliseconds by the clock of the space. */
export const snapshotSchema = {
  ...object(
    'a snapshot',
    {
      format: { const: snapshotFormat },
      version: { const: snapshotVersion, description: 'Version of the format.' },
      tokens: { enum: ['whole', 'hidden'], description: 'hidden: for reading only, it cannot be restored.' },
      space: { ...text, description: 'Space of the snapshot.' },
      savedAt: { ...text, description: 'Real time of the snapshot, ISO 8601.' },
      scenario: {
        ...object('a scenario', { name: { type: 'string', pattern: '^\\P{C}{1,4096}$' }, text }),
        description: 'Text of the scenario, and its file.'
      },
      clock: object('a clock', {
        now: { type: 'number', minimum: earliest, maximum: latest, title: 'a time of the years 1 to 9998' },
        ahead: { type: 'number', description: 'Milliseconds by which it was ahead of the real time.' },
        frozen: flag
      }),
      random: {
        ...object('the state of random draws', { root: text }, { counts: list(counter) }),
        description: 'Source of tokens and other draws; used only with a seed.'
      },
      states: {
        ...list(object('a state', { word: text }, { until: time })),
        minItems: 1,
        description: 'The current state, then those to which it returns.'
      },
      counters: list(counter),
      blocked: list(object('a blocked address', { product: text, address: text, until: time })),
      requests: { ...count, description: 'Number of the last request.' },
      inherited: {
        ...object('data of another space', { requests: count, played: list(count) }),
        description: 'Requests and rules that verdicts do not count, since they belong to another space.'
      },
      rules: object('counts of rules', {
        began: time,
        totals: list(object('the counts of a rule', counts, until), 'One for each rule, in order.'),
        byLogin: list(object('the counts of a login', { key: text, ...counts }, until)),
        bySession: list(object('the counts of a session', { session: from1, rule: from1, ...counts }, until))
      }),
      sessions: object('sessions', {
        opened: { ...count, description: 'Number of opened sessions.' },
        products: list(
          object('the sessions of a product', {
            product: text,
            swept: { ...count, description: 'The open session that was last checked for expiry.' },
            open: list(openSessionSchema),
            ended: list(endedSessionSchema)
          })
        )
      }),
      fixed: {
        ...list(object('a fixed session', { product: text, token: text, login: text })),
        description: 'Sessions that accounts have without a login.'
      }
    },
    {
      journal: object('a journal', { dropped: count, rows: list(rowSchema) })
    }
  ),
  description: 'State of a space, without requests in progress.'
} as const

export type SnapshotDocument = FromSchema<typeof snapshotSchema>
