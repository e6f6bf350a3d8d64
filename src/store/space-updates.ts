import type { Spaces } from '../space/spaces.js'
import type { Follower } from './follower.js'
import type { Registry } from './registry.js'
import type { Replicas } from './replicas.js'
import type { ScenarioReader } from './scenario-data.js'

export interface SpaceUpdatesOptions {
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
