import type { Checkpoints } from './checkpoint.js'
import type { Executor } from './executor.js'
import type { SpaceLog } from './space-log.js'
import { StoreError } from './store-error.js'

export interface LogTrimmerOptions {
  readonly log: SpaceLog
  readonly executor: Executor
  readonly checkpoints: Checkpoints
  /** Called with an unexpected error. */
  readonly failed: (error: unknown) => void
}

/** Bytes of a log that is never trimmed. */
const leastLog = 1_048_576

/** Replaces the inputs of a long log by a checkpoint. */
export class LogTrimmer {
  readonly #options: LogTrimmerOptions
  /** Bytes of the log above which it is trimmed. */
  #limit = leastLog

  constructor(options: LogTrimmerOptions) {
    this.#options = options
  }

  /** A log began, with a checkpoint of this length. */
  reset(checkpointLength: number): void {
    this.#limit = Math.max(leastLog, checkpointLength)
  }

  /**
   * Trims the log of the space with that id, if it is longer than the limit. If that is impossible now, as during a wait, it is tried
   * again when the log has grown by a tenth. Never rejects.
   */
  async trim(bytes: number, id: () => string | undefined): Promise<void> {
    if (bytes <= this.#limit) return
    const { log, executor, checkpoints, failed } = this.#options
    this.#limit = 1.1 * bytes
    try {
      await executor.caughtUp()
      const current = id()
      const checkpoint = await executor.takeCheckpoint()
      if (!checkpoint || current === undefined) return
      const text = await checkpoints.write(checkpoint, log.name)
      if (text === undefined || !(await log.keep(current, checkpoint.place, text))) return
      this.#limit = Math.max(leastLog, text.length)
    } catch (error) {
      if (!(error instanceof StoreError)) failed(error)
    }
  }
}
