import type { Why } from '../product/failure.js'
import type { Product } from '../product/product.js'
import type { Scenario } from '../scenario/scenario.js'
import type { Session } from '../session/sessions.js'
import type { Space } from './space.js'
import type { SpaceHooks } from './space-deps.js'
import { TokenSpaces } from './token-spaces.js'

export interface TokenOwnersOptions {
  readonly products: readonly Product[]
  readonly defaultSpace: () => Space
  /** The scenario of new spaces. */
  readonly scenario: () => Scenario
  /** A replica finds tokens of other spaces through the store. */
  readonly isReplica: boolean
  /** Called for each new token of a space other than the default one. */
  readonly onToken?: ((product: string, token: string, space: string) => void) | undefined
}

/** Finds the space and the product of a token. */
export class TokenOwners {
  readonly #options: TokenOwnersOptions
  readonly #spaces = new TokenSpaces()

  constructor(options: TokenOwnersOptions) {
    this.#options = options
  }

  /** The space of the token, if it is not the default one. */
  spaceOf(product: string, token: string): Space | undefined {
    return this.#spaces.find(product, token)
  }

  clear(): void {
    this.#spaces.clear()
  }

  /** The hooks of a space; its own tokens lead to it. Tokens of the default space have no entry. */
  hooksOf(space: () => Space): SpaceHooks {
    return {
      onTokenKnown: session => this.#own(session, space()),
      onTokenRestored: session => {
        if (!this.#isOwned(session)) this.#own(session, space())
      },
      onTokenForgotten: ({ product, token }) => this.#spaces.remove(product, token, space()),
      ...this.hooksOfDefault(space)
    }
  }

  hooksOfDefault(space: () => Space): SpaceHooks {
    return {
      findTokenOwner: (product, token) => this.#findOwner(space(), product, token),
      isTokenElsewhere: word =>
        this.#spaces.isToken(word) ||
        (space() !== this.#options.defaultSpace() && this.#options.defaultSpace().sessions.isTokenInAnyCase(word))
    }
  }

  /** Finds a token of another space. */
  findElsewhere(space: Space, token: string): Why | undefined {
    for (const product of this.#options.products) {
      const owner = this.#spaces.find(product.name, token) ?? this.#options.defaultSpace()
      if (owner !== space && owner.sessions.has(product.name, token))
        return { reason: 'of-another-space', owner: owner.name }
    }
    return undefined
  }

  /** Finds a token of another product, or else of another space. */
  #findOwner(space: Space, { name }: Product, token: string): Why | undefined {
    const { products, isReplica } = this.#options
    for (const product of products)
      if (product.name !== name && space.sessions.has(product.name, token))
        return { reason: 'of-another-product', owner: product.name }
    return isReplica ? undefined : this.findElsewhere(space, token)
  }

  /** Makes the token lead to this space. */
  #own({ product, token, policy }: Session, space: Space): void {
    if (policy.fixed || this.#isFixedToken(token)) return
    this.#spaces.set(product, token, space)
    this.#options.onToken?.(product, token, space.name)
  }

  /** The token leads to a space already. */
  #isOwned({ product, token }: Session): boolean {
    return this.#spaces.has(product, token) || this.#options.defaultSpace().sessions.isToken(token)
  }

  /** A token from the scenario exists in every space, so it leads to none. */
  #isFixedToken(token: string): boolean {
    return this.#options.scenario().sessions.some(session => session.token === token)
  }
}
