import { readFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import { type Call, logIn, loginCall, sessionCall } from './calls.js'
import { sessionMock } from './contenders.js'
import { fillWithSessions } from './grown.js'
import type { Run } from './measure.js'
import { asked, type Contender, type Memory, printed, type Server, withServer } from './processes.js'
import { inTurns, type Rows } from './rounds.js'

/** The resident memory of each, in bytes, a second after its first response. */
export const measureIdle = (run: Run, contenders: readonly Contender[]): Promise<Rows<number>> =>
  inTurns(
    contenders,
    // It hardly varies.
    Math.min(run.rounds, 3),
    contender =>
      withServer(contender, run.node, run.folder, async ({ child }) => {
        await pause(1000)
        return residentMemory(child.pid ?? 0)
      }),
    run.skip('idle memory')
  )

const residentMemory = async (pid: number): Promise<number> => {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB/m.exec(status) ?? []
  // Systems without /proc.
  return 1024 * Number(kilobytes ?? (await printed({ program: 'ps', args: ['-o', 'rss=', '-p', String(pid)] }, 10_000)))
}

/** The memory at two moments, and the sessions or requests until then. */
export interface Growth {
  readonly from: { readonly count: number; readonly memory: Memory }
  readonly to: { readonly count: number; readonly memory: Memory }
}

/** Before and after a million logins. The journal is full before them, and so has no effect. */
export const measureSessionMemory = (run: Run): Promise<Growth> =>
  withMemory(run, [], async server => {
    const few = await fillWithSessions(run, server.port, 20_000)
    const from = { count: few, memory: await asked<Memory>(server) }
    const many = await fillWithSessions(run, server.port, few + 1_000_000)
    return { from, to: { count: many, memory: await asked<Memory>(server) } }
  })

/** Bytes of the heap and beside it, for each session. */
export const bytesOfSession = ({ from, to }: Growth): number => {
  const used = ({ memory }: Growth['from']) => memory.heapUsed + memory.external
  return (used(to) - used(from)) / (to.count - from.count)
}

/** After the first 100,000 session calls, which fill the journal, and after a million. */
export const measureJournalMemory = (run: Run): Promise<Growth> =>
  withMemory(run, [], async server => {
    const calls = [sessionCall(await logIn(server.port))]
    let count = 0
    const callUntil = async (until: number) => {
      while (count < until)
        count += (await run.load.run({ port: server.port, calls, connections: 32, seconds: 1 })).requests
      return { count, memory: await asked<Memory>(server) }
    }
    return { from: await callUntil(100_000), to: await callUntil(1_000_000) }
  })

/** Bytes of the heap for each row of the journal. */
export interface JournalRows {
  /** Of a session call that is sent repeatedly. */
  readonly repeated: number
  /** Of calls with different bodies of 1 KB. */
  readonly withBody: number
}

export const measureJournalRows = async (run: Run): Promise<JournalRows> => ({
  repeated: await bytesOfRow(run, token => [sessionCall(token)]),
  withBody: await bytesOfRow(run, token => notes.map(note => callWithBody(token, note)))
})

/** So many that no row is the same as the one before. */
const notes = Array.from({ length: 100 }, (_, number) => String(number).padStart(1000, 'x'))

/** The login of a client with an open session opens no other one. */
const callWithBody = (token: string, note: string): Call => ({
  ...loginCall,
  headers: { ...loginCall.headers, ...sessionCall(token).headers },
  body: `${loginCall.body}&note=${note}`
})

/** The growth of the heap in a journal with room for all rows. */
const bytesOfRow = (run: Run, callsWith: (token: string) => readonly Call[]): Promise<number> =>
  withMemory(run, ['--journal', '1000000', '--journal-bytes', '1073741824'], async server => {
    const calls = callsWith(await logIn(server.port))
    const load = () => run.load.run({ port: server.port, calls, connections: 32, seconds: 1 })
    await load()
    const before = await asked<Memory>(server)
    const { requests } = await load()
    return ((await asked<Memory>(server)).heapUsed - before.heapUsed) / requests
  })

const withMemory = <Result>(run: Run, settings: readonly string[], work: (server: Server) => Promise<Result>) =>
  withServer(sessionMock(run.app, ...settings), run.node, run.folder, work, 'memory.mjs')
