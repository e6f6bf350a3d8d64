import { type Answer, ask, type Call, control, logIn, loginCall, sessionCall } from './calls.js'
import { sessionMock } from './contenders.js'
import { asked, runningNode, type Server, withServer } from './processes.js'
import { median, verdict } from './rounds.js'

type Ask = (call: Call) => Promise<Answer>

/** A long request to the control API, or several at the same time. */
interface Read {
  readonly name: string
  readonly run: (ask: Ask) => Promise<unknown>
  /** Not measured. */
  readonly before?: ((ask: Ask) => Promise<unknown>) | undefined
}

interface Group {
  readonly what: string
  readonly fill: (ask: Ask) => Promise<unknown>
  readonly reads: readonly Read[]
}

const sending =
  (...parts: Parameters<typeof control>) =>
  (ask: Ask) =>
    ask(control(...parts))

const read = (name: string, method: string, path: string, body?: object, before?: Read['before']): Read => {
  return { name, run: sending(method, path, body), before }
}

let snapshot: string | undefined

const restore = async (ask: Ask): Promise<unknown> => {
  snapshot ??= await sessionsSnapshot(ask, 100_000)
  return ask({ ...control('PUT', '/snapshot'), body: snapshot })
}

/** Four rows for each login. */
const fillJournal = async (ask: Ask): Promise<void> => {
  for (let login = 0; login < 2500; login += 1) {
    const { body } = await ask({ ...loginCall, body: `${loginCall.body}&turn=${login}` })
    const call = sessionCall(/[0-9a-f]{32}/.exec(body)?.[0] ?? '')
    await Promise.all([call, call, { ...call, path: `/session?n=${login}` }].map(ask))
  }
}

/** The requests with which the dashboard begins. */
const paths = ['/', '/requests?limit=1000', '/sessions', '/sessions/ended', '/clock', '/spaces', '/verdicts']
const dashboard: Read = {
  name: 'first load of the dashboard',
  run: ask => Promise.all(paths.map(path => ask(control('GET', path))))
}

const list = sending('GET', '/sessions')
const advance = sending('PUT', '/clock', { action: 'advance', by: '300d' })
const dropFork = sending('DELETE', '/spaces?space=fork')

/** Milliseconds of CPU time for which the server may not handle other requests. */
const limit = 100

const groups: readonly Group[] = [
  {
    what: '10,000 rows',
    fill: fillJournal,
    reads: [
      read('find one row', 'POST', '/requests/find', { url: '/session?n=77' }),
      read('count by body', 'POST', '/requests/count', { body: '/turn=9/' }),
      read('list all rows', 'GET', '/requests?limit=10000'),
      read('verdicts', 'GET', '/verdicts'),
      read('verify', 'POST', '/verify', { requests: [{ operation: 'login', count: 2500 }] }),
      dashboard,
      read('snapshot', 'GET', '/snapshot?secrets=true&rows=true'),
      read('fork', 'POST', '/spaces/default/fork', { to: 'fork', rows: true }, dropFork)
    ]
  },
  {
    what: '100,000 sessions',
    fill: restore,
    reads: [
      { name: 'list 1,000 sessions', run: list },
      dashboard,
      read('snapshot', 'GET', '/snapshot?secrets=true'),
      { name: 'restore', run: restore },
      read('fork', 'POST', '/spaces/default/fork', { to: 'fork' }, dropFork),
      read('revoke', 'POST', '/sessions/revoke', {}, restore),
      { name: 'expiry by the clock', run: ask => advance(ask).then(() => list(ask)), before: restore },
      read('reset', 'POST', '/reset', undefined, restore),
      read('deletion of all spaces', 'DELETE', '/spaces', undefined, restore)
    ]
  }
]

/** The time of long requests to the control API, and the stalls of the server during them. `app` is the built command. */
export const stalls = async (app: string, folder: string, rounds: number): Promise<string[]> => {
  const lines: string[] = []
  const contender = sessionMock(app, '--body-limit', '1073741824')
  for (const group of groups) {
    const measured = (server: Server) => measureGroup(server, group, rounds)
    lines.push(...(await withServer(contender, runningNode, folder, measured, 'stalls.mjs')))
  }
  return lines
}

const measureGroup = async (server: Server, { what, fill, reads }: Group, rounds: number): Promise<string[]> => {
  await logIn(server.port)
  await fill(call => ask(server.port, call, false, 120_000))
  const lines: string[] = []
  for (const read of reads) {
    const [real, cpu, work] = await measureRead(server, read, rounds)
    const stall = `longest stall ${cpu} ms of CPU (${real} ms by the clock, target at most ${limit} ms of CPU)`
    lines.push(verdict(Number(cpu) <= limit, `${what}, ${read.name}: ${work} ms of CPU, ${stall}`))
    process.stderr.write(`${lines.at(-1)}\n`)
  }
  return lines
}

interface Stall {
  readonly real: number
  readonly cpu: number
  /** The CPU time of all work. */
  readonly work: number
}

/** The medians of all rounds. CPU time is judged, since other work on the machine extends the real time. */
const measureRead = async (server: Server, { name, run, before }: Read, rounds: number): Promise<readonly string[]> => {
  const found: Stall[] = []
  const send = (call: Call) => ask(server.port, call, false, 120_000)
  for (let round = 0; round < rounds; round += 1) {
    await before?.(send)
    await asked<Stall>(server)
    await run(async call => {
      const answer = await send(call)
      if (answer.status < 300) return answer
      throw new Error(`${name}: status ${answer.status} ${answer.body.slice(0, 200)}`)
    })
    found.push(await asked<Stall>(server))
  }
  return (['real', 'cpu', 'work'] as const).map(key => median(found.map(each => each[key])).toFixed(0))
}

/** A snapshot with `open` sessions like that of a first login. The server is empty afterwards. */
export const sessionsSnapshot = async (ask: Ask, open: number): Promise<string> => {
  await ask(control('POST', '/reset'))
  await ask(loginCall)
  const { body } = await ask(control('GET', '/snapshot?secrets=true'))
  await ask(control('POST', '/reset'))
  const snapshot = JSON.parse(body)
  const cbrain = snapshot.sessions.products.find(({ product }: { product: string }) => product === 'cbrain')
  const [first] = cbrain.open
  cbrain.open = Array.from({ length: open }, (_, each) => {
    return { ...first, number: each + 1, token: each.toString(16).padStart(32, '0'), login: `login-${each % 1000}` }
  })
  snapshot.sessions.opened = open
  return JSON.stringify(snapshot)
}
