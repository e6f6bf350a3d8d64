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
