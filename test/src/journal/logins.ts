import fc from 'fast-check'
import t from 'tap'
import { type Entry, ordinaryNotes } from '../../../src/journal/entry.js'
import { AccountLogins, LastLogins, sessionKey } from '../../../src/journal/journal.js'
import { Session } from '../../../src/session/session-store.js'

const policy = { idle: 50, lifetime: Number.POSITIVE_INFINITY, renewed: true, limit: 10, pinned: false }

const entryOf = (number: number, at: number, login?: string, session?: Session): Entry => ({
  ...ordinaryNotes,
  number,
  at,
  recordedAt: at,
  space: 'default',
  product: 'shop',
  operation: 'login',
  login,
  token: undefined,
  session,
  method: 'POST',
  url: '/login',
  httpVersion: '1.1',
  headers: [],
  body: undefined,
  answer: { status: 200, headers: {} },
  took: 1
})

t.test('the earlier open session of an account is the first of all that are open at a login', async () => {
  const step = fc.record({
    token: fc.constantFrom('a', 'b', 'c', 'd'),
    ms: fc.nat({ max: 30 }),
    ends: fc.option(fc.nat({ max: 60 }), { nil: undefined }),
    isSame: fc.boolean(),
    over: fc.option(fc.constantFrom('a', 'b', 'c', 'd'), { nil: undefined })
  })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), steps => {
      const over = new Set<string>()
      const logins = new AccountLogins(over)
      const before: Entry[] = []
      let now = 0
      return steps.every(({ token, ms, ends, isSame, over: gone }, index) => {
        now += ms
        if (gone) over.add(`shop ${gone}`)
        const session = (isSame && before.at(-1)?.session) || new Session('shop', token, 'demo', '*', now, policy)
        if (ends !== undefined) session.end ??= { cause: 'revoked', at: now + ends }
        const entry = entryOf(index + 1, now, 'demo', session)
        const isOpen = ({ end, endsAt }: Session) => (end ? end.at : endsAt) > now
        const expected = before.find(
          each => each.session && each.session !== session && !over.has(sessionKey(each)) && isOpen(each.session)
        )
        before.push(entry)
        return logins.add(entry)?.session === expected?.session
      })
    }),
    { numRuns: 500 }
  )
})

t.test('the last login that may be of the same client is one of its account, or of an unknown one', async () => {
  const login = fc.option(fc.constantFrom('ann', 'Ann', 'bob'), { nil: undefined })
  fc.assert(
    fc.property(fc.array(login, { maxLength: 8 }), login, (logins, refused) => {
      const entries = logins.map((each, index) => entryOf(index + 1, 0, each))
      const isSame = (each: Entry) =>
        each.login === undefined || refused === undefined || each.login.toLowerCase() === refused.toLowerCase()
      return new LastLogins(entries).numberFor(entryOf(99, 0, refused)) === (entries.findLast(isSame)?.number ?? 0)
    })
  )
})
