import { getOrCreate } from '../base/collections.js'
import { eachInSlices } from '../base/slices.js'
import type { Why } from '../product/failure.js'
import type { Product } from '../product/product.js'
import type { Scenario } from '../scenario/scenario.js'
import { FoldedTokens } from '../session/product-sessions.js'
import type { Session } from '../session/session-store.js'
import { defaultSpaceName, spaceName } from '../session/space-values.js'
import { Space } from './space.js'
import type { SpaceDeps, SpaceHooks } from './space-options.js'

export { defaultSpaceName, spaceName }

interface SpacesDeps extends SpaceDeps {
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

interface TokenOwnersOptions {
  readonly products: readonly Product[]
  readonly defaultSpace: () => Space
  /** The scenario of new spaces. */
  readonly scenario: () => Scenario
  /** A replica finds tokens of other spaces through the store. */
  readonly isReplica: boolean
  /** Called for each new token of a space other than the default one. */
  readonly onToken?: ((product: string, token: string, space: string) => void) | undefined
}

/** Finds the space and the product of a token. */
class TokenOwners {
  readonly #options: TokenOwnersOptions
  readonly #spaces = new TokenSpaces()

  constructor(options: TokenOwnersOptions) {
    this.#options = options
  }

  /** The space of the token, if it is not the default one. */
  spaceOf(product: string, token: string): Space | undefined {
    return this.#spaces.find(product, token)
  }

  clear(): void {
    this.#spaces.clear()
  }

  /** The hooks of a space; its own tokens lead to it. Tokens of the default space have no entry. */
  hooksOf(space: () => Space): SpaceHooks {
    return {
      onTokenKnown: session => this.#own(session, space()),
      onTokenRestored: session => {
        if (!this.#isOwned(session)) this.#own(session, space())
      },
      onTokenForgotten: ({ product, token }) => this.#spaces.remove(product, token, space()),
      ...this.hooksOfDefault(space)
    }
  }

  hooksOfDefault(space: () => Space): SpaceHooks {
    return {
      findTokenOwner: (product, token) => this.#findOwner(space(), product, token),
      isTokenElsewhere: word =>
        this.#spaces.isToken(word) ||
        (space() !== this.#options.defaultSpace() && this.#options.defaultSpace().sessions.isTokenInAnyCase(word))
    }
  }

  /** Finds a token of another space. */
  findElsewhere(space: Space, token: string): Why | undefined {
    for (const product of this.#options.products) {
      const owner = this.#spaces.find(product.name, token) ?? this.#options.defaultSpace()
      if (owner !== space && owner.sessions.has(product.name, token))
        return { reason: 'of-another-space', owner: owner.name }
    }
    return undefined
  }

  /** Finds a token of another product, or else of another space. */
  #findOwner(space: Space, { name }: Product, token: string): Why | undefined {
    const { products, isReplica } = this.#options
    for (const product of products)
      if (product.name !== name && space.sessions.has(product.name, token))
        return { reason: 'of-another-product', owner: product.name }
    return isReplica ? undefined : this.findElsewhere(space, token)
  }

  /** Makes the token lead to this space. */
  #own({ product, token, policy }: Session, space: Space): void {
    if (policy.fixed || this.#isFixedToken(token)) return
    this.#spaces.set(product, token, space)
    this.#options.onToken?.(product, token, space.name)
  }

  /** The token leads to a space already. */
  #isOwned({ product, token }: Session): boolean {
    return this.#spaces.has(product, token) || this.#options.defaultSpace().sessions.isToken(token)
  }

  /** A token from the scenario exists in every space, so it leads to none. */
  #isFixedToken(token: string): boolean {
    return this.#options.scenario().sessions.some(session => session.token === token)
  }
}

/**
 * The space of each token, by product. Tokens of the default space have no entry. A space has entries before a
 * restore of its sessions in slices, and after their removal: they lead to it only while it has the session.
 */
class TokenSpaces {
  #byProduct = new Map<string, Map<string, Space>>()
  readonly #folded = new FoldedTokens()

  find(product: string, token: string): Space | undefined {
    const space = this.#byProduct.get(product)?.get(token)
    return space?.sessions.has(product, token) ? space : undefined
  }

  /** The token leads to a space, or will at the end of a restore. */
  has(product: string, token: string): boolean {
    return this.#byProduct.get(product)?.get(token)?.sessions.isClaimed(product, token) ?? false
  }

  /** Whether the word is such a token of any product, in any letter case. */
  isToken(word: string): boolean {
    if (this.#byProduct.size === 0) return false
    const folded = word.toLowerCase()
    for (const spaces of this.#byProduct.values()) if (spaces.has(word) || spaces.has(folded)) return true
    return this.#folded.has(word, () => this.#tokens())
  }

  *#tokens(): Generator<string> {
    for (const spaces of this.#byProduct.values()) yield* spaces.keys()
  }

  clear(): void {
    this.#byProduct = new Map()
    this.#folded.clear()
  }

  set(product: string, token: string, space: Space): void {
    getOrCreate(this.#byProduct, product, newMap).set(token, space)
    this.#folded.add(token)
  }

  /** Removes the entry, if it still leads to this space, and the space has dropped the session. */
  remove(product: string, token: string, space: Space): void {
    const owners = this.#byProduct.get(product)
    if (owners?.get(token) === space && !space.sessions.isClaimed(product, token)) owners.delete(token)
  }
}

const newMap = () => new Map<string, Space>()

/** An idle space, and its last use when it was listed. */
interface Candidate {
  readonly space: Space
  readonly lastUse: number
}

/**
 * Finds the longest idle space. A use only counts: no order is kept, as most servers never need it, and the order of thousands of
 * spaces costs each request more than a count.
 */
export class IdleOrder {
  readonly #spaces = new Set<Space>()
  #uses = 0
  /** Some of the longest idle spaces, the longest idle one last. */
  #candidates: Candidate[] = []

  get size(): number {
    return this.#spaces.size
  }

  add(space: Space): void {
    this.#spaces.add(space)
    this.touch(space)
  }

  delete(space: Space): void {
    this.#spaces.delete(space)
  }

  clear(): void {
    this.#spaces.clear()
    this.#candidates = []
  }

  /** The space is used. */
  touch(space: Space): void {
    this.#uses += 1
    space.lastUse = this.#uses
  }

  /** The longest idle space without held or delayed requests; busy ones count as used. */
  findIdlest(): Space | undefined {
    for (let left = this.#spaces.size; left > 0; left -= 1) {
      const space = this.#nextIdle()
      if (!space?.isBusy) return space
      this.touch(space)
    }
    return undefined
  }

  /** The spaces that were used or added after the candidates were listed are less idle than these. */
  #nextIdle(): Space | undefined {
    for (let pass = 0; pass < 2; pass += 1) {
      for (let next = this.#candidates.at(-1); next; next = this.#candidates.at(-1)) {
        if (next.space.lastUse === next.lastUse && this.#spaces.has(next.space)) return next.space
        this.#candidates.pop()
      }
      this.#candidates = this.#listIdlest()
    }
    return undefined
  }

  #listIdlest(): Candidate[] {
    const uses = Float64Array.from(this.#spaces, ({ lastUse }) => lastUse).sort()
    const limit = uses.at(Math.min(maxCandidates, uses.length) - 1) ?? 0
    const idle: Candidate[] = []
    for (const space of this.#spaces) if (space.lastUse <= limit) idle.push({ space, lastUse: space.lastUse })
    return idle.sort((a, b) => b.lastUse - a.lastUse)
  }
}

/** Spaces that are listed at once. */
const maxCandidates = 1000
