import type { Space } from './space.js'

/** An idle space, and its last use when it was listed. */
interface Candidate {
  readonly space: Space
  readonly lastUse: number
}

/**
 * Finds the longest idle space. A use only counts: no order is kept, as most servers never need it, and the order of thousands of
 * spaces costs each request more than a count.
 */
export class IdleOrder {
  readonly #spaces = new Set<Space>()
  #uses = 0
  /** Some of the longest idle spaces, the longest idle one last. */
  #candidates: Candidate[] = []

  get size(): number {
    return this.#spaces.size
  }

  add(space: Space): void {
    this.#spaces.add(space)
    this.touch(space)
  }

  delete(space: Space): void {
    this.#spaces.delete(space)
  }

  clear(): void {
    this.#spaces.clear()
    this.#candidates = []
  }

  /** The space is used. */
  touch(space: Space): void {
    this.#uses += 1
    space.lastUse = this.#uses
  }

  /** The longest idle space without held or delayed requests; busy ones count as used. */
  findIdlest(): Space | undefined {
    for (let left = this.#spaces.size; left > 0; left -= 1) {
      const space = this.#nextIdle()
      if (!space?.isBusy) return space
      this.touch(space)
    }
    return undefined
  }

  /** The spaces that were used or added after the candidates were listed are less idle than these. */
  #nextIdle(): Space | undefined {
    for (let pass = 0; pass < 2; pass += 1) {
      for (let next = this.#candidates.at(-1); next; next = this.#candidates.at(-1)) {
        if (next.space.lastUse === next.lastUse && this.#spaces.has(next.space)) return next.space
        this.#candidates.pop()
      }
      this.#candidates = this.#listIdlest()
    }
    return undefined
  }

  #listIdlest(): Candidate[] {
    const uses = Float64Array.from(this.#spaces, ({ lastUse }) => lastUse).sort()
    const limit = uses.at(Math.min(maxCandidates, uses.length) - 1) ?? 0
    const idle: Candidate[] = []
    for (const space of this.#spaces) if (space.lastUse <= limit) idle.push({ space, lastUse: space.lastUse })
    return idle.sort((a, b) => b.lastUse - a.lastUse)
  }
}

/** Spaces that are listed at once. */
const maxCandidates = 1000
