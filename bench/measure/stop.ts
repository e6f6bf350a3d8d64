import { Agent } from 'node:http'
import { sessionMock } from '../contenders/index.js'
import { below } from '../places.js'
import { end } from '../process.js'
import { ask } from '../request.js'
import { inTurns } from '../rounds.js'
import type { Run } from '../run.js'
import { serve } from '../server.js'
import { logIn, sessionCall } from '../session.js'

/** Milliseconds from SIGTERM to the end of session-mock, with 100 idle connections that their clients keep. */
export const measureStop = async (run: Run): Promise<readonly number[]> => {
  const contender = sessionMock(run.app)
  const rows = await inTurns([contender], run.rounds, async () => stopped(run), run.leaveOut('stop'))
  return rows.get(contender.name) ?? []
}

const stopped = async (run: Run) => {
  const { port, child } = await serve(sessionMock(run.app), run.node, await below(run.folder, 'stop'))
  const agent = new Agent({ keepAlive: true, maxSockets: 100, maxFreeSockets: 100 })
  try {
    const token = await logIn(port)
    await Promise.all(Array.from({ length: 100 }, () => ask(port, sessionCall(token), agent)))
    const idle = Object.values(agent.freeSockets).flat().length
    if (idle !== 100) throw new Error(`${idle} connections were idle, not 100`)
    return await end(child, 'SIGTERM')
  } finally {
    agent.destroy()
    await end(child)
  }
}
