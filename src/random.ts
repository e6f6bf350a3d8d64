import { hash, randomBytes } from 'node:crypto'

/**
 * A space's chance. Every draw is a digest of the seed, the scope, its purpose and a count of that purpose, so with a
 * seed it is the same on every run, whatever else is drawn in between. Without one, the seed is secret and new.
 */
export class Random {
  readonly #root: string
  /** Counts per purpose, only where a seed asks for them: otherwise nothing grows. */
  readonly #counts: Map<string, number> | undefined
  /** Secret bytes in stock, for draws that nothing has to repeat; every draw is a piece of its own. */
  #stock: Buffer = Buffer.alloc(0)
  #used = 0

  /** `scope` keeps two worlds with one seed apart. */
  constructor(seed: string | number | undefined, scope: string) {
    this.#root = seed === undefined ? randomBytes(32).toString('hex') : `${seed}\0${scope}`
    this.#counts = seed === undefined ? undefined : new Map()
  }

  /** 32 bytes: the next draw for this purpose, or the one with the given count. */
  bytes(purpose: string, count?: number): Buffer {
    if (count === undefined && !this.#counts) return this.#fresh()
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

  #fresh(): Buffer {
    if (this.#used === this.#stock.length) {
      this.#stock = randomBytes(4096)
      this.#used = 0
    }
    this.#used += 32
    return this.#stock.subarray(this.#used - 32, this.#used)
  }
}

/** A lower-case version-4 UUID made of 16 of the bytes. */
export const uuid = (bytes: Buffer): string => {
  const hex = bytes.toString('hex', 0, 16)
  const variant = ((bytes.readUInt8(8) & 0x3f) | 0x80).toString(16)
  const parts = [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, variant + hex.slice(18, 20), hex.slice(20)]
  // Joined it is one text, where a template would leave a tree of its pieces in the journal.
  return parts.join('-')
}

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'

/** `length` (at most 32) characters of `[A-Za-z0-9]`. */
export const alphanumeric = (bytes: Buffer, length: number): string =>
  Array.from(bytes.subarray(0, length), byte => letters[byte % letters.length]).join('')
