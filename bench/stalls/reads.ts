import type { Answer, Call } from '../request.js'
import { loginCall, sessionCall } from '../session.js'

/** One call to the control API that looks at much. */
export interface LongRead {
  readonly name: string
  readonly call: Call
  /** Milliseconds that it may take; undefined: its answer is too long for a target. */
  readonly most?: number
  /** Milliseconds that the server may stand still meanwhile. */
  readonly mostStall: number
  /** What it looks at is gone after it. */
  readonly empties?: true
}

type Ask = (call: Call) => Promise<Answer>

interface Group {
  readonly what: string
  readonly fill: (ask: Ask) => Promise<void>
  readonly reads: readonly LongRead[]
}

const control = (method: string, path: string, body?: object): Call => ({
  method,
  path: `/__admin${path}`,
  headers: {},
  ...(body && { body: JSON.stringify(body) })
})

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

/** By a snapshot with so many sessions like the first one. */
export const fillSessions =
  (count: number) =>
  async (ask: Ask): Promise<void> => {
    await ask(control('POST', '/reset'))
    await ask(loginCall)
    const { body } = await ask(control('GET', '/snapshot?secrets=true'))
    const snapshot = JSON.parse(body)
    const [product] = snapshot.sessions.products.filter(({ product }: { product: string }) => product === 'cbrain')
    const [first] = product.open
    product.open = Array.from({ length: count }, (_, each) => ({
      ...first,
      number: each + 1,
      token: each.toString(16).padStart(32, '0'),
      login: `login-${each % 1000}`
    }))
    snapshot.sessions.opened = count
    const { status, body: told } = await ask(control('PUT', '/snapshot', snapshot))
    if (status !== 200) throw new Error(`the snapshot was answered with ${status} ${told.slice(0, 200)}`)
  }

const found = { most: 50, mostStall: 20 }

export const reads: readonly Group[] = [
  {
    what: '10,000 rows',
    fill: fillJournal,
    reads: [
      { name: 'find one of 10,000 rows', call: control('POST', '/requests/find', { url: '/session?n=77' }), ...found },
      { name: 'find the newest 100', call: control('POST', '/requests/find', { product: 'cbrain' }), ...found },
      { name: 'count by body', call: control('POST', '/requests/count', { body: '/turn=9/' }), ...found },
      { name: 'list all 10,000 rows', call: control('GET', '/requests?limit=10000'), mostStall: 20 },
      { name: 'verdicts', call: control('GET', '/verdicts'), mostStall: 20 },
      {
        name: 'verify',
        call: control('POST', '/verify', { requests: [{ operation: 'login', count: 2500 }] }),
        ...found
      },
      {
        name: 'verify that fails, with the nearest request',
        call: control('POST', '/verify', { requests: [{ product: 'cbrain', operation: 'logout', status: 201 }] }),
        ...found
      },
      { name: 'snapshot with 10,000 rows', call: control('GET', '/snapshot?secrets=true&rows=true'), mostStall: 20 }
    ]
  },
  {
    what: '500,000 sessions',
    fill: fillSessions(500_000),
    reads: [
      { name: 'list 1,000 of 500,000 sessions', call: control('GET', '/sessions'), mostStall: 50 },
      { name: 'next expiry', call: control('GET', '/clock'), mostStall: 50 },
      { name: 'snapshot', call: control('GET', '/snapshot?secrets=true'), mostStall: 50 },
      {
        name: 'revoke of 500,000 sessions',
        call: control('POST', '/sessions/revoke', {}),
        mostStall: 50,
        empties: true
      }
    ]
  },
  {
    what: '100,000 spaces',
    fill: fillSpaces,
    reads: [
      { name: 'metrics over 100,000 spaces', call: control('GET', '/metrics'), mostStall: 50 },
      { name: 'list of spaces', call: control('GET', '/spaces'), mostStall: 50 }
    ]
  }
]
