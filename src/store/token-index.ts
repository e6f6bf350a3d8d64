import type { MaybePromise } from '../base/maybe-promise.js'
import type { Engine } from './engine.js'
import type { Keys } from './keys.js'

export interface TokenOwner {
  readonly product: string
  readonly space: string
}

/** Which space a token belongs to, for replicas that do not hold that space; of the default one nothing is kept. */
export class TokenIndex {
  readonly #engine: Engine
  readonly #keys: Keys
  readonly #ttl: number
  readonly #failed: (error: unknown) => void
  #keeping: Promise<void> | undefined

  constructor(engine: Engine, keys: Keys, ttl: number, failed: (error: unknown) => void) {
    this.#engine = engine
    this.#keys = keys
    this.#ttl = ttl
    this.#failed = failed
  }

  /** Notes a token that was issued here. */
  add(product: string, token: string, space: string): void {
    const { connection } = this.#engine
    const value = JSON.stringify({ product, space })
    const before = this.#keeping
    const writing = this.#engine.ask(() => connection.set(this.#keys.ofToken(token), value, 'PX', this.#ttl))
    const keeping: Promise<void> = Promise.all([before, writing]).then(
      () => undefined,
      error => this.#failed(error)
    )
    this.#keeping = keeping
    void keeping.then(() => {
      if (this.#keeping === keeping) this.#keeping = undefined
    })
  }

  /** Resolves when all that was noted so far can be found by others. */
  readonly kept = (): MaybePromise<void> => this.#keeping

  /** Whose it is. Throws a StoreError. */
  async find(token: string): Promise<TokenOwner | undefined> {
    const { connection } = this.#engine
    const found = await this.#engine.ask(() => connection.get(this.#keys.ofToken(token)))
    return found === null ? undefined : (JSON.parse(found) as TokenOwner)
  }
}
