import type { Space } from './space.js'

/** Spaces in the order of their last use, the longest idle first. */
export class IdleOrder {
  readonly #spaces = new Set<Space>()
  #latest: Space | undefined

  get size(): number {
    return this.#spaces.size
  }

  add(space: Space): void {
    this.#spaces.add(space)
  }

  delete(space: Space): void {
    this.#spaces.delete(space)
  }

  clear(): void {
    this.#spaces.clear()
    this.#latest = undefined
  }

  /** Moves a used space to the end. */
  touch(space: Space): void {
    if (space === this.#latest) return
    this.#latest = space
    this.#moveToEnd(space)
  }

  /** The longest idle space without held or delayed requests; busy ones count as used. */
  findIdlest(): Space | undefined {
    for (let left = this.#spaces.size; left > 0; left -= 1) {
      const [space] = this.#spaces
      if (!space?.isBusy) return space
      this.#moveToEnd(space)
    }
    return undefined
  }

  #moveToEnd(space: Space): void {
    this.#spaces.delete(space)
    this.#spaces.add(space)
  }
}
