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

/** Puts the sessions of a state where a store holds them by product, without a stall. */
export const prepareSessions = async (
  { products }: SessionsState,
  prepared: Map<string, ProductSessions>,
  { remember, onRestore }: PrepareOptions,
  slices: Slices
): Promise<void> => {
  for (const { product, swept, open, ended } of products) {
    const sessions = getOrCreate(prepared, product, () => new ProductSessions())
    await eachInSlices(await sortInSlices(open, ({ number }) => number, slices), slices, session => {
      sessions.add(session)
      onRestore?.(session)
    })
    await eachInSlices(remember === 0 ? [] : ended.slice(-remember), slices, session => {
      sessions.ended.set(session.token, session)
      onRestore?.(session)
    })
    await sessions.walkFrom(swept, slices)
  }
}
