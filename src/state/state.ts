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
