/** The state that every scenario starts in. */
export const firstState = 'Started'

/** A state with the time at which it ends, in Unix milliseconds; Infinity where it does not. */
export interface StateEntry {
  readonly word: string
  readonly until: number
}

interface Entry {
  readonly word: string
  /** When it ends, in Unix milliseconds. */
  readonly until: number
  /** What is there again when it has ended. */
  readonly before: Entry | undefined
}

/** The word that a space's scenario has come to. Some states end by themselves: then the one before is there again. */
export class State {
  #entry: Entry = { word: firstState, until: Number.POSITIVE_INFINITY, before: undefined }

  /** The same states as another one: the current one first, then those that are there again when it has ended. */
  static restore(entries: readonly StateEntry[]): State {
    const state = new State()
    state.#entry =
      entries.reduceRight<Entry | undefined>((before, entry) => ({ ...entry, before }), undefined) ?? state.#entry
    return state
  }

  /** The current state first, then those that are there again when it has ended. */
  entries(): StateEntry[] {
    const entries: StateEntry[] = []
    for (let entry: Entry | undefined = this.#entry; entry; entry = entry.before)
      entries.push({ word: entry.word, until: entry.until })
    return entries
  }

  /** The state at this time, in Unix milliseconds. */
  at(now: number): string {
    return this.#current(now).word
  }

  /** When it ends by itself, in Unix milliseconds; undefined where it does not. */
  endsAt(now: number): number | undefined {
    const { until } = this.#current(now)
    return Number.isFinite(until) ? until : undefined
  }

  /** Moves to this state: until something else is said, or for so many milliseconds from `now` on. */
  enter(word: string, now: number, ms = Number.POSITIVE_INFINITY): void {
    const until = now + ms
    // Those that end earlier than this one are never seen again.
    let before: Entry | undefined = this.#current(now)
    while (before && before.until <= until) before = before.before
    this.#entry = { word, until, before }
  }

  #current(now: number): Entry {
    let entry = this.#entry
    while (now >= entry.until && entry.before) entry = entry.before
    return entry
  }
}
