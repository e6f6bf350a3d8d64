import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { type Entry, ordinaryNotes } from '../../../src/journal/entry.js'
import { renderEntry } from '../../../src/journal/rendering.js'
import { describeEntry } from '../../../src/journal/verdicts.js'
import { createLog } from '../../../src/run/logger.js'
import { createRequestLog } from '../../../src/run/request-log.js'
import { Session } from '../../../src/session/session-store.js'

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string(),
  fc.constantFrom(
    '__proto__',
    'constructor',
    '%',
    '%E0%A4%A',
    '\ud800',
    '"password":"',
    '<token><![CDATA[',
    '=&;:',
    '\0'
  )
)
const time = fc.oneof(fc.double(), fc.constantFrom(8.64e15, 8.64e15 + 1, -8.64e15 - 1, 1e300, Number.NaN, Infinity))
const maybe = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined })

const session = fc.tuple(text, text, text, time).map(([product, token, login, at]) => {
  const policy = { idle: Infinity, lifetime: Number.NaN, renewed: true, limit: 1, pinned: false }
  return new Session(product, token, login, '*', at, policy)
})

const reason = fc.oneof(
  text,
  fc.constantFrom(
    'expired',
    'logged-out',
    'moved',
    'blocked-address',
    'unknown-path',
    'repeated-token',
    'rule',
    'malformed'
  )
)

const why = fc
  .tuple(reason, time, fc.dictionary(text, maybe(fc.oneof(text, time))))
  .map(([reason, at, facts]) => ({ ...facts, reason, at }))

const entries: fc.Arbitrary<Entry> = fc
  .record({
    number: time,
    at: time,
    recordedAt: time,
    took: time,
    space: text,
    product: maybe(text),
    operation: maybe(text),
    login: maybe(text),
    token: maybe(text),
    session: maybe(session),
    method: text,
    url: text,
    httpVersion: text,
    headers: fc.array(text),
    body: maybe(text),
    left: fc.boolean(),
    nearest: maybe(text),
    why: maybe(why),
    rules: fc.array(fc.record({ number: time, title: text, sentence: text }), { maxLength: 2 })
  })
  .chain(entry =>
    fc
      .record({ status: time, headers: fc.dictionary(text, fc.oneof(text, fc.array(text))), body: fc.string() })
      .map(answer => ({ ...ordinaryNotes, ...entry, answer }))
  )

t.test('every entry can be written as JSON, with secrets or without', async t => {
  fc.assert(
    fc.property(entries, fc.boolean(), (entry, secrets) => {
      const row = JSON.parse(JSON.stringify(renderEntry(entry, secrets)))
      assert.match(row.at, /^[+-]?\d{4,6}-\d\d-\d\dT/)
      assert.equal(typeof row.milliseconds, 'number')
      assert.equal(typeof describeEntry(entry), 'string')
    }),
    { numRuns: 100 }
  )
  t.pass()
})

for (const form of ['json', 'pretty'] as const)
  t.test(`every entry has a log line: ${form}`, async t => {
    let written = ''
    const output = {
      write: (text: string) => {
        written += text
      }
    }
    const log = createRequestLog(await createLog({ log: form, logLevel: 'info' }, output, {}))
    fc.assert(
      fc.property(entries, entry => {
        written = ''
        log(entry)
        assert.notEqual(written, '')
      }),
      { numRuns: 100 }
    )
    t.pass()
  })
