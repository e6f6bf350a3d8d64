import { readFile } from 'node:fs/promises'
import { setTimeout as pause } from 'node:timers/promises'
import type { Contender } from '../contenders/contender.js'
import { below } from '../places.js'
import { end, printed } from '../process.js'
import { inTurns, type Rows } from '../rounds.js'
import type { Run } from '../run.js'
import { serve } from '../server.js'

/** The resident memory of each a second after its first response, in bytes. */
export const measureIdle = (run: Run, contenders: readonly Contender[]): Promise<Rows<number>> =>
  inTurns(
    contenders,
    Math.min(run.rounds, enough),
    async contender => {
      const { child } = await serve(contender, run.node, await below(run.folder, `idle-${contender.name}`))
      try {
        await pause(1000)
        return await resident(child.pid ?? 0)
      } finally {
        await end(child)
      }
    },
    run.leaveOut('idle memory')
  )

// It hardly varies.
const enough = 3

const resident = async (pid: number): Promise<number> => {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB/m.exec(status) ?? []
  return 1024 * Number(kilobytes ?? (await byPs(pid)))
}

// Where there is no /proc.
const byPs = (pid: number) => printed({ program: 'ps', args: ['-o', 'rss=', '-p', String(pid)] }, 10_000)
