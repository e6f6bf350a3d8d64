import { availableParallelism } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import { Redis } from 'iovalkey'
import { ask, type Call, control, inSpace, logIn, loginCall, okAnswer, sessionCall } from './calls.js'
import { sessionMock } from './contenders.js'
import { type Load, wrk } from './load.js'
import { begin, below, end, freePort, printed, runningNode, type Server, serve } from './processes.js'
import { inTurns, mebibytes, median, ratio, readable, rethrow, table, verdict } from './rounds.js'
import { sessionsSnapshot } from './stalls.js'

/** Replicas with a shared store, compared with memory. `app` is the built command. */
export const store = async (app: string, folder: string, rounds: number): Promise<readonly string[]> => {
  const program = await installed()
  if (!program) return ['skipped: no valkey-server or redis-server is installed']
  const port = String(await freePort())
  const place = ['--bind', '127.0.0.1', '--port', port, '--dir', await below(folder, 'engine')]
  const child = begin({ program, args: [...place, '--save', '', '--appendonly', 'no'] }, 'ignore')
  const engine = new Redis({
    port: Number(port),
    host: '127.0.0.1',
    retryStrategy: () => 50,
    maxRetriesPerRequest: 100
  })
  // It reconnects until the engine listens.
  engine.on('error', () => undefined)
  const servers: Server[] = []
  try {
    await engine.ping()
    const shared = ['--store', `redis://127.0.0.1:${port}/0`]
    for (const settings of [[], shared, shared]) {
      const contender = sessionMock(app, '--body-limit', '1073741824', ...settings)
      servers.push(await serve(contender, runningNode, folder))
    }
    return await measured(engine, servers, folder, rounds)
  } finally {
    engine.disconnect()
    await Promise.all([...servers.map(({ child }) => end(child)), end(child)])
  }
}

const installed = async (): Promise<string | undefined> => {
  for (const program of ['valkey-server', 'redis-server'])
    if (await printed({ program, args: ['--version'] }, 5000).catch(() => '')) return program
  return undefined
}

const measured = async (engine: Redis, servers: readonly Server[], folder: string, rounds: number) => {
  const [alone = 0, one = 0, other = 0] = servers.map(({ port }) => port)
  const trips = await tripsOfCalls(engine, one, other)
  const loads = [await wrk(await below(folder, 'one')), await wrk(await below(folder, 'two'))]
  const variants = [
    { name: 'memory', ports: [alone] },
    { name: 'one replica', ports: [one] },
    { name: 'two replicas', ports: [one, other] }
  ]
  const load = ({ ports }: (typeof variants)[number]) => loadOn(engine, ports, loads)
  await inTurns(variants, 1, load, rethrow)
  const found = await inTurns(variants, rounds, load, rethrow)
  const bytes = await bytesOfSession(engine, one)
  const cells = [...found].map(([name, rows]) => [
    name,
    ...(['perSecond', 'p99', 'trips'] as const).map(key => readable(median(rows.map(row => row[key]))))
  ])
  const ofMemory = ratio(found, 'memory', ({ perSecond }) => perSecond, 'one replica') ?? Number.NaN
  const ofOne = ratio(found, 'one replica', ({ perSecond }) => perSecond, 'two replicas') ?? Number.NaN
  // Three processes and two load generators.
  const judged = ofOne >= 1.5 || availableParallelism() >= 5
  const ofTwo = `two replicas: ${ofOne.toFixed(2)} × one (target at least 1.5 with 5 cores)`
  return [
    table(['', 'requests/s', 'p99, ms', 'round trips per request'], cells),
    '',
    table(['one client', 'round trips per request'], trips),
    '',
    verdict(ofMemory >= 0.25, `one replica: ${ofMemory.toFixed(2)} × memory (target at least 0.25)`),
    judged ? verdict(ofOne >= 1.5, ofTwo) : `not judged - ${ofTwo}`,
    `a million sessions in the engine: ${readable(mebibytes(bytes * 1e6))} MiB (from 100,000, ${readable(bytes)} bytes each)`
  ]
}

/** Loads servers at the same time, each in a space of its own: the sum of the throughputs, and the higher p99. */
const loadOn = async (engine: Redis, ports: readonly number[], loads: readonly Load[]) => {
  const calls = await Promise.all(ports.map((port, index) => sessionIn(port, `load-${index}`)))
  const before = await tripsOf(engine)
  const each = await Promise.all(
    ports.flatMap((port, index) => {
      const work = { port, calls: calls.slice(index, index + 1), connections: 32, seconds: 4 }
      return loads[index]?.run(work) ?? []
    })
  )
  const sum = (key: 'requests' | 'perSecond') => each.reduce((total, one) => total + one[key], 0)
  const trips = ((await tripsOf(engine)) - before) / sum('requests')
  return { perSecond: sum('perSecond'), p99: Math.max(...each.map(({ p99 }) => p99)), trips }
}

const sessionIn = async (port: number, space: string): Promise<Call> =>
  inSpace(space, sessionCall(await logIn(port, inSpace(space, loginCall))))

/** The commands that the servers have sent to the engine; those of its scripts are not among them. */
const tripsOf = async (engine: Redis): Promise<number> => {
  const stats = await engine.info('commandstats')
  const calls = ['evalsha', 'get', 'set'].map(name => new RegExp(`^cmdstat_${name}:calls=(\\d+)`, 'm').exec(stats)?.[1])
  return calls.reduce((sum, each) => sum + Number(each ?? 0), 0)
}

/** Of one client that waits for each response. */
const tripsOfCalls = async (engine: Redis, one: number, other: number): Promise<readonly string[][]> => {
  const [here, elsewhere] = [sessionCall(await logIn(one)), sessionCall(await logIn(one, inSpace('other', loginCall)))]
  const trips = async (name: string, calls: readonly Call[], ports: readonly number[]) => {
    const before = await tripsOf(engine)
    for (let turn = 0; turn < 500; turn += 1)
      for (const call of calls) await okAnswer(ports[turn % ports.length] ?? 0, call)
    return [name, (((await tripsOf(engine)) - before) / 500).toFixed(2)]
  }
  return [
    await trips('login', [loginCall], [one]),
    await trips('login in another space', [inSpace('other', loginCall)], [one]),
    await trips('session', [here], [one]),
    await trips('session, alternating between two replicas', [here], [one, other]),
    await trips('session of another space, only by its token, alternating', [elsewhere], [one, other])
  ]
}

/** The growth of the engine by 100,000 sessions in a checkpoint, for each session. */
const bytesOfSession = async (engine: Redis, port: number): Promise<number> => {
  const used = async () => Number(/^used_memory:(\d+)/m.exec(await engine.info('memory'))?.[1])
  const before = await used()
  const send = (call: Call) => ask(port, call, false, 120_000)
  const body = await sessionsSnapshot(send, 100_000)
  const { status } = await send({ ...control('PUT', '/snapshot'), body })
  if (status !== 200) throw new Error(`restore: status ${status}`)
  const log = (await engine.keys('*{default}:log'))[0] ?? ''
  // The log is longer than its limit: with the next input a replica stores a checkpoint.
  for (const deadline = performance.now() + 120_000; performance.now() < deadline; await pause(200)) {
    if ((await engine.strlen(log.replace(/log$/, 'checkpoint'))) > 100_000 && (await engine.xlen(log)) < 10)
      return ((await used()) - before) / 100_000
    await send(control('PUT', '/clock', { action: 'advance', by: '1ms' }))
  }
  throw new Error('there was no checkpoint in time')
}
