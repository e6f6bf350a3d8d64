import { setImmediate as turn } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')
const collect: () => void = runInNewContext('gc')

/** Bytes of this process after garbage collection, on and off the heap. */
export const retainedBytes = async (): Promise<number> => {
  // Tasks of the current turn and finalizers release memory only in later rounds.
  for (let round = 0; round < 4; round += 1) {
    collect()
    await turn()
  }
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
