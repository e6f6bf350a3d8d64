import type { FromSchema } from 'json-schema-to-ts'
import { rowSchema } from './row-schema.js'
import { count, end, flag, from1, list, object, text, time } from './schema-parts.js'
import { endedSessionSchema, openSessionSchema } from './session-schema.js'

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
