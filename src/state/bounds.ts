/** The bounded resources. */
export const boundedResources = ['spaces', 'sessions', 'names'] as const
export type BoundedResource = (typeof boundedResources)[number]

export type Limits = Readonly<Record<BoundedResource, number>>

/** Milliseconds without a drop after which the next drop is reported again. */
const quietPeriod = 60_000

export interface BoundsOptions {
  readonly limits: Limits
  /** Monotonic milliseconds. */
  readonly elapsed: () => number
  /** Called for the first drop of a series, with the exceeded limit and the name of the space. */
  readonly onDrop: (resource: BoundedResource, limit: number, space: string) => void
}

/** Limits of resources that clients could create unboundedly, and the number of drops by each limit. */
export class Bounds {
  readonly limits: Limits
  readonly #options: BoundsOptions
  readonly #counts: Record<BoundedResource, number> = { spaces: 0, sessions: 0, names: 0 }
  readonly #last = new Map<BoundedResource, number>()

  constructor(options: BoundsOptions) {
    this.limits = options.limits
    this.#options = options
  }

  /** The number of dropped resources. */
  dropped(resource: BoundedResource): number {
    return this.#counts[resource]
  }

  /** Counts a drop, and reports it after a minute without drops. */
  drop(resource: BoundedResource, space: string): void {
    this.#counts[resource] += 1
    const now = this.#options.elapsed()
    const last = this.#last.get(resource)
    this.#last.set(resource, now)
    if (last === undefined || now - last >= quietPeriod) this.#options.onDrop(resource, this.limits[resource], space)
  }
}
