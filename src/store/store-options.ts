import type { StoreAddress } from '../config/values/store-url.js'
import type { Scenario, ScenarioLookup } from '../scenario/scenario.js'
import type { SystemClock } from '../state/clock.js'
import type { RandomSource } from '../state/random.js'

export interface StoreOptions {
  readonly address: StoreAddress
  /** Certificates of the authorities for the certificate of the engine, PEM. */
  readonly ca?: string | undefined
  readonly prefix: string
  /** Milliseconds without a request until the engine drops a space. */
  readonly ttl: number
  /** Removes all keys with the prefix first. */
  readonly reset: boolean
  readonly systemClock: SystemClock
  /** The source of ids and secrets. */
  readonly random: RandomSource
  readonly version: string
  /** The settings that must be equal in all replicas, by name. */
  readonly settings: Readonly<Record<string, unknown>>
  readonly scenario: Scenario
  readonly catalog: ScenarioLookup
  /** The log of connection losses and refusals. */
  readonly log: { info(sentence: string): void; warn(sentence: string): void }
}
