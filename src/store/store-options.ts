import type { StoreAddress } from '../config/values/store-url.js'
import type { Scenario, ScenarioLookup } from '../scenario/scenario.js'
import type { SystemClock } from '../state/clock.js'

export interface StoreOptions {
  readonly address: StoreAddress
  /** Certificates of the authorities that the engine's may be signed by, PEM. */
  readonly ca?: string | undefined
  readonly prefix: string
  /** Milliseconds without a request after which the engine forgets a space. */
  readonly ttl: number
  /** All that is kept under the prefix is removed first. */
  readonly reset: boolean
  readonly systemClock: SystemClock
  readonly version: string
  /** What all replicas have to agree on, by the names of settings. */
  readonly settings: Readonly<Record<string, unknown>>
  readonly scenario: Scenario
  readonly catalog: ScenarioLookup
  /** Told what happens to the connection. */
  readonly log: { info(sentence: string): void; warn(sentence: string): void }
}
