import { readFileSync } from 'node:fs'
import { messageOf } from '../base/error-message.js'
import { UserError } from '../base/errors.js'
import { keysOf } from '../base/own-keys.js'
import { flagOf, type Settings } from '../config/settings.js'
import type { Product } from '../product/product.js'
import type { Scenario, ScenarioLookup } from '../scenario/scenario.js'
import { type SystemClock, systemClock } from '../session/clock.js'
import { systemSource } from '../session/random.js'
import type { Store } from '../store/store.js'

export interface OpenStoreOptions {
  readonly version: string
  readonly products: readonly Product[]
  readonly scenario: Scenario
  readonly catalog: ScenarioLookup
  /** By default that of the system. */
  readonly systemClock?: SystemClock
  readonly log: { info(sentence: string): void; warn(sentence: string): void }
}

/** The store of the settings, loaded on demand; undefined without one. Throws a UserError. */
export const openStoreOf = async (settings: Settings, options: OpenStoreOptions): Promise<Store | undefined> => {
  const { store: address, storePrefix: prefix, storeTtl: ttl, storeReset: reset } = settings
  if (!address) return undefined
  const { openStore } = await import('../store/open-store.js')
  const { version, products, scenario, catalog, log, systemClock: clock = systemClock } = options
  const shared = sharedSettings(settings, products)
  return openStore({
    address,
    ca: caOf(settings),
    prefix,
    ttl,
    reset,
    systemClock: clock,
    random: systemSource,
    version,
    settings: shared,
    scenario,
    catalog,
    log
  })
}

/** The settings that affect responses: they must be equal in all replicas. */
const sharedSettings = (settings: Settings, products: readonly Product[]): Readonly<Record<string, unknown>> => {
  const { fidelity, accounts, prefer, journal, maxSessions, maxNames, remember, bodyLimit } = settings
  const names = (settings.products ?? products).map(({ name }) => name)
  const rest = {
    overlay: settings.overlay,
    fidelity,
    accounts,
    prefer,
    journal,
    maxSessions,
    maxNames,
    remember,
    bodyLimit
  }
  const shared = { products: names, ...rest } satisfies Partial<Record<keyof Settings, unknown>>
  return Object.fromEntries(keysOf(shared).map(name => [flagOf(name), shared[name]]))
}

const caOf = ({ storeCa }: Settings): string | undefined => {
  if (storeCa === undefined) return undefined
  try {
    return readFileSync(storeCa, 'utf8')
  } catch (error) {
    throw new UserError(`${flagOf('storeCa')} "${storeCa}": it cannot be read: ${messageOf(error)}`)
  }
}
