import type { SystemClock } from '../state/clock.js'
import type { Engine } from './engine.js'
import { type PlacedInput, readEntry } from './input.js'
import type { Keys } from './keys.js'
import { listOf, textsOf } from './replies.js'

export interface LogOptions {
  readonly engine: Engine
  readonly keys: Keys
  /** The name of this process among the replicas. */
  readonly replica: string
  /** Milliseconds without an input until the engine drops a space. */
  readonly ttl: number
  readonly systemClock: SystemClock
}

/** The place of an appended batch, and the inputs between a position and the batch. */
export interface Appended {
  /** `absent`: there is no such space. `other`: it has another id. `trimmed`: the log begins after the position. `done`: the batch was appended before. */
  readonly is: AppendState
  /** The last place before the batch. */
  readonly last: number
  readonly at: number
  readonly missed: readonly PlacedInput[]
  /** The bytes of the log. */
  readonly bytes: number
}

const appendStates = ['absent', 'other', 'trimmed', 'done', 'ok'] as const
type AppendState = (typeof appendStates)[number]

/** The state of a space in the engine: a checkpoint, and a log after it. */
export interface Loaded {
  readonly id: string
  /** The place of the first input in the log. */
  readonly first: number
  readonly at: number
  /** The text of the checkpoint; empty if there is none. */
  readonly checkpoint: string
}

/** Maximum inputs of one reply. */
const mostInputs = 1000

/** The log of one space in the engine. All methods throw a StoreError if the engine fails. */
export class SpaceLog {
  readonly #options: LogOptions
  readonly #keys: readonly string[]
  #batch = 0

  constructor(
    readonly name: string,
    options: LogOptions
  ) {
    this.#options = options
    this.#keys = options.keys.ofSpace(name)
  }

  /** Appends inputs to the space with that id, and reads the inputs after the position; without inputs, it only reads. */
  async append(id: string, position: number, inputs: readonly string[]): Promise<Appended> {
    this.#batch += 1
    const found = await this.#append(id, position, inputs)
    if (found.is !== 'ok' && found.is !== 'done') return found
    const missed = [...found.missed]
    for (let reached = missed.at(-1)?.place ?? position; reached < found.last; ) {
      const more = await this.#append(id, reached, [])
      if (more.is !== 'ok') return more
      missed.push(...more.missed.filter(({ place }) => place <= found.last))
      reached = missed.at(-1)?.place ?? found.last
    }
    return { ...found, missed }
  }

  async #append(id: string, position: number, inputs: readonly string[]): Promise<Appended> {
    const { engine, keys, replica, ttl, systemClock } = this.#options
    const args = [
      id,
      position,
      replica,
      this.#batch,
      systemClock.now(),
      ttl,
      mostInputs,
      keys.channel(this.name),
      ...inputs
    ]
    const [state, last = 0, at = 0, missed, bytes = 0] = listOf(await engine.run('append', this.#keys, args))
    return {
      is: appendStates.find(each => each === state) ?? 'absent',
      last: Number(last),
      at: Number(at),
      missed: listOf(missed).map(readEntry),
      bytes: Number(bytes)
    }
  }

  /** Creates the space with its first input, unless another replica has. */
  async create(id: string, first: string): Promise<void> {
    const { engine, keys, ttl, systemClock } = this.#options
    await engine.run('create', this.#keys, [id, systemClock.now(), ttl, keys.channel(this.name), first])
  }

  /** The state of the space, if the engine has it. */
  async load(): Promise<Loaded | undefined> {
    const [id, first, at, checkpoint = ''] = textsOf(await this.#options.engine.run('load', this.#keys, []))
    return id === undefined ? undefined : { id, first: Number(first), at: Number(at), checkpoint }
  }

  /** Stores a checkpoint of that place and drops the inputs up to it; false if the engine has a later one. */
  async keep(id: string, place: number, text: Buffer): Promise<boolean> {
    const { engine, ttl } = this.#options
    return (await engine.run('checkpoint', this.#keys, [id, place, ttl, text])) === 1
  }

  /** Removes the space with that id; false if there is none. */
  async remove(id: string): Promise<boolean> {
    const { engine, keys } = this.#options
    return (await engine.run('remove', this.#keys, [id, keys.channel(this.name)])) === 1
  }

  /** The same, unless the log has inputs after the position, or after `before` in Unix milliseconds. */
  async removeUnused(id: string, position: number, before: number): Promise<boolean> {
    const { engine, keys } = this.#options
    return (await engine.run('remove', this.#keys, [id, keys.channel(this.name), position, before])) === 1
  }
}
