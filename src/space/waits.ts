import type { SystemClock } from '../session/clock.js'
import { Delays, Holds } from '../session/holds.js'
import type { SpaceDeps, SpaceRuntime } from './space-options.js'

/** The waiting requests of a space: holds, delays, and pauses between the pieces of a response. */
export class Waits {
  readonly holds: Holds
  readonly #delays: Delays
  /** Always by the real time: a replica sends its responses itself. */
  readonly #pauses: Delays
  /** A log decides the end of holds and delays. */
  readonly #isReplica: boolean

  constructor(space: string, clock: SystemClock, deps: SpaceDeps, runtime: SpaceRuntime | undefined) {
    this.#isReplica = runtime !== undefined
    this.holds = new Holds(
      (hold, waiting) => deps.events.publish(space, { kind: 'hold', name: hold, waiting }),
      runtime?.gate
    )
    this.#delays = new Delays(clock)
    this.#pauses = runtime ? new Delays(deps.systemClock) : this.#delays
  }

  /** A delay in milliseconds; shorter when the signal is aborted or `endAll` is called. */
  delay(ms: number, signal?: AbortSignal): Promise<void> {
    return this.#delays.wait(ms, signal)
  }

  /** The same between the pieces of a response. */
  pause(ms: number, signal?: AbortSignal): Promise<void> {
    return this.#pauses.wait(ms, signal)
  }

  /** Continues all waiting requests. */
  endAll(): void {
    this.holds.releaseAll()
    this.#delays.wakeAll()
    this.#pauses.wakeAll()
  }

  /** Continues the waiting requests of a server that stops, except for waits of a log. */
  stop(): void {
    this.#pauses.wakeAll()
    if (!this.#isReplica) this.endAll()
  }
}
