import { parseJsonInSlices } from '../base/json.js'
import type { Slices } from '../base/slices.js'
import { JsonList, jsonPieces } from '../control/endpoint.js'
import { Problem } from '../http/problem.js'
import type { Product } from '../product/product.js'
import { sourceOf } from '../scenario/format/source.js'
import type { ScenarioLookup } from '../scenario/scenario.js'
import type { SystemClock } from '../session/clock.js'
import type { Space } from '../space/space.js'
import type { SpaceState } from '../space/space-state.js'
import type { Executor } from './executor.js'
import type { ScenarioReader } from './registry.js'
import type { SpaceLog } from './space-log.js'
import { StoreError } from './store-error.js'

/** The state of a space after all inputs up to a place, from which a replica can continue without them. */
export interface Checkpoint {
  /** The last input in the state. */
  readonly place: number
  /** The secret of the random numbers of the space. */
  readonly secret: string
  /** Number of events of the space so far. */
  readonly events: number
  readonly state: SpaceState
}

interface CheckpointOptions {
  readonly products: readonly Product[]
  readonly catalog: ScenarioLookup
  readonly readScenario: ScenarioReader
  readonly slices: Slices
}

/** Writes and reads checkpoints. */
export class Checkpoints {
  readonly #options: CheckpointOptions

  constructor(options: CheckpointOptions) {
    this.#options = options
  }

  get slices(): Slices {
    return this.#options.slices
  }

  /** The JSON of a checkpoint; undefined for a scenario without a text. */
  async write({ state, ...rest }: Checkpoint, space: string): Promise<Buffer | undefined> {
    const source = await sourceOf(state.scenario, this.#options.catalog)
    if (!source) return undefined
    const { snapshotDocument } = await import('../space/snapshot-document.js')
    const snapshot = snapshotDocument(state, { space, savedAt: 0, source, list: JsonList.of })
    return Buffer.concat(await jsonPieces({ ...rest, snapshot }, this.slices))
  }

  /** Throws a SnapshotError for a text of another version. */
  async read(text: string): Promise<Checkpoint> {
    const { products, readScenario } = this.#options
    const { slices } = this
    const read = await parseJsonInSlices(Buffer.from(text), slices)
    const { snapshot, ...rest } = read as Omit<Checkpoint, 'state'> & { readonly snapshot: unknown }
    const { createSnapshotReader } = await import('../space/read-snapshot.js')
    return { ...rest, state: await createSnapshotReader({ products, readScenario })(snapshot, slices) }
  }
}

/** The snapshot of a space as a document with whole tokens. Throws a Problem for a scenario without a text. */
export const snapshotOf = async (
  space: Space,
  rows: boolean,
  {
    catalog,
    slices,
    systemClock
  }: { readonly catalog: ScenarioLookup; readonly slices: Slices; readonly systemClock: SystemClock }
): Promise<object> => {
  const savedAt = systemClock.now()
  const state = await space.snapshot(slices, { rows })
  const source = await sourceOf(state.scenario, catalog)
  if (!source) throw new Problem(404, 'There is no text', 'The scenario of this space has no source text.')
  const { snapshotDocument } = await import('../space/snapshot-document.js')
  return snapshotDocument(state, { space: space.name, savedAt, source })
}

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
