import type { Engine } from './engine.js'
import type { Keys } from './keys.js'
import type { Redis } from './valkey.js'

/** Called for each space with possible new inputs. */
export type OnNews = (space: string) => void

/**
 * Receives notices of new inputs through a second connection. A notice is only a hint to read the log: after a lost connection, the
 * logs of all followed spaces are read.
 */
export class Follower {
  readonly #engine: Engine
  readonly #keys: Keys
  readonly #onNews: OnNews
  readonly #counts = new Map<string, number>()
  #connecting: Promise<Redis> | undefined

  constructor(engine: Engine, keys: Keys, onNews: OnNews) {
    this.#engine = engine
    this.#keys = keys
    this.#onNews = onNews
  }

  /** The spaces followed by name. */
  get followed(): readonly string[] {
    return [...this.#counts.keys()].filter(name => name !== '')
  }

  get followsAll(): boolean {
    return this.#counts.has('')
  }

  /** Follows a space, or all, until the returned function is called. Rejects with a StoreError. */
  async follow(space: string | undefined): Promise<() => void> {
    const key = space ?? ''
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1)
    const unfollow = () => this.#unfollow(key)
    try {
      const connection = await this.#connection()
      await this.#engine.send(() =>
        space === undefined
          ? connection.psubscribe(this.#keys.allChannels)
          : connection.subscribe(this.#keys.channel(space))
      )
      return unfollow
    } catch (error) {
      unfollow()
      throw error
    }
  }

  close(): void {
    void this.#connecting?.then(
      connection => connection.disconnect(),
      () => undefined
    )
  }

  #unfollow(key: string): void {
    const left = (this.#counts.get(key) ?? 0) - 1
    if (left > 0) {
      this.#counts.set(key, left)
      return
    }
    this.#counts.delete(key)
    void this.#connecting
      ?.then(connection =>
        key === '' ? connection.punsubscribe(this.#keys.allChannels) : connection.unsubscribe(this.#keys.channel(key))
      )
      .catch(() => undefined)
  }

  #connection(): Promise<Redis> {
    this.#connecting ??= this.#connect().catch(error => {
      this.#connecting = undefined
      throw error
    })
    return this.#connecting
  }

  async #connect(): Promise<Redis> {
    const connection = this.#engine.createSubscriber()
    connection.on('error', () => undefined)
    connection.on('message', (channel: string) => this.#onNews(this.#keys.spaceOf(channel)))
    connection.on('pmessage', (_pattern: string, channel: string) => this.#onNews(this.#keys.spaceOf(channel)))
    connection.on('ready', () => {
      for (const space of this.followed) this.#onNews(space)
      if (this.followsAll) this.#onNews('')
    })
    await this.#engine.send(() => connection.connect())
    return connection
  }
}
