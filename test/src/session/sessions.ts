import assert from 'node:assert/strict'
import fc from 'fast-check'
import t from 'tap'
import { atEndOfTurn } from '../../../src/base/promises.js'
import { Slices } from '../../../src/base/slices.js'
import { type EndCause, type Policy, Session, SessionStore } from '../../../src/session/session-store.js'

const minutes = 60_000
const policy: Policy = {
  idle: 30 * minutes,
  lifetime: Number.POSITIVE_INFINITY,
  renewed: true,
  limit: Number.POSITIVE_INFINITY,
  pinned: false
}

/** A shop whose customers log in with tokens of their own choice, at times that the test names. */
const shop = (habits: Partial<Policy> = {}, remember = 100) => {
  const known: string[] = []
  const forgotten: string[] = []
  const sessions = new SessionStore({
    remember,
    onOpen: ({ token }) => known.push(token),
    onForget: ({ token }) => forgotten.push(token)
  })
  return {
    sessions,
    known,
    forgotten,
    login(token: string, at = 0, login = 'norm', address = 'home') {
      sessions.open(new Session('shop', token, login, address, at, { ...policy, ...habits }), at)
    },
    use: (token: string, at: number, address = 'home') => sessions.touch('shop', token, at, { address }).is,
    logout: (token: string, at: number, address?: string) =>
      sessions.end(
        'shop',
        token,
        { cause: 'logged-out', at, by: 'request 7' },
        address === undefined ? undefined : { address }
      ).is,
    /** Why the token is refused, and since when. */
    end(token: string, at: number) {
      const tokenStatus = sessions.peek('shop', token, at)
      return tokenStatus.is === 'ended' ? tokenStatus.end : tokenStatus.is
    }
  }
}

/** Nothing takes time. */
const unhurried = new Slices(() => 0)

t.test('a session is open until its logout, and stores the cause', async t => {
  const { login, use, logout, end } = shop()
  login('a')
  t.equal(use('a', 1), 'open')
  t.equal(logout('a', 2), 'open')
  t.equal(use('a', 3), 'ended')
  t.equal(logout('a', 4), 'ended')
  t.strictSame(end('a', 5), { cause: 'logged-out', at: 2, by: 'request 7' })
})

t.test('a token that was never issued is distinguished from an ended one', async t => {
  const { use, logout } = shop()
  t.equal(use('a', 0), 'unknown')
  t.equal(logout('a', 0), 'unknown')
})

t.test('a token of one product is invalid for another product', async t => {
  const { login, sessions } = shop()
  login('a')
  t.equal(sessions.peek('bank', 'a', 0).is, 'unknown')
  t.equal(sessions.end('bank', 'a', { cause: 'logged-out', at: 0 }).is, 'unknown')
  t.equal(sessions.peek('shop', 'a', 0).is, 'open')
})

t.test('a session expires after its idle timeout, to the millisecond', async t => {
  const { login, use, end } = shop()
  login('a')
  login('b')
  t.equal(use('a', 30 * minutes - 1), 'open')
  t.equal(use('b', 30 * minutes), 'ended')
  t.strictSame(end('b', 99 * minutes), { cause: 'expired', at: 30 * minutes })
})

t.test('a use renews a session, and a read does not', async t => {
  const { login, use, sessions } = shop()
  login('a')
  t.equal(use('a', 20 * minutes), 'open')
  t.equal(sessions.peek('shop', 'a', 40 * minutes).is, 'open')
  t.equal(use('a', 50 * minutes), 'ended')
})

t.test('without renewal, a session expires its idle timeout after the login', async t => {
  const { login, use } = shop({ renewed: false })
  login('a')
  t.equal(use('a', 20 * minutes), 'open')
  t.equal(use('a', 30 * minutes - 1), 'open')
  t.equal(use('a', 30 * minutes), 'ended')
})

t.test('an absolute lifetime ends a session in use', async t => {
  const { login, use, end } = shop({ lifetime: 60 * minutes })
  login('a')
  for (const at of [20, 40, 59]) t.equal(use('a', at * minutes), 'open')
  t.equal(use('a', 60 * minutes), 'ended')
  t.strictSame(end('a', 61 * minutes), { cause: 'expired', at: 60 * minutes })
})

t.test('an expired session stays expired after later requests', async t => {
  const { login, use, logout, end } = shop()
  login('a')
  t.equal(logout('a', 40 * minutes), 'ended')
  t.equal(use('a', 0), 'ended', 'even if the clock is set back')
  t.match(end('a', 40 * minutes), { cause: 'expired' })
})

t.test('over the limit, a login ends the oldest session of its account only', async t => {
  const { login, use, end } = shop({ limit: 2 })
  login('a', 1)
  login('other', 2, 'tina')
  login('b', 3)
  t.equal(use('a', 4), 'open', 'using a session does not make it younger')
  login('c', 5)
  t.strictSame(end('a', 6), { cause: 'evicted', at: 5, by: 'a limit of 2' })
  t.strictSame(
    ['b', 'c', 'other'].map(token => use(token, 7)),
    ['open', 'open', 'open']
  )
})

t.test('ended sessions do not count for the limit', async t => {
  const { login, logout, use, end } = shop({ limit: 2 })
  login('logged out', 0)
  login('expired', 1)
  logout('logged out', 2)
  login('b', 29 * minutes)
  login('c', 40 * minutes)
  t.match(end('expired', 40 * minutes), { cause: 'expired' })
  t.equal(use('b', 41 * minutes), 'open')
  t.equal(use('c', 41 * minutes), 'open')
})

t.test('an overdue session does not count for the limit, even behind an older one in use', async t => {
  const { login, use, end } = shop({ limit: 3 })
  login('a', 0)
  login('b', 0)
  login('c', 29 * minutes)
  t.equal(use('a', 29 * minutes), 'open')
  login('d', 31 * minutes)
  t.equal(use('a', 31 * minutes), 'open')
  t.match(end('b', 31 * minutes), { cause: 'expired', at: 30 * minutes })
})

t.test('over the limit of all sessions, an overdue one expires instead of being evicted', async t => {
  const evicted: string[] = []
  const sessions = new SessionStore({ remember: 10, most: 5, onEvict: () => evicted.push('one') })
  const login = (token: string, at: number) => sessions.open(new Session('shop', token, token, 'home', at, policy), at)
  for (const token of ['a', 'b', 'c', 'd', 'e']) login(token, 0)
  for (const token of ['c', 'd']) sessions.touch('shop', token, 29 * minutes, { address: 'home' })
  login('f', 31 * minutes)
  const ended = sessions.peek('shop', 'e', 31 * minutes)
  t.match(ended, { is: 'ended', end: { cause: 'expired', at: 30 * minutes } })
  t.strictSame(evicted, [])
})

t.test('ended sessions are kept up to the limit, and the oldest are dropped', async t => {
  const { login, logout, end, known, forgotten } = shop({}, 2)
  for (const token of ['a', 'b', 'c']) login(token)
  for (const token of ['b', 'a', 'c']) logout(token, 1)
  t.strictSame(forgotten, ['b'])
  t.equal(end('b', 2), 'unknown')
  t.match(end('a', 2), { cause: 'logged-out' })
  t.match(end('c', 2), { cause: 'logged-out' })
  t.strictSame(known, ['a', 'b', 'c'])
})

t.test('with a limit of 0, an ended session is unknown', async t => {
  const { login, logout, end } = shop({}, 0)
  login('a')
  t.equal(logout('a', 1), 'open')
  t.equal(end('a', 2), 'unknown')
})

t.test('use from another address ends a pinned session', async t => {
  const { login, use, end } = shop({ pinned: true })
  login('a')
  t.equal(use('a', 1, 'home'), 'open')
  t.equal(use('a', 2, 'cafe'), 'ended')
  t.equal(use('a', 3, 'home'), 'ended')
  t.strictSame(end('a', 4), { cause: 'moved', at: 2, by: 'cafe' })
})

t.test('a logout from another address ends a pinned session too, and is refused', async t => {
  const { login, logout, end } = shop({ pinned: true })
  login('a')
  t.equal(logout('a', 1, 'cafe'), 'ended')
  t.strictSame(end('a', 2), { cause: 'moved', at: 1, by: 'cafe' })
})

t.test('a session that is not pinned can be used from any address', async t => {
  const { login, use, logout } = shop()
  login('a')
  t.equal(use('a', 1, 'cafe'), 'open')
  t.equal(logout('a', 2, 'train'), 'open')
})

t.test('evicting the other sessions keeps the new one and other accounts, and distinguishes expiry', async t => {
  const { login, use, end, sessions } = shop()
  login('expired', 0)
  login('a', 20 * minutes)
  login('b', 20 * minutes)
  login('other', 20 * minutes, 'tina')
  const at = 31 * minutes
  t.equal(sessions.endOthers('shop', 'norm', 'b', { cause: 'evicted', at }), 1)
  t.match(end('expired', at), { cause: 'expired' })
  t.match(end('a', at), { cause: 'evicted' })
  t.equal(use('b', at), 'open')
  t.equal(use('other', at), 'open')
})

t.test('unused sessions are removed', async t => {
  const { login, sessions } = shop({}, 0)
  for (let at = 0; at < 1000; at += 1) login(`t${at}`, at * minutes)
  t.ok(sessions.list(0).length < 100, 'old ones were swept out by the logins of others, not by the looking')
})

t.test('a cleared store has no sessions, open or ended', async t => {
  const { login, logout, end, forgotten, sessions } = shop()
  login('a')
  login('b')
  logout('b', 1)
  const forgetting = sessions.clear(unhurried)
  t.strictSame(sessions.list(2), [])
  t.equal(end('a', 2), 'unknown')
  t.equal(end('b', 2), 'unknown')
  await forgetting
  t.strictSame(forgotten, ['a', 'b'])
})

t.test('the status of tokens equals that of a simple model, for random operations', async t => {
  const token = fc.constantFrom('a', 'b', 'c')
  const deed = fc.oneof(
    fc.record({ do: fc.constant('login' as const), token }),
    fc.record({ do: fc.constant('use' as const), token }),
    fc.record({ do: fc.constant('logout' as const), token }),
    fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 40 * minutes }) })
  )
  fc.assert(
    fc.property(fc.array(deed, { maxLength: 40 }), deeds => {
      const { login, use, logout } = shop({ lifetime: 90 * minutes })
      const model = new Map<string, { opened: number; used: number; cause?: EndCause }>()
      let now = 0
      for (const step of deeds) {
        if (step.do === 'wait') {
          now += step.ms
          continue
        }
        const ours = model.get(step.token)
        if (ours && (now >= ours.used + 30 * minutes || now >= ours.opened + 90 * minutes)) ours.cause ??= 'expired'
        if (step.do === 'login') {
          login(step.token, now)
          model.set(step.token, { opened: now, used: now })
          continue
        }
        const expected = ours === undefined ? 'unknown' : ours.cause ? 'ended' : 'open'
        if ((step.do === 'use' ? use(step.token, now) : logout(step.token, now)) !== expected) return false
        if (!ours) continue
        if (step.do === 'use') ours.used = now
        else ours.cause ??= 'logged-out'
      }
      return true
    })
  )
  t.pass()
})

t.test('a restored store ends the same sessions in the same order as the original', async t => {
  const idle = { ...policy, idle: 100 }
  const begin = () => new SessionStore({ remember: 5, most: 12 })
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat({ max: 30 }), { minLength: 5, maxLength: 60 }),
      fc.array(fc.nat({ max: 30 }), { minLength: 20, maxLength: 60 }),
      async (before, after) => {
        const store = begin()
        let now = 0
        const open = (sessions: SessionStore, token: number) =>
          sessions.open(new Session('shop', `${token}`, `login ${token % 3}`, '*', now, idle), now)
        for (const token of before) {
          now += token
          open(store, token)
        }
        const copy = begin()
        const put = await copy.prepare(await store.snapshot(unhurried), unhurried)
        put()
        const isSame = async () => assert.deepEqual(await copy.snapshot(unhurried), await store.snapshot(unhurried))
        await isSame()
        for (const token of after) {
          now += token
          for (const sessions of [store, copy]) open(sessions, token)
          await isSame()
        }
      }
    ),
    { numRuns: 25 }
  )
  t.pass()
})

t.test('a list in slices has the sessions open at its start', async t => {
  const sessions = new SessionStore({ remember: 2 })
  const open = (token: string, at: number) =>
    sessions.open(new Session('shop', token, 'demo', '*', at, { ...policy, idle: 100 }), at)
  for (const token of ['old', 'one', 'two', 'three', 'four']) open(token, token === 'old' ? 0 : 50)
  // Each slice is over at once, and so something happens between any two sessions.
  let elapsed = 0
  const slices = new Slices(() => (elapsed += 10))
  const listed = sessions.listInSlices(120, slices)
  const steps = [
    () => sessions.end('shop', 'three', { cause: 'logged-out', at: 120 }),
    () => sessions.touch('shop', 'four', 120, { address: '*' }),
    () => open('five', 120),
    () => open('two', 120),
    () => sessions.end('shop', 'one', { cause: 'logged-out', at: 120 }),
    () => sessions.end('shop', 'four', { cause: 'revoked', at: 120 })
  ]
  for (const step of steps) {
    step()
    await new Promise<void>(atEndOfTurn)
  }
  t.strictSame((await listed).map(({ token, openedAt }) => [token, openedAt]).sort(), [
    ['four', 50],
    ['one', 50],
    ['three', 50],
    ['two', 50]
  ])
  t.strictSame(
    sessions.list(120).map(({ token }) => token),
    ['five', 'two']
  )
})

t.test('a snapshot in slices has the state at its start', async t => {
  const action = fc.record({
    do: fc.constantFrom('open' as const, 'touch' as const, 'end' as const, 'clear' as const),
    product: fc.constantFrom('shop', 'bank'),
    token: fc.nat({ max: 8 })
  })
  const actions = fc.array(action, { maxLength: 30 })
  await fc.assert(
    fc.asyncProperty(actions, actions, async (before, after) => {
      const store = new SessionStore({ remember: 3 })
      let now = 0
      const act = ({ do: what, product, token }: (typeof before)[number]) => {
        now += 1
        if (what === 'open')
          store.open(new Session(product, `${token}`, 'demo', '*', now, { ...policy, limit: 3 }), now)
        if (what === 'touch') store.touch(product, `${token}`, now, { address: '*' })
        if (what === 'end') store.end(product, `${token}`, { cause: 'logged-out', at: now })
        if (what === 'clear' && token === 0) void store.clear(unhurried)
      }
      before.forEach(act)
      const expected = await store.snapshot(unhurried)
      let elapsed = 0
      const slices = new Slices(() => (elapsed += 10))
      const taken = store.snapshot(slices)
      for (const each of after) {
        act(each)
        await new Promise<void>(atEndOfTurn)
      }
      assert.deepEqual(await taken, expected)
    }),
    { numRuns: 60 }
  )
  t.pass()
})
