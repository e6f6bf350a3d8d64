import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { runningNode } from '../nodes.js'
import { bench } from '../places.js'
import { exitCode } from '../process.js'
import type { Run } from '../run.js'

/** How long a grilling took. */
export interface Grilled {
  /** How often the client was run: for each case, and before them without a fault. */
  readonly runs: number
  readonly jobs: number
  /** Milliseconds that the whole command took, and that the clients took together. */
  readonly took: number
  readonly clients: number
}

const jobs = 2
const most = 60

/** Runs `grill` once, with a client of CBRAIN that takes a fifth of a second. */
export const measureGrill = async (run: Run): Promise<Grilled> => {
  const file = join(run.folder, 'grill-times')
  const settings = ['--port', '0', '--max', String(most), '--jobs', String(jobs), '--product', 'cbrain']
  const client = [runningNode.program, join(bench, 'grill/client.mjs'), file]
  const args = [join(run.app, 'dist/main.js'), 'grill', ...settings, '--', ...client]
  const begun = performance.now()
  const code = await exitCode({ program: runningNode.program, args, folder: run.folder }, 300_000)
  const took = performance.now() - begun
  // 5 says that the client has reacted badly to some faults.
  if (code !== 0 && code !== 5) throw new Error(`grill ended with ${code ?? 'a signal'}`)
  const times = (await readFile(file, 'utf8')).trim().split('\n').map(Number)
  return { runs: times.length, jobs, took, clients: times.reduce((sum, each) => sum + each, 0) }
}
