/** An address that is blocked until a time in Unix milliseconds. */
export interface BlockedAddress {
  readonly product: string
  readonly address: string
  readonly until: number
}

/** Addresses that a product takes no requests from, each until a time of the space's clock. */
export class BlockedAddresses {
  readonly #until = new Map<string, number>()

  /** `until` is in Unix milliseconds. */
  block(product: string, address: string, until: number): void {
    const [oldest] = this.#until.keys()
    if (this.#until.size >= most && oldest !== undefined) this.#until.delete(oldest)
    this.#until.set(keyOf(product, address), until)
  }

  /** The same addresses are blocked as in a list of entries. */
  static restore(entries: readonly BlockedAddress[]): BlockedAddresses {
    const blocked = new BlockedAddresses()
    for (const { product, address, until } of entries) blocked.block(product, address, until)
    return blocked
  }

  /** All that were blocked, the oldest first. */
  entries(): BlockedAddress[] {
    return [...this.#until].map(([key, until]) => {
      const [product = '', address = ''] = key.split(/ (.*)/s)
      return { product, address, until }
    })
  }

  /** Until when the address is blocked, in Unix milliseconds; undefined where it is not. */
  blockedUntil(product: string, address: string, now: number): number | undefined {
    const until = this.#until.get(keyOf(product, address))
    return until !== undefined && until > now ? until : undefined
  }
}

/** Clients can make up addresses without end; of more than these, the oldest are let in again. */
const most = 10_000

const keyOf = (product: string, address: string): string => `${product} ${address}`
