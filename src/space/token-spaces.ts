import { getOrCreate } from '../base/get-or-create.js'
import { FoldedTokens } from '../session/folded-tokens.js'
import type { Space } from './space.js'

/**
 * The space of each token, by product. Tokens of the default space have no entry. A space has entries before a
 * restore of its sessions in slices, and after their removal: they lead to it only while it has the session.
 */
export class TokenSpaces {
  #byProduct = new Map<string, Map<string, Space>>()
  readonly #folded = new FoldedTokens()

  find(product: string, token: string): Space | undefined {
    const space = this.#byProduct.get(product)?.get(token)
    return space?.sessions.has(product, token) ? space : undefined
  }

  /** The token leads to a space, or will at the end of a restore. */
  has(product: string, token: string): boolean {
    return this.#byProduct.get(product)?.get(token)?.sessions.isClaimed(product, token) ?? false
  }

  /** Whether the word is such a token of any product, in any letter case. */
  isToken(word: string): boolean {
    if (this.#byProduct.size === 0) return false
    const folded = word.toLowerCase()
    for (const spaces of this.#byProduct.values()) if (spaces.has(word) || spaces.has(folded)) return true
    return this.#folded.has(word, () => this.#tokens())
  }

  *#tokens(): Generator<string> {
    for (const spaces of this.#byProduct.values()) yield* spaces.keys()
  }

  clear(): void {
    this.#byProduct = new Map()
    this.#folded.clear()
  }

  set(product: string, token: string, space: Space): void {
    getOrCreate(this.#byProduct, product, newMap).set(token, space)
    this.#folded.add(token)
  }

  /** Removes the entry, if it still leads to this space, and the space has dropped the session. */
  remove(product: string, token: string, space: Space): void {
    const owners = this.#byProduct.get(product)
    if (owners?.get(token) === space && !space.sessions.isClaimed(product, token)) owners.delete(token)
  }
}

const newMap = () => new Map<string, Space>()
