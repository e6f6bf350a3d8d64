import { createHash } from 'node:crypto'

/** The version of the format of all keys and values in the engine. */
export const formatVersion = 1

/** The names of all keys: a common prefix, and a hash tag for each space, so that a script uses one slot of a cluster. */
export class Keys {
  readonly #root: string

  constructor(readonly prefix: string) {
    this.#root = `${prefix}:${formatVersion}`
  }

  /** The keys of a space, in the order of the parameters of scripts. */
  ofSpace(name: string): readonly [log: string, meta: string, checkpoint: string] {
    const tag = `${this.#root}:{${name}}`
    return [`${tag}:log`, `${tag}:meta`, `${tag}:checkpoint`]
  }

  /** The keys of the registry. Its tag `:` is no valid name of a space. */
  get registry(): readonly [meta: string, replicas: string, spaces: string] {
    const tag = `${this.#root}:{:}`
    return [`${tag}:meta`, `${tag}:replicas`, `${tag}:spaces`]
  }

  /** The key with the space of a token. A digest, so that a list of keys reveals no token. */
  ofToken(token: string): string {
    return `${this.#root}:token:${createHash('sha256').update(token).digest('base64url')}`
  }

  /** The channel for notices of new inputs of a space. */
  channel(name: string): string {
    return `${this.#root}:bell:${name}`
  }

  /** The space of a channel. */
  spaceOf(channel: string): string {
    return channel.slice(`${this.#root}:bell:`.length)
  }

  get allChannels(): string {
    return `${escaped(this.#root)}:bell:*`
  }

  /** The pattern of all keys, of every version of the format. */
  get all(): string {
    return `${escaped(this.prefix)}:*`
  }
}

/** The pattern that matches this text only. */
const escaped = (text: string): string => text.replace(/[*?[\]\\^]/g, '\\$&')
