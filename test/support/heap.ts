import { setImmediate as turn } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** Bytes that live on in this process's heap, and outside of it; what has been let go is collected first. */
export const livingBytes = async (): Promise<number> => {
  // What waits for the end of a turn, or is freed by a finalizer, is still held in the first of them.
  for (let round = 0; round < 4; round += 1) {
    collect()
    await turn()
  }
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
