import type { Answer, Call } from '../request.js'
import { loginCall, sessionCall } from '../session.js'
import { sessionsSnapshot } from './sessions-snapshot.js'

export type Ask = (call: Call) => Promise<Answer>

/** A request to the control API that is long, or several at the same time. */
export interface LongRead {
  readonly name: string
  /** What is measured. */
  readonly run: (ask: Ask) => Promise<unknown>
  /** Milliseconds that it may take; undefined: it is too long for a target. */
  readonly most?: number
  /** Milliseconds that the server may stand still meanwhile. */
  readonly mostStall: number
  /** It is measured once, as nothing is left for another round. */
  readonly once?: true
  /** Takes place before each round, and is not measured. */
  readonly before?: (ask: Ask) => Promise<unknown>
}

export interface Group {
  readonly what: string
  readonly fill: (ask: Ask) => Promise<unknown>
  readonly reads: readonly LongRead[]
}

const control = (method: string, path: string, body?: object | string): Call => ({
  method,
  path: `/__admin${path}`,
  headers: {},
  ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) })
})

/** The parts are those of `control`. */
const asking =
  (...parts: Parameters<typeof control>) =>
  (ask: Ask) =>
    ask(control(...parts))

/** What the dashboard asks for before it shows anything. */
const dashboard = ['/', '/requests?limit=1000', '/sessions', '/sessions/ended', '/clock', '/spaces', '/verdicts']

const loadDashboard = (ask: Ask) => Promise.all(dashboard.map(path => ask(control('GET', path))))

/** Sessions of one account, each ended before the next one begins, and used after its end: four rows each. */
const fillWithShortSessions = async (ask: Ask): Promise<void> => {
  for (let login = 0; login < 2500; login += 1) {
    const { body } = await ask(loginCall)
    const session = sessionCall(/[0-9a-f]{32}/.exec(body)?.[0] ?? '')
    for (const call of [session, { ...session, method: 'DELETE' }, session]) await ask(call)
  }
}

/** Each of these requests is one row. */
const fillJournal = async (ask: Ask): Promise<void> => {
  for (let login = 0; login < 2500; login += 1) {
    const { body } = await ask({ ...loginCall, body: `${loginCall.body}&turn=${login}` })
    const token = /[0-9a-f]{32}/.exec(body)?.[0] ?? ''
    await Promise.all(
      [sessionCall(token), sessionCall(token), { ...sessionCall(token), path: `/session?n=${login}` }].map(ask)
    )
  }
}

const fillSpaces = async (ask: Ask): Promise<void> => {
  for (let first = 0; first < 100_000; first += 1000)
    await Promise.all(
      Array.from({ length: 1000 }, (_, each) => ask(control('POST', '/spaces', { name: `space-${first + each}` })))
    )
}

/** How many sessions are open where there are many. */
export const manySessions = 1_000_000

let snapshot: Promise<string> | undefined

/** Goes on from a snapshot with so many sessions. */
const restore = async (ask: Ask, space = 'default'): Promise<unknown> => {
  snapshot ??= sessionsSnapshot(ask, manySessions)
  return ask(control('PUT', `/snapshot?space=${space}`, await snapshot))
}

const empty = asking('POST', '/reset?space=default')
const restoreNamed = (ask: Ask) => restore(ask, 'named')
const dropNamed = asking('DELETE', '/spaces?space=named')

const fork = asking('POST', '/spaces/default/fork', { to: 'fork' })
const forkInto = (to: string) => asking('POST', '/spaces/default/fork', { to })
const dropFork = asking('DELETE', '/spaces?space=fork')
const advance = asking('PUT', '/clock', { action: 'advance', by: '300d' })

const found = { most: 50, mostStall: 20 }
const shown = { mostStall: 20 }
const many = { mostStall: 50 }

export const reads: readonly Group[] = [
  {
    what: '10,000 rows',
    fill: fillJournal,
    reads: [
      { name: 'find one of 10,000 rows', run: asking('POST', '/requests/find', { url: '/session?n=77' }), ...found },
      { name: 'find the newest 100', run: asking('POST', '/requests/find', { product: 'cbrain' }), ...found },
      { name: 'count by body', run: asking('POST', '/requests/count', { body: '/turn=9/' }), ...found },
      { name: 'list all 10,000 rows', run: asking('GET', '/requests?limit=10000'), ...shown },
      { name: 'verdicts', run: asking('GET', '/verdicts'), ...shown },
      {
        name: 'verify',
        run: asking('POST', '/verify', { requests: [{ operation: 'login', count: 2500 }] }),
        ...found
      },
      {
        name: 'verify that fails, with the nearest request',
        run: asking('POST', '/verify', { requests: [{ product: 'cbrain', operation: 'logout', status: 201 }] }),
        ...found
      },
      {
        name: 'verify in order',
        run: asking('POST', '/verify', {
          requests: [{ operation: 'login', count: 2000 }, { operation: 'session' }, { operation: 'login' }],
          order: 'strict'
        }),
        ...found
      },
      { name: 'first load of the dashboard', run: loadDashboard, ...shown },
      { name: 'snapshot with 10,000 rows', run: asking('GET', '/snapshot?secrets=true&rows=true'), ...shown },
      {
        name: 'fork with 10,000 rows',
        run: asking('POST', '/spaces/default/fork', { to: 'fork', rows: true }),
        before: dropFork,
        ...shown
      }
    ]
  },
  {
    what: '10,000 rows of short sessions',
    fill: fillWithShortSessions,
    reads: [
      { name: 'find the newest 100 refusals', run: asking('POST', '/requests/find', { outcome: 'refused' }), ...found },
      { name: 'verdicts on 2,500 short sessions', run: asking('GET', '/verdicts'), ...shown }
    ]
  },
  {
    what: 'a million sessions',
    fill: ask => restore(ask),
    reads: [
      { name: 'list 1,000 of a million sessions', run: asking('GET', '/sessions'), ...many },
      { name: 'next expiry', run: asking('GET', '/clock'), ...many },
      { name: 'first load of the dashboard, a million sessions', run: loadDashboard, ...many },
      { name: 'snapshot of a million sessions', run: asking('GET', '/snapshot?secrets=true'), ...many },
      { name: 'restore of a million sessions, over as many', run: ask => restore(ask), ...many },
      { name: 'fork of a million sessions', run: fork, before: dropFork, ...many },
      {
        name: 'end of a fork of a million sessions',
        run: dropFork,
        before: ask => dropFork(ask).then(() => fork(ask)),
        ...many
      },
      {
        name: 'restore of a million sessions in a named space, over as many',
        run: restoreNamed,
        before: ask => empty(ask).then(() => restoreNamed(ask)),
        ...many
      },
      { name: 'end of a named space with a million sessions', run: dropNamed, before: restoreNamed, ...many },
      {
        name: 'revoke of a million sessions',
        run: asking('POST', '/sessions/revoke', {}),
        before: ask => restore(ask),
        ...many
      },
      {
        name: 'expiry of a million sessions by the clock',
        run: ask => advance(ask).then(() => asking('GET', '/sessions')(ask)),
        before: ask => restore(ask),
        ...many
      },
      { name: 'reset of a million sessions', run: asking('POST', '/reset'), before: ask => restore(ask), ...many },
      {
        name: 'end of all spaces, with two million sessions',
        run: asking('DELETE', '/spaces'),
        before: ask => restore(ask).then(() => forkInto('fork')(ask)),
        ...many
      }
    ]
  },
  {
    what: '100,000 spaces',
    fill: fillSpaces,
    reads: [
      { name: 'metrics over 100,000 spaces', run: asking('GET', '/metrics'), ...many },
      { name: 'list of 100,000 spaces', run: asking('GET', '/spaces'), ...many },
      { name: 'a space that is not among 100,000', run: asking('GET', '/clock?space=spice-99'), ...many },
      { name: 'reset of 100,000 spaces', run: asking('POST', '/reset'), ...many },
      { name: 'end of 100,000 spaces', run: asking('DELETE', '/spaces'), once: true, ...many }
    ]
  }
]
