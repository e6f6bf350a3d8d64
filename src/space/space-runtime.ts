import type { SystemClock } from '../state/clock.js'
import type { WaitGate } from '../state/holds.js'
import type { RandomSource } from '../state/random.js'

/** What a space is driven by where it is not the real time and chance: then the same inputs make the same space again. */
export interface SpaceRuntime {
  readonly systemClock: SystemClock
  readonly random: RandomSource
  /** Whether nothing takes place at this moment: who looks then may change nothing. */
  readonly isReadOnly: () => boolean
  /** Told of calls that wait. */
  readonly gate: WaitGate
}
