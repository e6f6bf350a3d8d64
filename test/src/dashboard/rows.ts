import t from 'tap'
import { matchesFilter, type RowFilter, Rows, sessionKeyOf, summaryOf } from '../../../src/dashboard/rows.js'
import { row } from '../../support/dashboard-rows.js'

const everything: RowFilter = { text: '', product: '', outcome: '' }

const keysOf = (rows: Rows): string[] => rows.list.map(({ key }) => key)

t.test('requests are listed in order of arrival, each once', async t => {
  const rows = new Rows()
  for (const number of [2, 1, 3, 2]) rows.add(row({ number }))
  t.strictSame(keysOf(rows), ['default#1', 'default#2', 'default#3'])
  rows.addAll([row({ number: 3 }), row({ number: 0 })])
  t.strictSame(keysOf(rows), ['default#0', 'default#1', 'default#2', 'default#3'])
})

t.test('beyond the limit the oldest requests are dropped and counted', async t => {
  const rows = new Rows(10)
  for (let number = 1; number <= 12; number += 1) rows.add(row({ number }))
  t.equal(rows.list.length, 10)
  t.equal(rows.dropped, 2)
  t.equal(rows.list[0]?.key, 'default#3')
  rows.clear()
  t.equal(rows.dropped, 0)
})

t.test('bodies beyond the limit are dropped, the oldest first', async t => {
  const rows = new Rows(10, 5000)
  const body = 'x'.repeat(2000)
  for (const number of [1, 2]) rows.add(row({ number, request: { line: 'POST /session HTTP/1.1', headers: {}, body } }))
  t.equal(rows.detail('default#1'), undefined)
  t.equal(rows.detail('default#2')?.request.body, body)
  t.equal(rows.list.length, 2)
})

t.test('the requests of one space are cleared without those of another', async t => {
  const rows = new Rows()
  rows.addAll([row({ number: 1 }), row({ number: 1, space: 'w1' })])
  rows.clear('w1')
  t.strictSame(keysOf(rows), ['default#1'])
  t.equal(rows.detail('w1#1'), undefined)
  rows.add(row({ number: 1, space: 'w1' }))
  t.strictSame(keysOf(rows).sort(), ['default#1', 'w1#1'])
})

t.test('a response broken on purpose, or left by the client, has no status', async t => {
  t.equal(summaryOf(row({ status: 401 })).status, '401')
  const broken = summaryOf(row({ fault: 'reset', outcome: 'broken' }))
  t.equal(broken.status, '—')
  t.equal(broken.fault, 'reset')
  t.equal(broken.why, 'the connection was broken: reset')
  t.notOk(matchesFilter({ ...everything, text: '200' })(broken))
  t.ok(matchesFilter({ ...everything, text: 'reset' })(broken))
  t.equal(summaryOf(row({ outcome: 'left' })).status, '—')
})

t.test('requests are found by words of any field, by product and by outcome', async t => {
  const refused = summaryOf(
    row({
      login: 'Bob',
      outcome: 'refused',
      why: { reason: 'wrong-password', words: 'the password of Bob does not match' },
      rules: [{ number: 1, rule: 'busy', sentence: 'on every sixth call: fail' }]
    })
  )
  for (const text of ['BOB login', 'does not match', 'sixth', 'busy', '/session', ''])
    t.ok(matchesFilter({ ...everything, text })(refused), text)
  t.notOk(matchesFilter({ ...everything, text: 'bob nothing' })(refused))
  t.ok(matchesFilter({ ...everything, product: 'acme', outcome: 'refused' })(refused))
  t.notOk(matchesFilter({ ...everything, product: 'other' })(refused))
  t.notOk(matchesFilter({ ...everything, outcome: 'success' })(refused))
})

t.test('a session and its requests have the same key', async t => {
  const { space, product, session } = row({ session: '1f39…1d93' })
  t.equal(sessionKeyOf({ space, product, session }), sessionKeyOf({ space, product, token: '1f39…1d93' }))
})
