import { once } from 'node:events'
import type { Preload, Server } from './server.js'

/** In bytes, after a garbage collection. */
export interface Memory {
  readonly heapUsed: number
  readonly external: number
  readonly rss: number
}

/** Has a server say its memory when it is asked. */
export const memoryPreload: Preload = ({ args, ...command }) => ({
  ...command,
  args: ['--expose-gc', '--import', new URL('./servers/memory.mjs', import.meta.url).href, ...args]
})

/** Collects the garbage of a server that was started with the preload, and reads its memory. */
export const memoryOf = async ({ child }: Server): Promise<Memory> => {
  child.send('memory?')
  const [memory] = await once(child, 'message', { signal: AbortSignal.timeout(60_000) })
  return memory
}
