import type { SystemClock } from '../state/clock.js'
import { beatEvery, type Registry } from './registry.js'
import type { Replicas } from './replicas.js'

export interface HeartbeatOptions {
  readonly registry: Registry
  readonly replicas: Replicas
  readonly systemClock: SystemClock
  /** Called after each heartbeat. */
  readonly onBeat: () => void
  /** Called if the engine has lost its data. */
  readonly onEmptied: () => Promise<void>
}

/** Reports at intervals that this process is alive, and ends the waits of dead replicas. */
export class Heartbeat {
  readonly #options: HeartbeatOptions
  #stop: () => void = () => undefined
  #isBeating = false

  constructor(options: HeartbeatOptions) {
    this.#options = options
  }

  /** Sends the first heartbeat. Throws a StoreError. */
  async start(): Promise<void> {
    await this.#beat()
  }

  /** Repeats the heartbeat until `stop`. */
  repeat(): void {
    this.#stop = this.#options.systemClock.every(beatEvery, () => void this.#beat().catch(() => undefined))
  }

  stop(): void {
    this.#stop()
  }

  async #beat(): Promise<void> {
    if (this.#isBeating) return
    this.#isBeating = true
    const { registry, replicas, onBeat, onEmptied } = this.#options
    try {
      const alive = await registry.beat(replicas.takeUsed())
      if (alive) replicas.endDead(alive)
      else await onEmptied()
      onBeat()
    } finally {
      this.#isBeating = false
    }
  }
}
