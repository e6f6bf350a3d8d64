import { createHash } from 'node:crypto'

/** The form of what is kept in the engine; raised when it changes. */
export const formatVersion = 1

/** The names of all keys: one prefix, and a hash tag for each space, so that a script touches one slot of a cluster. */
export class Keys {
  readonly #root: string

  constructor(readonly prefix: string) {
    this.#root = `${prefix}:${formatVersion}`
  }

  /** The keys of a space, in the order in which scripts take them. */
  ofSpace(name: string): readonly [log: string, meta: string, checkpoint: string] {
    const tag = `${this.#root}:{${name}}`
    return [`${tag}:log`, `${tag}:meta`, `${tag}:checkpoint`]
  }

  /** The keys of the registry; no space is called `:`. */
  get registry(): readonly [meta: string, replicas: string, spaces: string] {
    const tag = `${this.#root}:{:}`
    return [`${tag}:meta`, `${tag}:replicas`, `${tag}:spaces`]
  }

  /** Which space a token belongs to; its text is kept by nobody who only lists keys. */
  ofToken(token: string): string {
    return `${this.#root}:token:${createHash('sha256').update(token).digest('base64url')}`
  }

  /** Where all are told that a space has new inputs. */
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

  /** What all keys, of every version of the form, match. */
  get all(): string {
    return `${escaped(this.prefix)}:*`
  }
}

/** A text as a pattern of the engine that matches it alone. */
const escaped = (text: string): string => text.replace(/[*?[\]\\^]/g, '\\$&')
