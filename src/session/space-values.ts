/** The initial state of every scenario. */
export const firstState = 'Started'

/** A state and its end in Unix milliseconds; Infinity without one. */
export interface StateEntry {
  readonly word: string
  readonly until: number
}

interface StackedState {
  readonly word: string
  /** Unix milliseconds. */
  readonly until: number
  /** The state after its end. */
  readonly previous: StackedState | undefined
}

/** The current state of a scenario. A state with a duration is followed by the previous one. */
export class State {
  #entry: StackedState = { word: firstState, until: Number.POSITIVE_INFINITY, previous: undefined }

  /** Restores the entries of a snapshot: the current state first, then the previous ones. */
  static restore(entries: readonly StateEntry[]): State {
    const state = new State()
    state.#entry =
      entries.reduceRight<StackedState | undefined>((previous, entry) => ({ ...entry, previous }), undefined) ??
      state.#entry
    return state
  }

  /** The current state first, then the previous ones. */
  entries(): StateEntry[] {
    const entries: StateEntry[] = []
    for (let entry: StackedState | undefined = this.#entry; entry; entry = entry.previous)
      entries.push({ word: entry.word, until: entry.until })
    return entries
  }

  /** The state at this time, in Unix milliseconds. */
  at(now: number): string {
    return this.#current(now).word
  }

  /** The end of the current state in Unix milliseconds; undefined without one. */
  endsAt(now: number): number | undefined {
    const { until } = this.#current(now)
    return Number.isFinite(until) ? until : undefined
  }

  /** Changes the state, until the next change or for `ms` milliseconds from `now`. */
  enter(word: string, now: number, ms = Number.POSITIVE_INFINITY): void {
    const until = now + ms
    // Previous states that end before this one would never be current again.
    let previous: StackedState | undefined = this.#current(now)
    while (previous && previous.until <= until) previous = previous.previous
    this.#entry = { word, until, previous }
  }

  #current(now: number): StackedState {
    let entry = this.#entry
    while (now >= entry.until && entry.previous) entry = entry.previous
    return entry
  }
}

/** The bounded resources. */
export const boundedResources = ['spaces', 'sessions', 'names'] as const
export type BoundedResource = (typeof boundedResources)[number]

type Limits = Readonly<Record<BoundedResource, number>>

/** Milliseconds without a drop after which the next drop is reported again. */
const quietPeriod = 60_000

interface BoundsOptions {
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

/** A blocked client address; `until` in Unix milliseconds by the clock of the space. */
export interface BlockedAddress {
  readonly product: string
  readonly address: string
  readonly until: number
}

/** The blocked client addresses of each product. Bounded: beyond 10,000, the oldest block is dropped. */
export class BlockedAddresses {
  readonly #until = new Map<string, number>()

  /** `until`: Unix milliseconds. */
  block(product: string, address: string, until: number): void {
    const [oldest] = this.#until.keys()
    if (this.#until.size >= maxBlocked && oldest !== undefined) this.#until.delete(oldest)
    this.#until.set(keyOf(product, address), until)
  }

  /** Restores the blocks of a snapshot. */
  static restore(entries: readonly BlockedAddress[]): BlockedAddresses {
    const blocked = new BlockedAddresses()
    for (const { product, address, until } of entries) blocked.block(product, address, until)
    return blocked
  }

  /** All blocks, oldest first. */
  entries(): BlockedAddress[] {
    return [...this.#until].map(([key, until]) => {
      const [product = '', address = ''] = key.split(/ (.*)/s)
      return { product, address, until }
    })
  }

  /** The end of the block in Unix milliseconds; undefined if the address is not blocked. */
  blockedUntil(product: string, address: string, now: number): number | undefined {
    const until = this.#until.get(keyOf(product, address))
    return until !== undefined && until > now ? until : undefined
  }
}

/** A limit, as clients can send any number of addresses in `X-Forwarded-For`. */
const maxBlocked = 10_000

const keyOf = (product: string, address: string): string => `${product} ${address}`

/** Matches a valid name of a space. */
export const spaceName = /^[A-Za-z0-9._-]{1,64}$/

export const defaultSpaceName = 'default'
