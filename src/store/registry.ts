import { UserError } from '../base/errors.js'
import type { StoreAddress } from '../config/values.js'
import { textOf } from '../scenario/format/source.js'
import type { Scenario, ScenarioLookup } from '../scenario/scenario.js'
import type { SystemClock } from '../session/clock.js'
import type { RandomSource } from '../session/random.js'
import type { Engine } from './engine.js'
import type { ScenarioData } from './log-input.js'
import type { Keys } from './space-log.js'
import { textsOf } from './store-error.js'

interface RegistryOptions {
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
interface Overview {
  /** The scenario of new spaces. */
  readonly scenario: ScenarioData
  /** Names of the spaces, the longest idle first. */
  readonly names: readonly string[]
}

/** Milliseconds without a heartbeat until a replica is dead. */
const deadAfter = 6000

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

/** Throws a UserError if this process and the other replicas differ in version or settings. `shown`: the address of the store, for the message. */
export const checkAgreement = (own: Registered, found: Registered, shown: string): void => {
  if (found.version !== own.version)
    throw new UserError(
      `--store ${shown}: it is used by session-mock ${found.version}, and this is ${own.version}: run the same version everywhere, or reset the store with --store-reset`
    )
  const different = differences(JSON.parse(own.settings), JSON.parse(found.settings))
  if (different.length > 0)
    throw new UserError(
      `--store ${shown}: the replicas that use it were started with other settings: ${different.join('; ')}. Use the same for all, or reset the store with --store-reset`
    )
}

/** `--journal is 100 here and 10000 there` for each setting that differs. */
const differences = (own: Readonly<Record<string, unknown>>, others: Readonly<Record<string, unknown>>): string[] =>
  [...new Set([...Object.keys(own), ...Object.keys(others)])].flatMap(name => {
    const [here, there] = [own, others].map(settings => JSON.stringify(settings[name]) ?? 'nothing')
    return here === there ? [] : [`${name} is ${here} here, and ${there} there`]
  })

export type ScenarioReader = (data: ScenarioData) => Promise<Scenario>

/** A scenario as plain data: its text, or the name of a shipped one. */
export const scenarioData = (scenario: Scenario): ScenarioData => textOf(scenario) ?? {}

/** Reads scenarios from plain data. Data without a text is the scenario of the start, which is equal in all processes. */
export const createScenarioReader = (catalog: ScenarioLookup, start: Scenario): ScenarioReader => {
  const own = JSON.stringify(scenarioData(start))
  return async data => {
    if (JSON.stringify(data) === own) return start
    if (data.shipped !== undefined) return (await catalog.find(data.shipped)).scenario
    if (data.text === undefined) return start
    return (await catalog.read({ name: data.name ?? 'scenario', text: data.text })).scenario
  }
}

export interface StoreOptions {
  readonly address: StoreAddress
  /** Certificates of the authorities for the certificate of the engine, PEM. */
  readonly ca?: string | undefined
  readonly prefix: string
  /** Milliseconds without a request until the engine drops a space. */
  readonly ttl: number
  /** Removes all keys with the prefix first. */
  readonly reset: boolean
  readonly systemClock: SystemClock
  /** The source of ids and secrets. */
  readonly random: RandomSource
  readonly version: string
  /** The settings that must be equal in all replicas, by name. */
  readonly settings: Readonly<Record<string, unknown>>
  readonly scenario: Scenario
  readonly catalog: ScenarioLookup
  /** The log of connection losses and refusals. */
  readonly log: { info(sentence: string): void; warn(sentence: string): void }
}
