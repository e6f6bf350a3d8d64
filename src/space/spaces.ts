import { eachInSlices } from '../base/in-slices.js'
import type { Why } from '../product/failure.js'
import type { Scenario } from '../scenario/scenario.js'
import { defaultSpaceName, spaceName } from '../state/space-name.js'
import { IdleOrder } from './idle-order.js'
import { Space } from './space.js'
import type { SpaceDeps } from './space-deps.js'
import { TokenOwners } from './token-owners.js'

export { defaultSpaceName, spaceName }

export interface SpacesDeps extends SpaceDeps {
  /** Milliseconds without a request until a space is dropped; the default space stays. */
  readonly spaceIdle: number
  /** Called instead of the drop of an idle space. */
  readonly onIdle?: ((space: Space) => void) | undefined
  /** Called for each new token of a space other than the default one. */
  readonly onToken?: ((product: string, token: string, space: string) => void) | undefined
}

/** All spaces of a server. A space is created at its first use, and dropped when it is idle for long. */
export class Spaces {
  #byName = new Map<string, Space>()
  readonly #tokens: TokenOwners
  /** All spaces but the default one. */
  readonly #byUse = new IdleOrder()
  readonly #deps: SpacesDeps
  readonly #stopDropping: () => void
  /** The scenario of new spaces. */
  scenario: Scenario
  readonly default: Space

  constructor(deps: SpacesDeps, scenario: Scenario) {
    this.#deps = deps
    this.scenario = scenario
    this.#tokens = new TokenOwners({
      products: deps.products,
      defaultSpace: () => this.default,
      scenario: () => this.scenario,
      isReplica: deps.runtimeOf !== undefined,
      onToken: deps.onToken
    })
    const hooks = this.#tokens.hooksOfDefault(() => this.default)
    this.default = new Space(defaultSpaceName, deps, hooks)
    if (!deps.runtimeOf) this.default.begin(scenario)
    this.#byName.set(defaultSpaceName, this.default)
    this.#stopDropping = deps.systemClock.every(Math.min(deps.spaceIdle, 60_000), () => this.#dropIdle())
  }

  /** Stops with the server: waiting requests continue. */
  close(): void {
    this.#stopDropping()
    for (const space of this.list()) space.stop()
  }

  /** The space with that name; created if there is none. */
  get(name: string): Space {
    const space = this.#byName.get(name) ?? this.#begin(name)
    this.#use(space)
    return space
  }

  /** The space with that name, if there is one. */
  find(name: string): Space | undefined {
    return this.#byName.get(name)
  }

  list(): Space[] {
    return [...this.#byName.values()]
  }

  /** The space of the token, if it is not the default one. */
  ofToken(product: string, token: string | undefined): Space | undefined {
    if (token === undefined || this.#byUse.size === 0) return undefined
    const space = this.#tokens.spaceOf(product, token)
    if (space) this.#use(space)
    return space
  }

  /**
   * Creates a space from the current state of another one; with `rows`, from its journal too. The space appears when all of it is
   * copied; undefined if its name is taken by then. A token of both spaces still leads to the earlier one. Throws an OverLimit if it
   * has too many sessions.
   */
  async fork(source: Space, name: string, { rows = false } = {}): Promise<Space | undefined> {
    this.#use(source)
    const release = this.reserveCopy(source)
    const space = this.#create(name)
    const resume = await this.#prepareCopy(source, space, rows).finally(release)
    if (this.#byName.has(name)) return undefined
    resume()
    this.#add(space)
    this.#use(space)
    this.#deps.events.publish(name, { kind: 'space', change: 'made' })
    return space
  }

  /** Makes room for the sessions of a copy until the result is called. Throws an OverLimit if there is none. */
  reserveCopy({ sessions }: Space): () => void {
    return this.#deps.bounds.reserveSessions(sessions.openCount)
  }

  async #prepareCopy(source: Space, space: Space, rows: boolean): Promise<() => void> {
    const { slices } = this.#deps
    return space.prepare(await source.snapshot(slices, { rows }), 'copy', slices)
  }

  /** Starts another scenario in every space, one after the other, also in new ones. */
  async begin(scenario: Scenario): Promise<void> {
    this.scenario = scenario
    await this.#inEach(this.list(), space => space.reset(scenario))
  }

  /** Continues every space with accounts, settings and rules of another scenario, one after the other, and starts it in new ones. */
  async adopt(scenario: Scenario): Promise<void> {
    this.scenario = scenario
    await eachInSlices(this.list(), this.#deps.slices, space => space.continueWith(scenario))
  }

  /** Resets these spaces, one after the other. */
  async reset(spaces: readonly Space[]): Promise<void> {
    await this.#inEach(spaces, space => space.reset())
  }

  /** Removes a space; its waiting requests continue. The default space is only reset. */
  async drop(space: Space): Promise<void> {
    if (space === this.default) return space.reset(this.scenario)
    this.#byName.delete(space.name)
    this.#byUse.delete(space)
    await this.#discard(space)
  }

  /** Removes all spaces at once. The default space is only reset. */
  async dropAll(): Promise<void> {
    const others = this.list().filter(space => space !== this.default)
    this.#byName = new Map([[defaultSpaceName, this.default]])
    this.#byUse.clear()
    this.#tokens.clear()
    const reset = this.default.reset(this.scenario)
    await this.#inEach(others, space => this.#discard(space))
    await reset
  }

  #discard(space: Space): Promise<void> {
    const discarded = space.discard()
    this.#deps.events.publish(space.name, { kind: 'space', change: 'dropped' })
    return discarded
  }

  async #inEach(spaces: readonly Space[], work: (space: Space) => Promise<void>): Promise<void> {
    const done: Promise<void>[] = []
    await eachInSlices(spaces, this.#deps.slices, space => done.push(work(space)))
    await Promise.all(done)
  }

  #use(space: Space): void {
    space.usedAt = this.#deps.systemClock.elapsed()
    if (space !== this.default) this.#byUse.touch(space)
  }

  /** Drops the longest idle space, if the limit of spaces is reached. */
  #makeRoom(): void {
    const { bounds } = this.#deps
    if (this.#byUse.size < bounds.limits.spaces || this.#deps.runtimeOf) return
    const space = this.#byUse.findIdlest()
    if (!space) return
    bounds.drop('spaces', space.name)
    void this.drop(space)
  }

  #begin(name: string): Space {
    const space = this.#create(name)
    this.#add(space)
    // A replica begins it by the first input of its log.
    if (!this.#deps.runtimeOf) space.begin(this.scenario)
    return space
  }

  #create(name: string): Space {
    const hooks = this.#tokens.hooksOf(() => space)
    const space = new Space(name, this.#deps, hooks)
    return space
  }

  #add(space: Space): void {
    this.#makeRoom()
    this.#byName.set(space.name, space)
    this.#byUse.add(space)
  }

  /** Finds a token of another space. */
  findElsewhere(space: Space, token: string): Why | undefined {
    return this.#tokens.findElsewhere(space, token)
  }

  #dropIdle(): void {
    const { systemClock, spaceIdle, onIdle = space => void this.drop(space) } = this.#deps
    const now = systemClock.elapsed()
    for (const space of this.list())
      if (space !== this.default && now - space.usedAt >= spaceIdle && !space.isBusy) onIdle(space)
  }
}
