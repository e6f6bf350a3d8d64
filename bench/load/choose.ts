import { autocannon } from './autocannon.js'
import type { Load } from './load.js'
import { wrk } from './wrk.js'

export const loads = ['wrk', 'autocannon'] as const

/** wrk where it is installed, since it takes less of the machine; else autocannon. Throws where neither is there. */
export const chooseLoad = async (wish: (typeof loads)[number] | undefined, folder: string): Promise<Load> => {
  if (wish === 'wrk') return wrk(folder)
  if (wish === 'autocannon') return autocannon(folder)
  return wrk(folder)
    .catch(() => autocannon(folder))
    .catch(() => {
      throw new Error('There is no load generator: wrk is not on the PATH, and autocannon is not installed here.')
    })
}
