import { UserError } from '../base/errors.js'
import { checkEngine, clearKeys, Engine } from './engine.js'
import type { StoreOptions } from './registry.js'
import { Keys } from './space-log.js'
import { Store } from './store.js'
import { StoreError } from './store-error.js'

/** Time limit of the first connection, in milliseconds. */
const startLimit = 4500

/** Connects to the engine and joins the other replicas. Throws a UserError with the reason, such as other settings. */
export const openStore = async (options: StoreOptions): Promise<Store> => {
  const { address, systemClock, log } = options
  const { shown } = address
  const engine = new Engine({
    ...options,
    onChange: (isUp, reason) => {
      if (isUp) log.info(`the store ${shown} is back`)
      else log.warn(`the store ${shown} is gone: ${reason}; requests are refused as unavailable until it is back`)
    },
    onRefusal: reason => {
      if (reason === undefined) log.info(`the store ${shown} takes inputs again`)
      else log.warn(`the store ${shown} refuses inputs: ${reason}`)
    }
  })
  const keys = new Keys(options.prefix)
  try {
    const deadline = systemClock.elapsed() + startLimit
    await engine.start(startLimit)
    await checkEngine(engine, keys, address.db, deadline - systemClock.elapsed(), systemClock)
    if (options.reset) await clearKeys(engine, keys)
    const store = new Store(engine, keys, options)
    await store.join()
    return store
  } catch (error) {
    engine.close()
    throw error instanceof StoreError ? new UserError(`--store ${shown}: ${error.message}`) : error
  }
}
