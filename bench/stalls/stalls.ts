import { once } from 'node:events'
import { Agent } from 'node:http'
import { join } from 'node:path'
import { sessionMock } from '../contenders/index.js'
import { runningNode } from '../nodes.js'
import { bench } from '../places.js'
import { end, printed } from '../process.js'
import { type Answer, ask, type Call } from '../request.js'
import { type Preload, type Server, serve } from '../server.js'
import { logIn } from '../session.js'
import { type Group, type LongRead, reads } from './reads.js'

/** Milliseconds without an answer after which a read counts as lost. */
const patience = 120_000

/** A snapshot of a million sessions has some 220 MB. */
const settings = ['--body-limit', '1073741824', '--max-spaces', '200000']

const stallsPreload: Preload = ({ args, ...command }) => ({
  ...command,
  args: ['--import', new URL('../servers/stalls.mjs', import.meta.url).href, ...args]
})

/** How long the control API takes for long reads, and how long the server stands still meanwhile: a line for each. */
export const stalls = async (app: string, rounds: number): Promise<string[]> => {
  const lines = [await forkLine(app)]
  for (const group of reads) lines.push(...(await stallsOf(app, group, rounds)))
  return lines
}

/** The lines of one group, on a server of its own. */
export const stallsOf = async (app: string, { what, fill, reads }: Group, rounds: number): Promise<string[]> => {
  const lines: string[] = []
  const server = await serve(sessionMock(app, ...settings), runningNode, app, stallsPreload)
  const agent = new Agent({ keepAlive: true, maxSockets: 32 })
  try {
    process.stderr.write(`${what}\n`)
    await logIn(server.port)
    await fill(call => ask(server.port, call, agent, patience))
    for (const read of reads) {
      process.stderr.write(`  ${read.name}\n`)
      lines.push(await measure(server, read, read.once ? 1 : rounds))
    }
  } finally {
    agent.destroy()
    await end(server.child)
  }
  return lines
}

/** Milliseconds that a fork of a small space may take. */
const mostOfFork = 1

const forkLine = async (app: string): Promise<string> => {
  const args = [join(bench, 'library/forks.mjs'), join(app, 'dist/index.mjs')]
  const time = Number(await printed({ program: runningNode.program, args }, 60_000))
  const isShort = time <= mostOfFork
  return `${isShort ? 'ok' : 'not ok'} - fork of a space with three sessions, as a library: ${time.toFixed(2)} ms (target at most ${mostOfFork} ms)`
}

/** The longest stall in milliseconds of real time and of CPU time of the server's thread, and the CPU time of all its work. */
interface Stall {
  readonly real: number
  readonly cpu: number
  readonly work: number
}

const measure = async (server: Server, read: LongRead, rounds: number): Promise<string> => {
  const times: number[] = []
  const stalled: Stall[] = []
  const asked = (call: Call) => ask(server.port, call, false, patience)
  for (let round = 0; round < rounds; round += 1) {
    await read.before?.(asked)
    await longestStall(server)
    const begun = performance.now()
    await read.run(async call => checked(read, await asked(call)))
    times.push(performance.now() - begun)
    stalled.push(await longestStall(server))
  }
  const medianOf = (key: keyof Stall) => median(stalled.map(stall => stall[key]))
  return lineOf(read, median(times), { real: medianOf('real'), cpu: medianOf('cpu'), work: medianOf('work') })
}

const checked = ({ name }: LongRead, answer: Answer): Answer => {
  const { status, body } = answer
  if (status < 300 || status === 404 || status === 406) return answer
  throw new Error(`${name} was answered with ${status} ${body.slice(0, 200)}`)
}

/** Judged by CPU time, as other work on the machine makes every stall longer. */
const lineOf = ({ name, most, mostStall }: LongRead, time: number, { real, cpu, work }: Stall): string => {
  const isShort = cpu <= mostStall && work <= (most ?? Number.POSITIVE_INFINITY)
  const targets = [...(most === undefined ? [] : [`${most} ms`]), `stalls of ${mostStall} ms`]
  return `${isShort ? 'ok' : 'not ok'} - ${name}: ${work.toFixed(0)} ms of CPU (${time.toFixed(0)} ms by the clock), longest stall ${cpu.toFixed(0)} ms of CPU (${real.toFixed(0)} ms) (target at most ${targets.join(' and ')})`
}

const longestStall = async ({ child }: Server): Promise<Stall> => {
  child.send('stall?')
  const [stall] = await once(child, 'message', { signal: AbortSignal.timeout(60_000) })
  return stall
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
