import { getOrCreate } from '../base/get-or-create.js'
import type { Why } from '../product/failure.js'
import type { Product } from '../product/product.js'
import type { Scenario } from '../scenario/scenario.js'
import type { Session } from '../session/sessions.js'
import { defaultSpaceName, spaceName } from '../state/space-name.js'
import { Space, type SpaceDeps } from './space.js'

export { defaultSpaceName, spaceName }

export interface SpacesDeps extends SpaceDeps {
  /** Milliseconds without a request after which a space is dropped; the default space stays. */
  readonly spaceIdle: number
  /** Drops a space that nobody has used for long; left out, it is dropped at once. */
  readonly onIdle?: ((space: Space) => void) | undefined
  /** Told of each token that leads to a space other than the default one. */
  readonly onToken?: ((product: string, token: string, space: string) => void) | undefined
}

/** All worlds of one server. They come into being at first use, and go when nobody has used them for long. */
export class Spaces {
  readonly #byName = new Map<string, Space>()
  /** Which space knows a product's token; the default one needs no entry. */
  readonly #byToken = new Map<string, Map<string, Space>>()
  /** All but the default one, by their last use. */
  readonly #byUse = new Set<Space>()
  #latest: Space | undefined
  readonly #deps: SpacesDeps
  readonly #stopDropping: () => void
  #scenario: Scenario
  readonly default: Space

  constructor(deps: SpacesDeps, scenario: Scenario) {
    this.#deps = deps
    this.#scenario = scenario
    this.default = new Space(defaultSpaceName, deps, { findTokenOwner: this.#findTokenOwner })
    if (!deps.runtimeOf) this.default.begin(scenario)
    this.#byName.set(defaultSpaceName, this.default)
    this.#stopDropping = deps.systemClock.every(Math.min(deps.spaceIdle, 60_000), () => this.#dropIdle())
  }

  /** The server is to stop: whoever is held goes on. */
  close(): void {
    this.#stopDropping()
    for (const space of this.list()) space.stop()
  }

  /** The scenario that a new space begins with. */
  get scenario(): Scenario {
    return this.#scenario
  }

  /** Another scenario that new spaces begin with. */
  set scenario(scenario: Scenario) {
    this.#scenario = scenario
  }

  /** The space of that name, made where there is none. */
  get(name: string): Space {
    const space = this.#byName.get(name) ?? this.#make(name)
    this.#use(space)
    return space
  }

  /** The space of that name, if there is one. */
  find(name: string): Space | undefined {
    return this.#byName.get(name)
  }

  list(): Space[] {
    return [...this.#byName.values()]
  }

  /** The space that this token belongs to, if it is another than the default one. */
  ofToken(product: string, token: string | undefined): Space | undefined {
    const space = token === undefined ? undefined : this.#byToken.get(product)?.get(token)
    if (space) this.#use(space)
    return space
  }

  /**
   * A new space of that name, where there is none, that goes on from the state of another one at this moment; with `rows`, from
   * its journal too. A token that both have still leads to the one that it led to.
   */
  fork(source: Space, name: string, { rows = false }: { readonly rows?: boolean } = {}): Space {
    this.#use(source)
    const state = source.snapshot({ rows })
    const space = this.#make(name, made => made.resume(state, 'copy'))
    this.#use(space)
    this.#deps.events.publish(name, { kind: 'space', change: 'made' })
    return space
  }

  /** Every space begins another scenario, and new spaces begin with it. */
  async begin(scenario: Scenario): Promise<void> {
    this.#scenario = scenario
    await Promise.all(this.list().map(space => space.reset(scenario)))
  }

  /** Every space goes on with another scenario's accounts, settings and rules, and new spaces begin with it. */
  adopt(scenario: Scenario): void {
    this.#scenario = scenario
    for (const space of this.list()) space.continueWith(scenario)
  }

  /** Ends a world; what waits in it goes on. The default one only begins anew. */
  async drop(space: Space): Promise<void> {
    if (space === this.default) return space.reset(this.#scenario)
    this.#byName.delete(space.name)
    this.#byUse.delete(space)
    await space.discard()
    this.#deps.events.publish(space.name, { kind: 'space', change: 'dropped' })
  }

  #use(space: Space): void {
    space.usedAt = this.#deps.systemClock.elapsed()
    if (space === this.#latest || space === this.default) return
    this.#latest = space
    this.#byUse.delete(space)
    this.#byUse.add(space)
  }

  /** Drops the space that was used longest ago, where there are too many. */
  #makeRoom(): void {
    const { bounds } = this.#deps
    if (this.#byUse.size < bounds.limits.spaces || this.#deps.runtimeOf) return
    const space = this.#findIdlest()
    if (!space) return
    bounds.drop('spaces', space.name)
    void this.drop(space)
  }

  /** Nothing that is held or delayed is dropped: its space counts as used. */
  #findIdlest(): Space | undefined {
    for (let left = this.#byUse.size; left > 0; left -= 1) {
      const [space] = this.#byUse
      if (!space?.isBusy) return space
      this.#byUse.delete(space)
      this.#byUse.add(space)
    }
    return undefined
  }

  #make(name: string, begin = (made: Space): void => this.#begin(made)): Space {
    this.#makeRoom()
    const space: Space = new Space(name, this.#deps, {
      onTokenKnown: session => this.#own(session, space),
      onTokenRestored: session => {
        if (!this.#isOwned(session)) this.#own(session, space)
      },
      onTokenForgotten: ({ product, token }) => this.#forgetToken(product, token, space),
      findTokenOwner: this.#findTokenOwner
    })
    this.#byName.set(name, space)
    this.#byUse.add(space)
    begin(space)
    return space
  }

  /** Where others hold it too, its log says how it begins. */
  #begin(space: Space): void {
    if (!this.#deps.runtimeOf) space.begin(this.#scenario)
  }

  /** The token leads to this space from now on. */
  #own({ product, token, policy }: Session, space: Space): void {
    if (policy.fixed || this.#isFixedToken(token)) return
    getOrCreate(this.#byToken, product, newMap).set(token, space)
    this.#deps.onToken?.(product, token, space.name)
  }

  /** The token leads to a space already. */
  #isOwned({ product, token }: Session): boolean {
    return this.#byToken.get(product)?.has(token) === true || this.default.sessions.isToken(token)
  }

  #forgetToken(product: string, token: string, space: Space): void {
    const owners = this.#byToken.get(product)
    if (owners?.get(token) === space) owners.delete(token)
  }

  /** Looks for a token at the other products, then in the other spaces. */
  readonly #findTokenOwner = async (space: Space, { name }: Product, token: string): Promise<Why | undefined> => {
    const { products } = this.#deps
    for (const product of products)
      if (product.name !== name && space.sessions.has(product.name, token))
        return { reason: 'of-another-product', owner: product.name }
    // Where each process has its own part of the spaces, who answers the request has looked elsewhere.
    return this.#deps.runtimeOf ? undefined : this.findElsewhere(space, token)
  }

  /** Looks for a token in the other spaces. */
  findElsewhere(space: Space, token: string): Why | undefined {
    for (const product of this.#deps.products) {
      const owner = this.#byToken.get(product.name)?.get(token) ?? this.default
      if (owner !== space && owner.sessions.has(product.name, token))
        return { reason: 'of-another-space', owner: owner.name }
    }
    return undefined
  }

  /** A token that the scenario itself chose is known to every space, so it leads to none. */
  #isFixedToken(token: string): boolean {
    return this.#scenario.sessions.some(session => session.token === token)
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

const newMap = () => new Map<string, Space>()
