import type { Why } from '../product/failure.js'
import type { Product } from '../product/product.js'
import type { Scenario } from '../scenario/scenario.js'
import type { Session } from '../session/sessions.js'
import { defaultSpaceName, spaceName } from '../state/space-name.js'
import { IdleOrder } from './idle-order.js'
import { Space } from './space.js'
import type { SpaceDeps } from './space-deps.js'
import { TokenSpaces } from './token-spaces.js'

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
  readonly #byName = new Map<string, Space>()
  readonly #byToken = new TokenSpaces()
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
    this.default = new Space(defaultSpaceName, deps, {
      findTokenOwner: (product, token) => this.#findTokenOwner(this.default, product, token)
    })
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
    const space = this.#byName.get(name) ?? this.#create(name)
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
    const space = token === undefined ? undefined : this.#byToken.find(product, token)
    if (space) this.#use(space)
    return space
  }

  /**
   * Creates a space with a free name from the current state of another one; with `rows`, from its journal too. A token of both
   * spaces still leads to the earlier one.
   */
  fork(source: Space, name: string, { rows = false }: { readonly rows?: boolean } = {}): Space {
    this.#use(source)
    const state = source.snapshot({ rows })
    const space = this.#create(name, created => created.resume(state, 'copy'))
    this.#use(space)
    this.#deps.events.publish(name, { kind: 'space', change: 'made' })
    return space
  }

  /** Starts another scenario in every space, also in new ones. */
  async begin(scenario: Scenario): Promise<void> {
    this.scenario = scenario
    await Promise.all(this.list().map(space => space.reset(scenario)))
  }

  /** Continues every space with accounts, settings and rules of another scenario, and starts it in new ones. */
  adopt(scenario: Scenario): void {
    this.scenario = scenario
    for (const space of this.list()) space.continueWith(scenario)
  }

  /** Removes a space; its waiting requests continue. The default space is only reset. */
  async drop(space: Space): Promise<void> {
    if (space === this.default) return space.reset(this.scenario)
    this.#byName.delete(space.name)
    this.#byUse.delete(space)
    await space.discard()
    this.#deps.events.publish(space.name, { kind: 'space', change: 'dropped' })
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

  #create(name: string, begin = (created: Space): void => this.#begin(created)): Space {
    this.#makeRoom()
    const space: Space = new Space(name, this.#deps, {
      onTokenKnown: session => this.#own(session, space),
      onTokenRestored: session => {
        if (!this.#isOwned(session)) this.#own(session, space)
      },
      onTokenForgotten: ({ product, token }) => this.#byToken.remove(product, token, space),
      findTokenOwner: (product, token) => this.#findTokenOwner(space, product, token)
    })
    this.#byName.set(name, space)
    this.#byUse.add(space)
    begin(space)
    return space
  }

  /** A replica begins it by the first input of its log. */
  #begin(space: Space): void {
    if (!this.#deps.runtimeOf) space.begin(this.scenario)
  }

  /** Makes the token lead to this space. */
  #own({ product, token, policy }: Session, space: Space): void {
    if (policy.fixed || this.#isFixedToken(token)) return
    this.#byToken.set(product, token, space)
    this.#deps.onToken?.(product, token, space.name)
  }

  /** The token leads to a space already. */
  #isOwned({ product, token }: Session): boolean {
    return this.#byToken.has(product, token) || this.default.sessions.isToken(token)
  }

  /** Looks for a token at the other products, then in the other spaces. */
  #findTokenOwner(space: Space, { name }: Product, token: string): Why | undefined {
    const { products } = this.#deps
    for (const product of products)
      if (product.name !== name && space.sessions.has(product.name, token))
        return { reason: 'of-another-product', owner: product.name }
    // A replica has looked in the other spaces before, through the store.
    return this.#deps.runtimeOf ? undefined : this.findElsewhere(space, token)
  }

  /** Looks for a token in the other spaces. */
  findElsewhere(space: Space, token: string): Why | undefined {
    for (const product of this.#deps.products) {
      const owner = this.#byToken.find(product.name, token) ?? this.default
      if (owner !== space && owner.sessions.has(product.name, token))
        return { reason: 'of-another-space', owner: owner.name }
    }
    return undefined
  }

  /** A token from the scenario exists in every space, so it leads to none. */
  #isFixedToken(token: string): boolean {
    return this.scenario.sessions.some(session => session.token === token)
  }

  #dropUnused(space: Space): void {
    if (this.#deps.onIdle) this.#deps.onIdle(space)
    else void this.drop(space)
  }

  #dropIdle(): void {
    const now = this.#deps.systemClock.elapsed()
    for (const space of this.list())
      if (space !== this.default && now - space.usedAt >= this.#deps.spaceIdle && !space.isBusy) this.#dropUnused(space)
  }
}
