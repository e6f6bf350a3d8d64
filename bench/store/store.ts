import { availableParallelism } from 'node:os'
import { sessionMock } from '../contenders/index.js'
import { chooseLoad } from '../load/choose.js'
import { runningNode } from '../nodes.js'
import { median, readable } from '../numbers.js'
import { below } from '../places.js'
import { end } from '../process.js'
import { table } from '../report/table.js'
import { type Server, serve } from '../server.js'
import { type Engine, startEngine } from './engine.js'
import { bytesOfSession, opened } from './memory.js'
import { type Loaded, throughputs, type Variant } from './throughput.js'
import { type Trips, tripsAlone } from './trips.js'

/** What a shared store costs beside memory: lines to be printed. `app` is the built command, `folder` where it may write. */
export const store = async (app: string, folder: string, rounds: number): Promise<readonly string[]> => {
  const engine = await startEngine(folder)
  if (!engine) return ['skipped: no valkey-server or redis-server is installed']
  const servers: Server[] = []
  const begin = async (...settings: string[]) => {
    const server = await serve(sessionMock(app, '--body-limit', '1073741824', ...settings), runningNode, app)
    servers.push(server)
    return server.port
  }
  try {
    const [alone, one, other] = [await begin(), await begin('--store', engine.url), await begin('--store', engine.url)]
    return await measured(engine, { alone, one, other }, folder, rounds)
  } finally {
    for (const { child } of servers) await end(child)
    await engine.stop()
  }
}

interface Ports {
  readonly alone: number
  readonly one: number
  readonly other: number
}

const memory = 'memory'
const oneReplica = 'one replica'
const twoReplicas = 'two replicas'

const measured = async (engine: Engine, { alone, one, other }: Ports, folder: string, rounds: number) => {
  process.stderr.write('trips\n')
  const trips = await tripsAlone(engine, one, other)
  process.stderr.write('throughput\n')
  const loads = [
    await chooseLoad(undefined, await loadIn(folder, 1)),
    await chooseLoad(undefined, await loadIn(folder, 2))
  ]
  const variants: readonly Variant[] = [
    { name: memory, ports: [alone] },
    { name: oneReplica, ports: [one] },
    { name: twoReplicas, ports: [one, other] }
  ]
  const found = await throughputs(variants, engine, loads, rounds)
  process.stderr.write('memory\n')
  const bytes = await bytesOfSession(engine, one)
  return [
    `${engine.version}, ${loads[0]?.tool}, 32 connections for each server`,
    '',
    loadTable(found),
    '',
    tripsTable(trips),
    '',
    ...lines(found, bytes)
  ]
}

const loadIn = (folder: string, number: number) => below(folder, `load-${number}`)

const loadTable = (found: ReadonlyMap<string, readonly Loaded[]>): string =>
  table(
    ['', 'requests/s', 'p99, ms', 'round trips per request'],
    [...found].map(([name, rounds]) => [
      name,
      readable(median(rounds.map(({ perSecond }) => perSecond))),
      readable(median(rounds.map(({ p99 }) => p99))),
      name === memory ? '–' : readable(median(rounds.map(({ tripsPerRequest }) => tripsPerRequest)))
    ])
  )

const tripsTable = (trips: readonly Trips[]): string =>
  table(
    ['one client', 'round trips per request'],
    trips.map(({ name, trips }) => [name, trips.toFixed(2)])
  )

/** Two servers, the engine and two load generators. */
const coresOfTwo = 5

const lines = (found: ReadonlyMap<string, readonly Loaded[]>, bytes: number): readonly string[] => {
  const one = ratio(found, oneReplica, memory)
  const two = ratio(found, twoReplicas, oneReplica)
  const cores = availableParallelism()
  return [
    `${one >= 0.25 ? 'ok' : 'not ok'} - one replica: ${one.toFixed(2)} × memory (target at least 0.25)`,
    `${verdictOfTwo(two, cores)} - two replicas: ${two.toFixed(2)} × one (target at least 1.5 with ${coresOfTwo} cores; this machine has ${cores})`,
    `a million sessions in the engine after a checkpoint: ${readable((bytes * 1e6) / 2 ** 20)} MiB (from ${opened.toLocaleString('en-US')}, ${readable(bytes)} bytes each)`
  ]
}

const verdictOfTwo = (value: number, cores: number): string => {
  if (value >= 1.5) return 'ok'
  return cores < coresOfTwo ? 'not judged' : 'not ok'
}

/** The median of the ratios of all rounds. */
const ratio = (found: ReadonlyMap<string, readonly Loaded[]>, name: string, base: string): number => {
  const bases = found.get(base) ?? []
  return median(
    (found.get(name) ?? []).map(({ perSecond }, round) => perSecond / (bases[round]?.perSecond ?? Number.NaN))
  )
}
