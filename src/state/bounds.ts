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

/** The sessions of a copy would exceed the limit of open sessions. */
export class OverLimit extends Error {
  constructor(added: number, open: number, limit: number) {
    super(`${added} more open sessions would be over the limit: the server has ${open} of ${limit}`)
  }
}

/** Limits of resources that clients could create unboundedly, and the number of drops by each limit. */
export class Bounds {
  readonly limits: Limits
  readonly #options: BoundsOptions
  readonly #counts: Record<BoundedResource, number> = { spaces: 0, sessions: 0, names: 0 }
  #openSessions = 0
  readonly #last = new Map<BoundedResource, number>()

  constructor(options: BoundsOptions) {
    this.limits = options.limits
    this.#options = options
  }

  /** The open sessions of all spaces, and those of copies in preparation. */
  get openSessions(): number {
    return this.#openSessions
  }

  countSessions(change: number): void {
    this.#openSessions += change
  }

  /** Makes room for the open sessions of a copy until the result is called. Throws an OverLimit if there is none. */
  reserveSessions(count: number): () => void {
    const { sessions } = this.limits
    if (this.#openSessions + count > sessions) throw new OverLimit(count, this.#openSessions, sessions)
    this.#openSessions += count
    return () => this.countSessions(-count)
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
