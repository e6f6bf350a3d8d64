import { hash } from 'node:crypto'

/** Characters of a key that is kept as it is; of a longer one, its digest. */
const longestKey = 256

/** A map that holds at most `most` entries: for one more, the one that was used longest ago goes. */
export class BoundedMap<Value> {
  readonly #entries = new Map<string, Value>()
  /** Begins at the oldest entry. Kept, as a new one would have to pass all that were deleted. */
  #oldest = this.#entries.keys()
  readonly #most: number
  readonly #dropped: () => void

  /** `dropped` is told of each entry that had to go. */
  constructor(most = Number.POSITIVE_INFINITY, dropped: () => void = () => undefined) {
    this.#most = most
    this.#dropped = dropped
  }

  get size(): number {
    return this.#entries.size
  }

  get(key: string): Value | undefined {
    return this.#entries.get(shortened(key))
  }

  /** Sets the value, which is a use. */
  set(key: string, value: Value): void {
    const short = shortened(key)
    this.#entries.delete(short)
    this.#entries.set(short, value)
    while (this.#entries.size > this.#most) this.#dropOldest()
  }

  /** All entries, the one that was used longest ago first. */
  entries(): [key: string, value: Value][] {
    return [...this.#entries]
  }

  /** The same map with these entries, in the order of their use. */
  with(entries: readonly (readonly [key: string, value: Value])[]): this {
    for (const [key, value] of entries) this.set(key, value)
    return this
  }

  clear(): void {
    this.#entries.clear()
  }

  #dropOldest(): void {
    const { value: key, done } = this.#oldest.next()
    if (done) this.#oldest = this.#entries.keys()
    else if (this.#entries.delete(key)) this.#dropped()
  }
}

const shortened = (key: string): string => (key.length > longestKey ? hash('sha256', key) : key)
