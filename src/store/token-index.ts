import type { MaybePromise } from '../base/promises.js'
import type { Engine } from './engine.js'
import type { Keys } from './space-log.js'

interface TokenOwner {
  readonly product: string
  readonly space: string
}

/** The space of each token, for replicas without that space. Tokens of the default space have no entry. */
export class TokenIndex {
  readonly #engine: Engine
  readonly #keys: Keys
  readonly #ttl: number
  readonly #failed: (error: unknown) => void
  #writing: Promise<void> | undefined

  constructor(engine: Engine, keys: Keys, ttl: number, failed: (error: unknown) => void) {
    this.#engine = engine
    this.#keys = keys
    this.#ttl = ttl
    this.#failed = failed
  }

  /** Adds a token of this process. */
  add(product: string, token: string, space: string): void {
    const { connection } = this.#engine
    const value = JSON.stringify({ product, space })
    const before = this.#writing
    const own = this.#engine.send(() => connection.set(this.#keys.ofToken(token), value, 'PX', this.#ttl))
    const writing: Promise<void> = Promise.all([before, own]).then(
      () => undefined,
      error => this.#failed(error)
    )
    this.#writing = writing
    void writing.then(() => {
      if (this.#writing === writing) this.#writing = undefined
    })
  }

  /** Resolves when all replicas can find the tokens added so far. */
  readonly whenWritten = (): MaybePromise<void> => this.#writing

  /** The product and space of a token. Throws a StoreError. */
  async find(token: string): Promise<TokenOwner | undefined> {
    const { connection } = this.#engine
    const found = await this.#engine.send(() => connection.get(this.#keys.ofToken(token)))
    return found === null ? undefined : parseOwner(found)
  }
}

const parseOwner = (text: string): TokenOwner => JSON.parse(text)
