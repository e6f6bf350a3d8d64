import { getOrCreate } from '../base/get-or-create.js'
import type { Space } from './space.js'

/**
 * The space of each token, by product. Tokens of the default space have no entry. A space has entries before a
 * restore of its sessions in slices, and after their removal: they lead to it only while it has the session.
 */
export class TokenSpaces {
  #byProduct = new Map<string, Map<string, Space>>()

  find(product: string, token: string): Space | undefined {
    const space = this.#byProduct.get(product)?.get(token)
    return space?.sessions.has(product, token) ? space : undefined
  }

  /** The token leads to a space, or will at the end of a restore. */
  has(product: string, token: string): boolean {
    return this.#byProduct.get(product)?.get(token)?.sessions.isClaimed(product, token) ?? false
  }

  clear(): void {
    this.#byProduct = new Map()
  }

  set(product: string, token: string, space: Space): void {
    getOrCreate(this.#byProduct, product, newMap).set(token, space)
  }

  /** Removes the entry, if it still leads to this space, and the space has dropped the session. */
  remove(product: string, token: string, space: Space): void {
    const owners = this.#byProduct.get(product)
    if (owners?.get(token) === space && !space.sessions.isClaimed(product, token)) owners.delete(token)
  }
}

const newMap = () => new Map<string, Space>()
