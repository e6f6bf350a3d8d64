import { join } from 'node:path'
import { runningNode } from '../nodes.js'
import { bench } from '../places.js'
import { printed } from '../process.js'
import type { Run } from '../run.js'

/** All in milliseconds. */
export interface Library {
  /** The first `start()` of each process, after the import. */
  readonly firstStart: readonly number[]
  readonly laterStart: readonly number[]
  readonly reset: readonly number[]
  /** The first call in a new space, and the same call in the space that is there. */
  readonly newSpace: readonly number[]
  readonly sameSpace: readonly number[]
  /** Over HTTP: a reset, and a call that does nothing. */
  readonly resetByHttp: readonly number[]
  readonly healthByHttp: readonly number[]
}

/** What session-mock takes as a library, in processes of its own on the running Node.js. */
export const measureLibrary = async (run: Run): Promise<Library> => {
  const measured: Library[] = []
  for (let round = 0; round < run.rounds; round++) measured.push(await inProcess(run))
  const all = (of: (each: Library) => readonly number[]) => measured.flatMap(of)
  return {
    firstStart: all(each => each.firstStart),
    laterStart: all(each => each.laterStart),
    reset: all(each => each.reset),
    newSpace: all(each => each.newSpace),
    sameSpace: all(each => each.sameSpace),
    resetByHttp: all(each => each.resetByHttp),
    healthByHttp: all(each => each.healthByHttp)
  }
}

const inProcess = async (run: Run): Promise<Library> => {
  const args = [join(bench, 'library/times.mjs'), join(run.app, 'dist/index.mjs')]
  return JSON.parse(await printed({ program: runningNode.program, args }, 60_000))
}
