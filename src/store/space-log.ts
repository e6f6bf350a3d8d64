import { createHash } from 'node:crypto'
import { messageOf } from '../base/error-message.js'
import type { SystemClock } from '../session/clock.js'
import type { Spaces } from '../space/spaces.js'
import type { Engine } from './engine.js'
import { type PlacedInput, readEntry } from './log-input.js'
import type { Registry, ScenarioReader } from './registry.js'
import type { Replicas } from './replicas.js'
import type { ScriptName } from './scripts.js'
import type { Follower } from './space-replica.js'
import { isOfOneKey, listOf, StoreError, textsOf, UnreadableSpace } from './store-error.js'

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

/** The log of one space in the engine. All methods throw a StoreError if the engine fails, or an UnreadableSpace. */
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
      reached = more.missed.at(-1)?.place ?? found.last
    }
    if (missed.length < found.last - position) throw new UnreadableSpace(this.name, 'a part of its log is missing')
    return { ...found, missed }
  }

  async #append(id: string, position: number, inputs: readonly string[]): Promise<Appended> {
    const { keys, replica, ttl, systemClock } = this.#options
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
    const [state, last = 0, at = 0, missed, bytes = 0] = listOf(await this.#run('append', args))
    return {
      is: appendStates.find(each => each === state) ?? 'absent',
      last: Number(last),
      at: Number(at),
      missed: this.#read(missed),
      bytes: Number(bytes)
    }
  }

  /** Creates the space with its first input, unless another replica has. */
  async create(id: string, first: string): Promise<void> {
    const { keys, ttl, systemClock } = this.#options
    await this.#run('create', [id, systemClock.now(), ttl, keys.channel(this.name), first])
  }

  /** The state of the space, if the engine has it. */
  async load(): Promise<Loaded | undefined> {
    const [id, first, at, checkpoint = ''] = textsOf(await this.#run('load', []))
    if (id === undefined) return undefined
    if (checkpoint === '' && first !== '1') throw new UnreadableSpace(this.name, 'its checkpoint is missing')
    return { id, first: Number(first), at: Number(at), checkpoint }
  }

  /** Stores a checkpoint of that place and drops the inputs up to it; false if the engine has a later one. */
  async keep(id: string, place: number, text: Buffer): Promise<boolean> {
    const { ttl } = this.#options
    return (await this.#run('checkpoint', [id, place, ttl, text])) === 1
  }

  /** Removes the space with that id; false if there is none. */
  async remove(id: string): Promise<boolean> {
    return (await this.#run('remove', [id, this.#options.keys.channel(this.name)])) === 1
  }

  /** Removes whatever the engine has of the space. */
  async clear(): Promise<void> {
    const { engine, keys } = this.#options
    await engine.send(() => engine.connection.del(...this.#keys))
    await engine.send(() => engine.connection.publish(keys.channel(this.name), 'gone'))
  }

  /** The same, unless the log has inputs after the position, or after `before` in Unix milliseconds. */
  async removeUnused(id: string, position: number, before: number): Promise<boolean> {
    return (await this.#run('remove', [id, this.#options.keys.channel(this.name), position, before])) === 1
  }

  async #run(script: ScriptName, args: readonly (string | number | Buffer)[]): Promise<unknown> {
    try {
      return await this.#options.engine.run(script, this.#keys, args)
    } catch (error) {
      if (error instanceof StoreError && isOfOneKey(error.message)) throw new UnreadableSpace(this.name, error.message)
      throw error
    }
  }

  #read(entries: unknown): PlacedInput[] {
    try {
      return listOf(entries).map(readEntry)
    } catch (error) {
      throw new UnreadableSpace(this.name, `an input of its log is invalid: ${messageOf(error)}`)
    }
  }
}

/** The version of the format of all keys and values in the engine. */
const formatVersion = 1

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

interface SpaceUpdatesOptions {
  readonly spaces: Spaces
  readonly replicas: Replicas
  readonly registry: Registry
  readonly follower: Follower
  readonly readScenario: ScenarioReader
}

/** Keeps the followed spaces and the scenario of new spaces up to date with the engine. */
export class SpaceUpdates {
  readonly #options: SpaceUpdatesOptions
  /** The scenario of new spaces, as JSON. */
  #scenario = ''

  constructor(options: SpaceUpdatesOptions) {
    this.#options = options
  }

  /** Reads the scenario of new spaces; returns the names of all spaces. */
  async refresh(): Promise<readonly string[]> {
    const { registry, spaces, readScenario } = this.#options
    const { scenario, names } = await registry.overview()
    const text = JSON.stringify(scenario)
    if (text !== this.#scenario) spaces.scenario = await readScenario(scenario)
    this.#scenario = text
    return names
  }

  /** Executes the new inputs of a space; an empty name stands for all spaces. */
  catchUp(space: string): void {
    const { replicas, follower } = this.#options
    const replica = space === '' ? undefined : replicas.find(space)
    if (replica) void replica.catchUp().catch(() => undefined)
    else if (follower.followsAll) void this.#catchUpAll().catch(() => undefined)
  }

  catchUpFollowed(): void {
    for (const space of this.#options.follower.followed) this.catchUp(space)
  }

  async #catchUpAll(): Promise<void> {
    const names = await this.refresh()
    await Promise.all(names.map(name => this.#options.replicas.of(name).catchUp()))
  }
}
