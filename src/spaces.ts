import type { Why } from './failure.js'
import { kept } from './kept.js'
import type { Product } from './product.js'
import { Space, type SpaceGround } from './space.js'
import { defaultSpaceName, spaceName } from './space-name.js'
import type { Story } from './story.js'

export { defaultSpaceName, spaceName }

export interface SpacesGround extends SpaceGround {
  /** Milliseconds without a request after which a space is dropped; the default space stays. */
  readonly spaceIdle: number
}

/** All worlds of one server. They come into being at first use, and go when nobody has used them for long. */
export class Spaces {
  readonly #byName = new Map<string, Space>()
  /** Which space knows a product's token; the default one needs no entry. */
  readonly #byToken = new Map<string, Map<string, Space>>()
  readonly #ground: SpacesGround
  readonly #stopDropping: () => void
  #story: Story
  readonly default: Space

  constructor(ground: SpacesGround, story: Story) {
    this.#ground = ground
    this.#story = story
    this.default = new Space(defaultSpaceName, ground, { whose: this.#whose })
    this.default.begin(story)
    this.#byName.set(defaultSpaceName, this.default)
    this.#stopDropping = ground.wall.every(Math.min(ground.spaceIdle, 60_000), () => this.#dropIdle())
  }

  /** The server is to stop: whoever is held goes on. */
  close(): void {
    this.#stopDropping()
    for (const { holds } of this.list()) holds.releaseAll()
  }

  /** The story that a new space begins with. */
  get story(): Story {
    return this.#story
  }

  /** The space of that name, made where there is none. */
  get(name: string): Space {
    const space = this.#byName.get(name) ?? this.#make(name)
    space.usedAt = this.#ground.wall.elapsed()
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
    if (space) space.usedAt = this.#ground.wall.elapsed()
    return space
  }

  /** Every space begins another story, and new spaces begin with it. */
  async begin(story: Story): Promise<void> {
    this.#story = story
    await Promise.all(this.list().map(space => space.reset(story)))
  }

  /** Every space goes on with another story's accounts, settings and rules, and new spaces begin with it. */
  adopt(story: Story): void {
    this.#story = story
    for (const space of this.list()) space.adopt(story)
  }

  /** Ends a world; what waits in it goes on. The default one only begins anew. */
  async drop(space: Space): Promise<void> {
    if (space !== this.default) this.#forget(space)
    await space.reset(this.#story)
  }

  #forget(space: Space): void {
    for (const owners of this.#byToken.values())
      for (const [token, owner] of owners) if (owner === space) owners.delete(token)
    this.#byName.delete(space.name)
  }

  #make(name: string): Space {
    const space: Space = new Space(name, this.#ground, {
      known: ({ product, token }) => {
        if (!this.#isChosen(token)) kept(this.#byToken, product, newMap).set(token, space)
      },
      forgotten: ({ product, token }) => this.#byToken.get(product)?.delete(token),
      whose: this.#whose
    })
    this.#byName.set(name, space)
    space.begin(this.#story)
    return space
  }

  /** Looks for a token at the other products, then in the other spaces. */
  readonly #whose = async (space: Space, { name }: Product, token: string): Promise<Why | undefined> => {
    const { products } = this.#ground
    for (const product of products)
      if (product.name !== name && (await isKnown(space, product, token)))
        return { reason: 'of-another-product', owner: product.name }
    for (const product of products) {
      const owner = this.#byToken.get(product.name)?.get(token) ?? this.default
      if (owner !== space && (await isKnown(owner, product, token)))
        return { reason: 'of-another-space', owner: owner.name }
    }
    return undefined
  }

  /** A token that the story itself chose is known to every space, so it leads to none. */
  #isChosen(token: string): boolean {
    return this.#story.sessions.some(session => session.token === token)
  }

  #dropIdle(): void {
    const now = this.#ground.wall.elapsed()
    for (const space of this.list())
      if (space !== this.default && now - space.usedAt >= this.#ground.spaceIdle && space.holds.list().length === 0)
        void this.drop(space)
  }
}

const newMap = () => new Map<string, Space>()

const isKnown = async ({ sessions, clock }: Space, { name }: Product, token: string): Promise<boolean> =>
  (await sessions.look(name, token, clock.now())).is !== 'unknown'
