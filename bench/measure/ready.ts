import type { Contender } from '../contenders/contender.js'
import type { Node } from '../nodes.js'
import { below } from '../places.js'
import { end } from '../process.js'
import { inTurns, type Rows } from '../rounds.js'
import type { Run } from '../run.js'
import { serve } from '../server.js'

export interface Ready {
  readonly node: Node
  readonly asTheImage: boolean
  /** Milliseconds from the start of the process to its first right answer to a login. */
  readonly rows: Rows<number>
}

/** How long each takes from its start to its first response. */
export const measureReady = async (run: Run, contenders: readonly Contender[], node: Node): Promise<Rows<number>> =>
  inTurns(
    contenders,
    run.starts,
    async contender => {
      const server = await serve(contender, node, await below(run.folder, `ready-${contender.name}`))
      await end(server.child)
      return server.readyAfter
    },
    run.leaveOut('the time to the first response')
  )
