import { getOrCreate } from '../base/get-or-create.js'
import { eachInSlices, type Slices, sortInSlices } from '../base/in-slices.js'
import { ProductSessions } from './product-sessions.js'
import type { Session } from './session.js'
import type { SessionsState } from './sessions-state.js'

export interface PrepareOptions {
  /** Maximum number of kept ended sessions per product. */
  readonly remember: number
  /** Called for each session, open or ended. */
  readonly onRestore?: ((session: Session) => void) | undefined
}

/** Adds the sessions of a state to `prepared`, by product, without a stall. */
export const prepareSessions = async (
  { products }: SessionsState,
  prepared: Map<string, ProductSessions>,
  { remember, onRestore }: PrepareOptions,
  slices: Slices
): Promise<void> => {
  for (const { product, swept, open, ended } of products) {
    const sessions = getOrCreate(prepared, product, () => new ProductSessions())
    const keptEnded = remember === 0 ? [] : ended.slice(-remember)
    await eachInSlices(await sortInSlices(open, ({ number }) => number, slices), slices, each => sessions.add(each))
    await eachInSlices(keptEnded, slices, session => sessions.ended.set(session.token, session))
    // In separate passes: two large maps that grow in one slice would double its duration.
    if (onRestore) for (const list of [open, keptEnded]) await eachInSlices(list, slices, onRestore)
    await sessions.walkFrom(swept, slices)
  }
}
