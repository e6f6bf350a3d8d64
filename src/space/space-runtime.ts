import type { SystemClock } from '../state/clock.js'
import type { WaitGate } from '../state/holds.js'
import type { RandomSource } from '../state/random.js'

/** Clock and random numbers from a log instead of the real ones: the same inputs always make the same space. */
export interface SpaceRuntime {
  readonly systemClock: SystemClock
  readonly random: RandomSource
  /** True between inputs: a reader may change nothing then. */
  readonly isReadOnly: () => boolean
  /** Observes held requests and decides the moment of their end. */
  readonly gate: WaitGate
}
