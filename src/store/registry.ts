import type { Engine } from './engine.js'
import type { ScenarioData } from './input.js'
import type { Keys } from './keys.js'
import { textsOf } from './replies.js'

export interface RegistryOptions {
  readonly engine: Engine
  readonly keys: Keys
  readonly replica: string
  /** Milliseconds without a heartbeat until the engine drops the registry. */
  readonly ttl: number
}

/** The common properties of all replicas. */
export interface Registered {
  readonly version: string
  readonly settings: string
  /** The scenario of the first start. */
  readonly start: ScenarioData
  /** The first start, in Unix milliseconds. */
  readonly startedAt: number
}

/** All spaces in the engine. */
export interface Overview {
  /** The scenario of new spaces. */
  readonly scenario: ScenarioData
  /** Names of the spaces, the longest idle first. */
  readonly names: readonly string[]
}

/** Milliseconds without a heartbeat until a replica is dead. */
export const deadAfter = 6000

/** Milliseconds between heartbeats. */
export const beatEvery = 1500

/** The replicas and the spaces in the engine. All methods throw a StoreError if the engine fails. */
export class Registry {
  readonly #options: RegistryOptions

  constructor(options: RegistryOptions) {
    this.#options = options
  }

  /** Joins the other replicas, and returns their common properties; the first replica sets its own. */
  async register({ version, settings, start, startedAt }: Registered): Promise<Registered> {
    const { engine, keys, ttl } = this.#options
    const reply = await engine.run('register', keys.registry, [
      version,
      settings,
      JSON.stringify(start),
      ttl,
      startedAt
    ])
    const [commonVersion = '', commonSettings = '', commonStart = '', began] = textsOf(reply)
    return {
      version: commonVersion,
      settings: commonSettings,
      start: parseScenarioData(commonStart),
      startedAt: Number(began)
    }
  }

  /** Sends a heartbeat with the used spaces, and returns the living replicas; undefined if the engine has lost its data. */
  async beat(names: readonly string[]): Promise<ReadonlySet<string> | undefined> {
    const { engine, keys, replica, ttl } = this.#options
    const reply = await engine.run('beat', keys.registry, [replica, ttl, deadAfter, ...names])
    const [isThere, ...alive] = textsOf(reply)
    return isThere === '1' ? new Set(alive) : undefined
  }

  async overview(): Promise<Overview> {
    const { engine, keys } = this.#options
    const [scenario, ...names] = textsOf(await engine.run('look', keys.registry, []))
    return { scenario: scenario ? parseScenarioData(scenario) : {}, names }
  }

  /** Sets the scenario of new spaces. */
  async setScenario(scenario: ScenarioData): Promise<void> {
    const { engine, keys } = this.#options
    await engine.send(() => engine.connection.hset(keys.registry[0], 'scenario', JSON.stringify(scenario)))
  }

  async forget(space: string): Promise<void> {
    const { engine, keys } = this.#options
    await engine.send(() => engine.connection.zrem(keys.registry[2], space))
  }

  /** Removes this process from the replicas before it stops, so that the others need not wait for its heartbeat. */
  async leave(): Promise<void> {
    const { engine, keys, replica } = this.#options
    await engine.send(() => engine.connection.zrem(keys.registry[1], replica))
  }
}

const parseScenarioData = (text: string): ScenarioData => JSON.parse(text)
