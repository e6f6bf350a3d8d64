import type { Slices } from '../base/in-slices.js'
import { parseJsonInSlices } from '../base/json-in-slices.js'
import { jsonPieces, makeLater } from '../control/json-list.js'
import type { Product } from '../product/product.js'
import { sourceOf } from '../scenario/format/source.js'
import type { ScenarioLookup } from '../scenario/scenario.js'
import type { SpaceState } from '../space/space-state.js'
import type { ScenarioReader } from './scenario-data.js'

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

export interface CheckpointOptions {
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
    const { snapshotDocument } = await import('../snapshot/document.js')
    const snapshot = snapshotDocument(state, { space, savedAt: 0, source, list: makeLater })
    return Buffer.concat(await jsonPieces({ ...rest, snapshot }, this.slices))
  }

  /** Throws a SnapshotError for a text of another version. */
  async read(text: string): Promise<Checkpoint> {
    const { products, readScenario } = this.#options
    const { slices } = this
    const read = await parseJsonInSlices(Buffer.from(text), slices)
    const { snapshot, ...rest } = read as Omit<Checkpoint, 'state'> & { readonly snapshot: unknown }
    const { createSnapshotReader } = await import('../snapshot/read.js')
    return { ...rest, state: await createSnapshotReader({ products, readScenario })(snapshot, slices) }
  }
}
