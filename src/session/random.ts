import { hash, randomBytes } from 'node:crypto'
import { v4 } from 'uuid'
import { BoundedMap } from '../base/collections.js'

/** The state of a random source: it determines all further draws. */
export interface RandomState {
  /** The seed with its scope, or a secret without a seed. */
  readonly root: string
  /** Number of draws by purpose; undefined without a seed. */
  readonly counts: readonly (readonly [purpose: string, count: number])[] | undefined
}

/**
 * The random numbers of a space. With a seed, each draw is the SHA-256 digest of seed, scope, purpose and the count of that purpose:
 * reproducible, and independent of draws for other purposes. Without a seed, draws are secret.
 */
export class Random {
  #root: string
  readonly #secret: (purpose: string) => Buffer
  /** Number of draws by purpose; only kept with a seed. */
  #counts: BoundedMap<number> | undefined

  /** `scope`: separates spaces with the same seed; `counts`: storage for the counts; `source`: draws without a seed. */
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

  /** Continues from a state; `counts`: storage for the counts; `source`: draws without a seed. */
  static restore(state: RandomState, counts = new BoundedMap<number>(), source: RandomSource = systemSource): Random {
    const random = new Random('', '', counts, source)
    random.#root = state.root
    random.#counts = state.counts && counts.with(state.counts)
    return random
  }

  get state(): RandomState {
    return { root: this.#root, counts: this.#counts?.entries() }
  }

  /** 32 bytes: the next draw for this purpose, or the draw with this count. */
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

/** The random source of a space without a seed. */
export interface RandomSource {
  /** A secret, different for each space. */
  root(): string
  /** 32 bytes, different for each call. */
  bytes(purpose: string): Buffer
}

/** Random bytes of the system, fetched in blocks; each draw is its own piece of a block. */
class SystemSource implements RandomSource {
  #block: Buffer = Buffer.alloc(0)
  #used = 0

  root(): string {
    return randomBytes(32).toString('hex')
  }

  readonly bytes = (): Buffer => {
    if (this.#used === this.#block.length) {
      this.#block = randomBytes(16_384)
      this.#used = 0
    }
    this.#used += 32
    return this.#block.subarray(this.#used - 32, this.#used)
  }
}

/** Shared by all spaces, as each source has a block of 16 KiB. */
export const systemSource: RandomSource = new SystemSource()

/** A lower-case version-4 UUID from the first 16 bytes. Changes the version and variant bits in `bytes`. */
export const uuid = (bytes: Buffer): string => v4({ random: bytes })

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/** `length` (at most 32) characters of `[A-Za-z0-9]`. */
export const alphanumeric = (bytes: Buffer, length: number): string => {
  let text = ''
  for (let index = 0; index < length; index += 1) text += letters[(bytes[index] ?? 0) % letters.length]
  return text
}
