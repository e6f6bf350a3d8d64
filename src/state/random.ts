import { hash, randomBytes } from 'node:crypto'
import { v4 } from 'uuid'
import { BoundedMap } from '../base/bounded-map.js'

/** What all draws to come depend on. */
export interface RandomState {
  /** The seed with its scope, or the secret that stands in for one. */
  readonly root: string
  /** The draws of each purpose so far; undefined without a seed, as nothing is counted then. */
  readonly counts: readonly (readonly [purpose: string, count: number])[] | undefined
}

/**
 * A space's chance. Every draw is a digest of the seed, the scope, its purpose and a count of that purpose, so with a
 * seed it is the same on every run, whatever else is drawn in between. Without one, the seed is secret and new.
 */
export class Random {
  #root: string
  readonly #secret: (purpose: string) => Buffer
  /** Counts per purpose, only where a seed asks for them: otherwise nothing grows. */
  #counts: BoundedMap<number> | undefined

  /** `scope` keeps two worlds with one seed apart; `counts` is where draws are counted; `source` is what is drawn from without a seed. */
  constructor(
    seed: string | number | undefined,
    scope: string,
    counts = new BoundedMap<number>(),
    source: RandomSource = systemSource
  ) {
    this.#root = seed === undefined ? source.root() : `${seed}\0${scope}`
    this.#counts = seed === undefined ? undefined : counts
    this.#secret = source.bytes
  }

  /** Goes on with the draws of another one; `counts` is where they are counted, `source` what is drawn from without a seed. */
  static restore(state: RandomState, counts = new BoundedMap<number>(), source: RandomSource = systemSource): Random {
    const random = new Random('', '', counts, source)
    random.#root = state.root
    random.#counts = state.counts && counts.with(state.counts)
    return random
  }

  get state(): RandomState {
    return { root: this.#root, counts: this.#counts?.entries() }
  }

  /** 32 bytes: the next draw for this purpose, or the one with the given count. */
  bytes(purpose: string, count?: number): Buffer {
    if (count === undefined && !this.#counts) return this.#secret(purpose)
    return hash('sha256', `${this.#root}\0${purpose}\0${count ?? this.#next(purpose)}`, 'buffer')
  }

  /** A fraction in [0, 1). */
  fraction(purpose: string, count?: number): number {
    return this.bytes(purpose, count).readUIntBE(0, 6) / 2 ** 48
  }

  #next(purpose: string): number {
    const count = (this.#counts?.get(purpose) ?? 0) + 1
    this.#counts?.set(purpose, count)
    return count
  }
}

/** Where a space without a seed has its chance from. */
export interface RandomSource {
  /** A secret that no other space has. */
  root(): string
  /** 32 bytes that have not been drawn before. */
  bytes(purpose: string): Buffer
}

/** Secret bytes of the system, which are fetched many at once: every draw is a piece of its own. */
class SystemSource implements RandomSource {
  #stock: Buffer = Buffer.alloc(0)
  #used = 0

  root(): string {
    return randomBytes(32).toString('hex')
  }

  readonly bytes = (): Buffer => {
    if (this.#used === this.#stock.length) {
      this.#stock = randomBytes(16_384)
      this.#used = 0
    }
    this.#used += 32
    return this.#stock.subarray(this.#used - 32, this.#used)
  }
}

/** One for all spaces, so that each is not given a stock of its own. */
export const systemSource: RandomSource = new SystemSource()

/** A lower-case version-4 UUID made of the first 16 of the bytes, which it marks as such. */
export const uuid = (bytes: Buffer): string => v4({ random: bytes })

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/** `length` (at most 32) characters of `[A-Za-z0-9]`. */
export const alphanumeric = (bytes: Buffer, length: number): string => {
  let text = ''
  for (let index = 0; index < length; index += 1) text += letters[(bytes[index] ?? 0) % letters.length]
  return text
}
