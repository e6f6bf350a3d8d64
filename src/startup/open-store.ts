import { readFileSync } from 'node:fs'
import { UserError } from '../base/user-error.js'
import { flagOf, type Settings } from '../config/settings.js'
import type { Product } from '../product/product.js'
import type { Scenario, ScenarioLookup } from '../scenario/scenario.js'
import { systemClock } from '../state/clock.js'
import type { Store } from '../store/store.js'

export interface OpenStoreOptions {
  readonly version: string
  readonly products: readonly Product[]
  readonly scenario: Scenario
  readonly catalog: ScenarioLookup
  readonly log: { info(sentence: string): void; warn(sentence: string): void }
}

/** The store that the settings name, if they name one; it is loaded only then. Throws a UserError that says what is wrong. */
export const openStoreOf = async (settings: Settings, options: OpenStoreOptions): Promise<Store | undefined> => {
  const { store: address, storePrefix: prefix, storeTtl: ttl, storeReset: reset } = settings
  if (!address) return undefined
  const { openStore } = await import('../store/open-store.js')
  const { version, products, scenario, catalog, log } = options
  const agreed = agreedSettings(settings, products)
  return openStore({
    address,
    ca: caOf(settings),
    prefix,
    ttl,
    reset,
    systemClock,
    version,
    settings: agreed,
    scenario,
    catalog,
    log
  })
}

/** What decides what a space does with a request: all replicas must have it alike. */
const agreedSettings = (settings: Settings, products: readonly Product[]): Readonly<Record<string, unknown>> => {
  const { fidelity, accounts, prefer, journal, journalBytes, maxSessions, maxNames, remember, bodyLimit } = settings
  const names = (settings.products ?? products).map(({ name }) => name)
  const rest = {
    overlay: settings.overlay,
    fidelity,
    accounts,
    prefer,
    journal,
    journalBytes,
    maxSessions,
    maxNames,
    remember,
    bodyLimit
  }
  const entries = Object.entries({ products: names, ...rest } satisfies Partial<Record<keyof Settings, unknown>>)
  return Object.fromEntries(entries.map(([name, value]) => [flagOf(name as keyof Settings), value]))
}

const caOf = ({ storeCa }: Settings): string | undefined => {
  if (storeCa === undefined) return undefined
  try {
    return readFileSync(storeCa, 'utf8')
  } catch (error) {
    throw new UserError(`${flagOf('storeCa')} "${storeCa}": it cannot be read: ${(error as Error).message}`)
  }
}
