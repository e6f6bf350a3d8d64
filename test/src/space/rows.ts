import t from 'tap'
import { Slices } from '../../../src/base/slices.js'
import type { Entry } from '../../../src/journal/entry.js'
import { Session } from '../../../src/session/session-store.js'
import { createSessionLookup, readRow, rowDocument } from '../../../src/space/row-document.js'

const policy = { idle: 1000, lifetime: Number.POSITIVE_INFINITY, renewed: true, limit: 2, pinned: true }

const sessionOf = (number: number, token: string): Session => {
  const session = new Session('shop', token, 'demo', '10.0.0.9', 5.5, policy)
  session.number = number
  session.usedAt = 7.25
  session.uses = 3
  session.data = { tenant: 'a' }
  session.end = { cause: 'logged-out', at: 9, request: 4 }
  return session
}

const entry: Entry = {
  number: 4,
  at: -1.5,
  recordedAt: 1767268800000,
  space: '',
  product: 'shop',
  operation: 'login',
  isLogin: true,
  login: 'démo \ud800',
  token: 'abc',
  session: sessionOf(2, 'abc'),
  sessionData: { tenant: 'a' },
  method: 'POST',
  url: '/a?b=%00',
  httpVersion: '1.1',
  headers: ['Host', 'a', 'X-Twice', '1', 'X-Twice', '2'],
  body: 'a\u0000b',
  answer: { status: 401, headers: { 'Set-Cookie': ['a=1', 'b=2'], A: 'b' }, always: { Server: 's' }, body: '{}' },
  fault: 'truncate',
  left: true,
  pretended: true,
  rules: [{ number: 1, title: 'rule 1', sentence: 'on login: expire' }],
  failure: 'no-session',
  why: { reason: 'expired', at: 3, now: 4, by: 'rule 1', count: 2 },
  took: 1.234,
  nearest: 'POST /session'
}

const lookupIn = (listed: readonly Session[]) => createSessionLookup(listed, new Slices(() => 0))

const throughJson = async (entry: Entry, isListed = false, listed: readonly Session[] = []): Promise<Entry> =>
  readRow(JSON.parse(JSON.stringify(rowDocument(entry, () => isListed))), await lookupIn(listed))

t.test('a row is restored from JSON unchanged', async t => {
  t.strictSame(await throughJson(entry), entry)
})

t.test('a row with few fields is restored unchanged', async t => {
  const bare: Entry = {
    ...entry,
    product: undefined,
    operation: undefined,
    isLogin: false,
    login: undefined,
    token: undefined,
    session: undefined,
    sessionData: undefined,
    body: undefined,
    answer: { status: 404, headers: {} },
    fault: undefined,
    left: false,
    pretended: false,
    rules: [],
    failure: undefined,
    why: undefined,
    nearest: undefined
  }
  t.strictSame(await throughJson(bare), bare)
})

t.test('the session of a restored row is the same object as in the list', async t => {
  const listed = sessionOf(2, 'abc')
  t.equal((await throughJson(entry, true, [listed])).session, listed)
  t.equal((await throughJson(entry, false, [listed])).session, listed, 'even where the row tells it whole')
})

t.test('a session of several rows is restored once', async t => {
  const lookup = await lookupIn([])
  const [one, other] = [entry, { ...entry, number: 5 }].map(each =>
    readRow(
      rowDocument(each, () => false),
      lookup
    )
  )
  t.ok(one?.session)
  t.equal(one?.session, other?.session)
})

t.test('pretended sessions are separate', async t => {
  const lookup = await lookupIn([])
  const pretended = { ...entry, session: sessionOf(0, '') }
  const [one, other] = [pretended, pretended].map(each =>
    readRow(
      rowDocument(each, () => false),
      lookup
    )
  )
  t.ok(one?.session)
  t.not(one?.session, other?.session)
})

t.test('an unlimited timeout is omitted from a reason in JSON', async t => {
  const why = { reason: 'expired', idle: 1000, lifetime: Number.POSITIVE_INFINITY }
  t.strictSame((await throughJson({ ...entry, why })).why, { reason: 'expired', idle: 1000 })
})
