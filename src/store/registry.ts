import type { Engine } from './engine.js'
import type { ScenarioData } from './input.js'
import type { Keys } from './keys.js'

export interface RegistryOptions {
  readonly engine: Engine
  readonly keys: Keys
  readonly replica: string
  /** Milliseconds to live. */
  readonly ttl: number
}

/** What all replicas have in common, as the engine has it. */
export interface Registered {
  readonly version: string
  readonly settings: string
  /** The scenario that the world began with. */
  readonly start: ScenarioData
  /** When it began, in Unix milliseconds. */
  readonly startedAt: number
}

/** What is known of all spaces. */
export interface Overview {
  /** The scenario that new spaces begin with. */
  readonly scenario: ScenarioData
  /** The names of the spaces, the one used longest ago first. */
  readonly names: readonly string[]
}

/** Milliseconds without a sign of life after which a replica is dead. */
export const deadAfter = 6000

/** Milliseconds from one sign of life to the next. */
export const beatEvery = 1500

/** Who takes part, and which spaces there are. Everything here throws a StoreError where the engine does not do it. */
export class Registry {
  readonly #options: RegistryOptions

  constructor(options: RegistryOptions) {
    this.#options = options
  }

  /** Joins the others; the answer is what they have agreed on, or what is given where there is nobody. */
  async register({ version, settings, start, startedAt }: Registered): Promise<Registered> {
    const { engine, keys, ttl } = this.#options
    const reply = await engine.run('register', keys.registry, [
      version,
      settings,
      JSON.stringify(start),
      ttl,
      startedAt
    ])
    const [itsVersion, itsSettings, itsStart, began] = reply as [string, string, string, string]
    return {
      version: itsVersion,
      settings: itsSettings,
      start: JSON.parse(itsStart) as ScenarioData,
      startedAt: Number(began)
    }
  }

  /** Says that it is alive and which spaces it has used; the answer is who else is, or undefined where the engine has lost all. */
  async beat(names: readonly string[]): Promise<ReadonlySet<string> | undefined> {
    const { engine, keys, replica, ttl } = this.#options
    const reply = await engine.run('beat', keys.registry, [replica, ttl, deadAfter, ...names])
    const [isThere, ...alive] = reply as string[]
    return isThere === '1' ? new Set(alive) : undefined
  }

  async look(): Promise<Overview> {
    const { engine, keys } = this.#options
    const [scenario, ...names] = (await engine.run('look', keys.registry, [])) as string[]
    return { scenario: scenario ? (JSON.parse(scenario) as ScenarioData) : {}, names }
  }

  /** Another scenario that new spaces begin with. */
  async setScenario(scenario: ScenarioData): Promise<void> {
    const { engine, keys } = this.#options
    await engine.ask(() => engine.connection.hset(keys.registry[0], 'scenario', JSON.stringify(scenario)))
  }

  async forget(space: string): Promise<void> {
    const { engine, keys } = this.#options
    await engine.ask(() => engine.connection.zrem(keys.registry[2], space))
  }

  /** It is to stop: the others need not wait to find out. */
  async leave(): Promise<void> {
    const { engine, keys, replica } = this.#options
    await engine.ask(() => engine.connection.zrem(keys.registry[1], replica))
  }
}
