import type { SystemClock } from '../state/clock.js'
import type { Engine } from './engine.js'
import { type PlacedInput, readEntry } from './input.js'
import type { Keys } from './keys.js'

export interface LogOptions {
  readonly engine: Engine
  readonly keys: Keys
  /** The name of this process among the others. */
  readonly replica: string
  /** Milliseconds without an input after which the engine forgets a space. */
  readonly ttl: number
  readonly systemClock: SystemClock
}

/** The inputs of a batch, and what was between a position and them. */
export interface Appended {
  /** `absent`: there is no such space. `other`: another one of that name. `trimmed`: the log begins later. `done`: it had been appended before. */
  readonly is: 'absent' | 'other' | 'trimmed' | 'done' | 'ok'
  /** The last place before the batch. */
  readonly last: number
  readonly at: number
  readonly missed: readonly PlacedInput[]
  /** The bytes of the log. */
  readonly bytes: number
}

/** Where a replica begins. */
export interface Loaded {
  readonly id: string
  /** The place of the first input that the log has. */
  readonly first: number
  readonly at: number
  /** Empty where there is none. */
  readonly checkpoint: string
}

/** Inputs that are read at once. */
const most = 1000

/** The log of one space in the engine. Everything here throws a StoreError where the engine does not do it. */
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

  /** Appends inputs to the space of that id, and reads what came after the position; without inputs, it only reads. */
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
    const args = [id, position, replica, this.#batch, systemClock.now(), ttl, most, keys.channel(this.name), ...inputs]
    const reply = (await engine.run('append', this.#keys, args)) as [Appended['is'], number, string, unknown[], string]
    const [is, last = 0, at = '0', missed = [], bytes = '0'] = reply
    return { is, last, at: Number(at), missed: missed.map(readEntry), bytes: Number(bytes) }
  }

  /** Begins the space, unless another replica has. */
  async create(id: string, first: string): Promise<void> {
    const { engine, keys, ttl, systemClock } = this.#options
    await engine.run('create', this.#keys, [id, systemClock.now(), ttl, keys.channel(this.name), first])
  }

  /** What there is of the space, if there is one. */
  async load(): Promise<Loaded | undefined> {
    const reply = (await this.#options.engine.run('load', this.#keys, [])) as [string, string, string, string]
    const [id, first, at, checkpoint = ''] = reply
    return id === undefined ? undefined : { id, first: Number(first), at: Number(at), checkpoint }
  }

  /** Keeps the text of a checkpoint at that place, and drops the inputs that are in it; whether it was of use. */
  async keep(id: string, place: number, text: Buffer): Promise<boolean> {
    const { engine, ttl } = this.#options
    return (await engine.run('checkpoint', this.#keys, [id, place, ttl, text])) === 1
  }

  /** Removes the space of that id; whether it was there. */
  async remove(id: string): Promise<boolean> {
    const { engine, keys } = this.#options
    return (await engine.run('remove', this.#keys, [id, keys.channel(this.name)])) === 1
  }

  /** The same, unless it has had inputs after the position, or after the time. */
  async removeUnused(id: string, position: number, before: number): Promise<boolean> {
    const { engine, keys } = this.#options
    return (await engine.run('remove', this.#keys, [id, keys.channel(this.name), position, before])) === 1
  }
}
