import { Agent } from 'node:http'
import { ask, checkSession, logIn, sessionCall } from './calls.js'
import { asTheImage, peers, references, sessionMock } from './contenders.js'
import { measureRules, measureSessions, measureSpaces } from './grown.js'
import { measureLibrary } from './library.js'
import type { Load, Measured } from './load.js'
import { measureMatrix } from './matrix.js'
import * as memory from './memory.js'
import { type Contender, end, type Node, runningNode, type Server, serve, withServer } from './processes.js'
import { inTurns, type Rows, type Skip } from './rounds.js'

export const parts = [
  'ready',
  'matrix',
  'throughput',
  'rules',
  'spaces',
  'sessions',
  'memory',
  'library',
  'stop'
] as const
export type Part = (typeof parts)[number]

/** What all measurements of a run share. */
export interface Run {
  readonly folder: string
  /** The copy of the built command. */
  readonly app: string
  readonly load: Load
  /** Of all servers for Node.js, unless stated otherwise. */
  readonly node: Node
  /** The Node.js of the image, or the reason why it is not here; the short run does not use it. */
  readonly inImage: Node | string | undefined
  readonly isQuick: boolean
  readonly only: readonly Part[]
  readonly rounds: number
  readonly starts: number
  /** Of each load, and of each warm-up. */
  readonly seconds: number
  readonly warmUp: number
  readonly say: (line: string) => void
  readonly skip: (part: string) => Skip
}

/** Undefined: not wanted, or failed. */
export type Results = Awaited<ReturnType<typeof measure>>

/** Measures the wanted parts one after the other. A part that fails is skipped. */
export const measure = async (run: Run) => {
  const others = run.isQuick ? [] : await installed(run)
  const all = [sessionMock(run.app), ...references, ...others]
  const part = async <Result>(name: Part, work: () => Promise<Result>, isLong = false) => {
    if (!run.only.includes(name) || (isLong && run.isQuick)) return undefined
    run.say(name)
    return work().catch(error => void run.skip(name)('all', error))
  }
  return {
    ready: await part('ready', () => measureReady(run, others)),
    matrix: await part('matrix', () => measureMatrix(run, run.isQuick)),
    throughput: await part('throughput', () => measureThroughput(run, all)),
    grown: [
      ...((await part('rules', () => measureRules(run))) ?? []),
      ...((await part('spaces', () => measureSpaces(run), true)) ?? []),
      ...((await part('sessions', () => measureSessions(run), true)) ?? [])
    ],
    idle: await part('memory', () => memory.measureIdle(run, all)),
    sessionMemory: await part('memory', () => memory.measureSessionMemory(run), true),
    journalMemory: await part('memory', () => memory.measureJournalMemory(run), true),
    journalRows: await part('memory', () => memory.measureJournalRows(run), true),
    library: await part('library', () => measureLibrary(run)),
    stop: await part('stop', () => measureStop(run))
  }
}

const installed = async (run: Run): Promise<readonly Contender[]> => {
  const found: Contender[] = []
  for (const peer of peers)
    await peer.version(run.node).then(
      () => found.push(peer),
      error => run.skip('everything')(peer.name, error)
    )
  return found
}

const measureReady = async (run: Run, others: readonly Contender[]) => {
  // Milliseconds from the start of the process to the first response.
  const rowsOf = (contenders: readonly Contender[], node: Node) =>
    inTurns(contenders, run.starts, contender => readyAfter(run, contender, node), run.skip('ready'))
  const plain = await rowsOf([sessionMock(run.app), ...references], runningNode)
  const here = { node: runningNode, asTheImage: false, rows: plain }
  if (run.inImage === undefined) return [here]
  if (typeof run.inImage === 'string') {
    run.skip('ready')('as in the image', run.inImage)
    return [here]
  }
  const image = asTheImage(run.app)
  // The build of the image starts it once, which fills V8's compile cache.
  await readyAfter(run, image, run.inImage)
  const rows = await rowsOf([image, ...references, ...others], run.inImage)
  return [here, { node: run.inImage, asTheImage: true, rows }]
}

const readyAfter = async (run: Run, contender: Contender, node: Node): Promise<number> => {
  const server = await serve(contender, node, run.folder)
  await end(server.child, 'SIGTERM')
  return server.readyAfter
}

/** Session calls with a valid token. The response is compared byte by byte before and after each load. */
const measureThroughput = async (run: Run, contenders: readonly Contender[]) => {
  const skip = run.skip('throughput')
  const servers: (Server & { readonly token: string; readonly warmUps: number })[] = []
  const loadOn = async ({ port, token }: (typeof servers)[number], connections: number, seconds: number) => {
    await checkSession(port, token)
    const measured = await run.load.run({ port, calls: [sessionCall(token)], connections, seconds })
    await checkSession(port, token)
    return measured
  }
  try {
    for (const contender of contenders)
      await serve(contender, run.node, run.folder).then(
        async server => servers.push({ ...server, token: await logIn(server.port), warmUps: contender.warmUps ?? 1 }),
        error => skip(contender.name, error)
      )
    const warm = await inTurns(servers, 1, each => loadOn(each, 32, run.warmUp * each.warmUps), skip)
    const left = servers.filter(({ name }) => warm.has(name))
    const results: { readonly connections: number; readonly rows: Rows<Measured> }[] = []
    for (const connections of run.isQuick ? [32] : [1, 32, 256]) {
      run.say(`${connections} connections`)
      results.push({
        connections,
        rows: await inTurns(left, run.rounds, each => loadOn(each, connections, run.seconds), skip)
      })
    }
    return results
  } finally {
    await Promise.all(servers.map(({ child }) => end(child)))
  }
}

/** Milliseconds from SIGTERM to the end, with 100 idle keep-alive connections. */
const measureStop = async (run: Run): Promise<readonly number[]> => {
  const contender = sessionMock(run.app)
  const stop = () =>
    withServer(contender, run.node, run.folder, async ({ port, child }) => {
      const agent = new Agent({ keepAlive: true, maxSockets: 100, maxFreeSockets: 100 })
      const call = sessionCall(await logIn(port))
      await Promise.all(Array.from({ length: 100 }, () => ask(port, call, agent)))
      const idle = Object.values(agent.freeSockets).flat().length
      if (idle !== 100) throw new Error(`${idle} connections were idle, not 100`)
      return end(child, 'SIGTERM').finally(() => agent.destroy())
    })
  return (await inTurns([contender], run.rounds, stop, run.skip('stop'))).get(contender.name) ?? []
}
