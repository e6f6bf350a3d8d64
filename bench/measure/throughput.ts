import type { Contender } from '../contenders/contender.js'
import { runFlow } from '../load/flow.js'
import type { Measured } from '../load/load.js'
import { inTurns, type Rows } from '../rounds.js'
import type { Run } from '../run.js'
import { checkSession, logIn } from '../session.js'
import { beside, type Serving, sessionLoad } from './serving.js'

export interface Throughput {
  readonly connections: number
  readonly rows: Rows<Measured>
}

/** The session call with a live token, at each of these numbers of connections. */
export const measureThroughput = (
  run: Run,
  contenders: readonly Contender[],
  steps: readonly number[]
): Promise<readonly Throughput[]> =>
  beside(run, contenders, 'throughput', async servers => {
    const leaveOut = run.leaveOut('throughput')
    const warm = (server: Serving) => sessionLoad(run, server, { connections: 32, seconds: server.warmUp })
    const left = await warmed(servers, warm, leaveOut)
    const measured: Throughput[] = []
    for (const connections of steps) {
      run.say(`throughput, ${connections} connections`)
      const load = (server: Serving) => sessionLoad(run, server, { connections, seconds: run.seconds })
      measured.push({ connections, rows: await inTurns(left, run.rounds, load, leaveOut) })
    }
    return measured
  })

/** Whole lives of sessions, of 32 clients at once. */
export const measureFlow = (run: Run, contenders: readonly Contender[]): Promise<Rows<Measured>> =>
  beside(run, contenders, 'flow', async servers => {
    const leaveOut = run.leaveOut('flow')
    const live = async (server: Serving, seconds: number) => {
      const measured = await runFlow(server.port, 32, seconds)
      await checkSession(server.port, await logIn(server.port))
      return measured
    }
    const left = await warmed(servers, server => live(server, server.warmUp), leaveOut)
    return inTurns(left, run.rounds, server => live(server, run.seconds), leaveOut)
  })

/** Those that bore the warm-up. */
const warmed = async (
  servers: readonly Serving[],
  warm: (server: Serving) => Promise<Measured>,
  leaveOut: ReturnType<Run['leaveOut']>
): Promise<readonly Serving[]> => {
  const rows = await inTurns(servers, 1, warm, leaveOut)
  return servers.filter(({ name }) => rows.has(name))
}
