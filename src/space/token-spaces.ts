import { getOrCreate } from '../base/get-or-create.js'
import type { Space } from './space.js'

/** The space of each token, by product. Tokens of the default space have no entry. */
export class TokenSpaces {
  readonly #byProduct = new Map<string, Map<string, Space>>()

  find(product: string, token: string): Space | undefined {
    return this.#byProduct.get(product)?.get(token)
  }

  has(product: string, token: string): boolean {
    return this.#byProduct.get(product)?.has(token) === true
  }

  set(product: string, token: string, space: Space): void {
    getOrCreate(this.#byProduct, product, newMap).set(token, space)
  }

  /** Removes the entry, if it still leads to this space. */
  remove(product: string, token: string, space: Space): void {
    const owners = this.#byProduct.get(product)
    if (owners?.get(token) === space) owners.delete(token)
  }
}

const newMap = () => new Map<string, Space>()
