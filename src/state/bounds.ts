/** What there may only be so much of. */
export const boundedThings = ['spaces', 'sessions', 'names'] as const
export type BoundedThing = (typeof boundedThings)[number]

export type Limits = Readonly<Record<BoundedThing, number>>

/** Milliseconds without a drop after which the next one is said again. */
const quiet = 60_000

export interface BoundsOptions {
  readonly limits: Limits
  /** Milliseconds that only grow. */
  readonly elapsed: () => number
  /** Told of the first drop of many, by what there is too much of, and in which space. */
  readonly onDrop: (thing: BoundedThing, limit: number, space: string) => void
}

/** The limits of what clients can make without end, and how much had to go for them. */
export class Bounds {
  readonly limits: Limits
  readonly #options: BoundsOptions
  readonly #counts: Record<BoundedThing, number> = { spaces: 0, sessions: 0, names: 0 }
  readonly #last = new Map<BoundedThing, number>()

  constructor(options: BoundsOptions) {
    this.limits = options.limits
    this.#options = options
  }

  /** How many have been dropped. */
  dropped(thing: BoundedThing): number {
    return this.#counts[thing]
  }

  /** One had to go. Said once, until none has gone for a minute. */
  drop(thing: BoundedThing, space: string): void {
    this.#counts[thing] += 1
    const now = this.#options.elapsed()
    const last = this.#last.get(thing)
    this.#last.set(thing, now)
    if (last === undefined || now - last >= quiet) this.#options.onDrop(thing, this.limits[thing], space)
  }
}
