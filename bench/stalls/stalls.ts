import { once } from 'node:events'
import { Agent } from 'node:http'
import { join } from 'node:path'
import { sessionMock } from '../contenders/index.js'
import { runningNode } from '../nodes.js'
import { bench } from '../places.js'
import { end, printed } from '../process.js'
import { ask } from '../request.js'
import { type Preload, type Server, serve } from '../server.js'
import { logIn } from '../session.js'
import { type LongRead, reads } from './reads.js'

/** Milliseconds without an answer after which a read counts as lost. */
const patience = 120_000

/** A snapshot of half a million sessions has some 150 MB. */
const settings = ['--body-limit', '1073741824', '--max-spaces', '200000']

const stallsPreload: Preload = ({ args, ...command }) => ({
  ...command,
  args: ['--import', new URL('../servers/stalls.mjs', import.meta.url).href, ...args]
})

/** How long the control API takes for long reads, and how long the server stands still meanwhile: a line for each. */
export const stalls = async (app: string, rounds: number): Promise<string[]> => {
  const lines = [await forkLine(app)]
  for (const group of reads) {
    const server = await serve(sessionMock(app, ...settings), runningNode, app, stallsPreload)
    const agent = new Agent({ keepAlive: true, maxSockets: 32 })
    try {
      process.stderr.write(`${group.what}\n`)
      const fill = () => group.fill(call => ask(server.port, call, agent, patience))
      await logIn(server.port)
      await fill()
      for (const read of group.reads) lines.push(await measure(server, read, rounds, fill))
    } finally {
      agent.destroy()
      await end(server.child)
    }
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

const measure = async (server: Server, read: LongRead, rounds: number, fill: () => Promise<void>): Promise<string> => {
  const times: number[] = []
  const stalled: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    if (read.empties && round > 0) await fill()
    await longestStall(server)
    const begun = performance.now()
    const { status, body } = await ask(server.port, read.call, false, patience)
    times.push(performance.now() - begun)
    stalled.push(await longestStall(server))
    if (status >= 300 && status !== 406)
      throw new Error(`${read.name} was answered with ${status} ${body.slice(0, 200)}`)
  }
  return lineOf(read, median(times), median(stalled))
}

const lineOf = ({ name, most, mostStall }: LongRead, time: number, stall: number): string => {
  const isShort = stall <= mostStall && time <= (most ?? Number.POSITIVE_INFINITY)
  const targets = [...(most === undefined ? [] : [`${most} ms`]), `stalls of ${mostStall} ms`]
  return `${isShort ? 'ok' : 'not ok'} - ${name}: ${time.toFixed(0)} ms, longest stall ${stall.toFixed(0)} ms (target at most ${targets.join(' and ')})`
}

const longestStall = async ({ child }: Server): Promise<number> => {
  child.send('stall?')
  const [stall] = await once(child, 'message', { signal: AbortSignal.timeout(60_000) })
  return stall
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
