import { type Account, type AccountDraft, type Accounts, accountsOf, stranger } from './accounts.js'
import { Clock, type Wall } from './clock.js'
import type { Audit } from './command/strict.js'
import type { Why } from './failure.js'
import { isRecord } from './fields.js'
import { Holds } from './holds.js'
import type { Events } from './journal/events.js'
import { Journal, type SpaceSecrets } from './journal/journal.js'
import type { Fidelity, Product } from './product.js'
import { Random } from './random.js'
import { Play } from './scenario/engine.js'
import { MemorySessions, type Policy, Session, type SessionStore } from './sessions.js'
import { State } from './state.js'
import type { OpeningSession, ProductSettings, Story } from './story.js'

/** What all spaces of one server have in common. */
export interface SpaceGround {
  readonly wall: Wall
  /** What the command line says of products; a story's own word beats it. */
  readonly settings: Readonly<Record<string, ProductSettings>>
  /** Everyone may log in. */
  readonly anyone: boolean
  /** Ended sessions remembered per product. */
  readonly remember: number
  readonly products: readonly Product[]
  /** Requests that each space's journal holds. */
  readonly journal: number
  readonly events: Events
  /** Requests may ask for effects themselves, by `Prefer`. */
  readonly prefer: boolean
  /** Aborted when the server is to stop. */
  readonly stopping: AbortSignal
  /** Told before a space forgets what was in it. */
  readonly audit?: Audit | undefined
}

/** What a space tells the others, and asks them. */
export interface Neighbours {
  readonly known?: (session: Session) => void
  readonly forgotten?: (session: Session) => void
  /** Whose token it is, where it is another product's or space's. */
  readonly whose: (space: Space, product: Product, token: string) => Promise<Why | undefined>
}

const nobody: readonly AccountDraft[] = []

/** The address of a session that no request has opened: it may be used from every one. */
const anywhere = '*'

/** One isolated world: its own clock, accounts, sessions, story and chance. */
export class Space {
  clock!: Clock
  random!: Random
  accounts!: Accounts
  story!: Story
  play!: Play
  /** When a request last named it or was led to it, in milliseconds that only grow. */
  usedAt = 0
  /** How often its story has begun anew. */
  beginnings = 0
  readonly holds: Holds
  readonly journal: Journal
  readonly sessions: SessionStore
  /** What its journal hides wherever it stands. */
  readonly secrets: SpaceSecrets = {
    isToken: word => this.sessions.isToken(word),
    passwords: () => this.accounts.passwords
  }
  readonly wall: Wall
  /** Requests may ask for effects themselves, by `Prefer`. */
  readonly prefers: boolean
  /** Aborted when the server is to stop. */
  readonly stopping: AbortSignal
  #number = 0
  #state = new State()
  #counters = new Map<string, number>()
  readonly #ground: SpaceGround
  readonly #neighbours: Neighbours

  constructor(
    readonly name: string,
    ground: SpaceGround,
    neighbours: Neighbours
  ) {
    this.#ground = ground
    this.#neighbours = neighbours
    this.wall = ground.wall
    this.prefers = ground.prefer
    this.stopping = ground.stopping
    this.journal = new Journal(ground.journal)
    this.holds = new Holds((hold, waiting) => ground.events.tell(name, { kind: 'hold', name: hold, waiting }))
    this.sessions = new MemorySessions({
      remember: ground.remember,
      known: session => {
        neighbours.known?.(session)
        ground.events.tell(name, { kind: 'session', session, change: 'opened' })
      },
      ended: session => ground.events.tell(name, { kind: 'session', session, change: 'ended' }),
      forgotten: session => neighbours.forgotten?.(session)
    })
  }

  /** Starts a story from its beginning; nothing works before. */
  begin(story: Story): void {
    this.clock = new Clock(this.wall, story.clock, story.frozen)
    this.random = new Random(story.seed, this.name)
    this.adopt(story)
    this.#state = new State()
    this.#counters.clear()
    for (const opening of story.sessions) this.#reopen(opening)
  }

  /** Back to the beginning of a story: nobody is logged in or waits but those whom the story says. */
  async reset(story: Story = this.story): Promise<void> {
    this.#ground.audit?.leaving(this)
    // First of all, so that whoever is let go does nothing in the new story.
    this.beginnings += 1
    this.holds.releaseAll()
    await this.sessions.clear()
    this.journal.clear()
    this.#number = 0
    this.begin(story)
  }

  /** Another story's accounts, settings and rules from now on; clock, sessions and state stay as they are. */
  adopt(story: Story): void {
    if (this.play) this.#ground.audit?.changing(this)
    this.story = story
    const { accounts } = story
    this.accounts = accountsOf(accounts === 'any' ? nobody : accounts, accounts === 'any' || this.#ground.anyone)
    this.play = new Play(story.rules, this.clock.now())
  }

  /** The word that its scenario has come to, by its clock. */
  get state(): string {
    return this.#state.at(this.clock.now())
  }

  set state(word: string) {
    this.enter(word)
  }

  /** When its state ends by itself, in Unix milliseconds; undefined where it does not. */
  get stateEndsAt(): number | undefined {
    return this.#state.endsAt(this.clock.now())
  }

  /** Moves to this state: until something else is said, or for so many milliseconds by its clock. */
  enter(word: string, ms?: number): void {
    this.#state.enter(word, this.clock.now(), ms)
  }

  /** Whose token it is, where it is another product's or space's. */
  whose(product: Product, token: string): Promise<Why | undefined> {
    return this.#neighbours.whose(this, product, token)
  }

  /** A real wait, in milliseconds, cut short when the signal is aborted. */
  wait(ms: number, signal?: AbortSignal): Promise<void> {
    return this.wall.sleep(ms, signal)
  }

  /** The number of the next request. */
  nextNumber(): number {
    this.#number += 1
    return this.#number
  }

  /** A counter of the space's own: `start`, then one more each time. */
  count(name: string, start: number): number {
    const next = (this.#counters.get(name) ?? start - 1) + 1
    this.#counters.set(name, next)
    return next
  }

  fidelity(product: Product): Fidelity {
    return this.setting(product.name, 'fidelity') ?? 'documented'
  }

  setting<Key extends keyof ProductSettings>(product: string, key: Key): ProductSettings[Key] {
    return this.story.products[product]?.[key] ?? this.#ground.settings[product]?.[key]
  }

  /** A number that only this product has a setting for. */
  number(product: string, key: string): number | undefined {
    const value = this.story.products[product]?.[key]
    return typeof value === 'number' ? value : undefined
  }

  policy(product: Product): Policy {
    const { policy, observed } = product.sessions
    const habits = this.fidelity(product) === 'observed' ? { ...policy, ...observed } : policy
    const { idle, lifetime, renewed, limit = Number.POSITIVE_INFINITY, pinned = false } = habits
    return {
      idle: this.setting(product.name, 'idle') ?? idle,
      lifetime: this.setting(product.name, 'lifetime') ?? lifetime,
      limit: this.setting(product.name, 'limit') ?? limit,
      renewed,
      pinned
    }
  }

  /** A session for that login, not yet kept. Its token depends on the seed, the login and its count alone. */
  draft(product: Product, login: string, address: string): Session {
    const token = product.sessions.make(this.random.bytes(`${product.name} token ${login}`))
    return new Session(product.name, token, login, address, this.clock.now(), this.policy(product))
  }

  /** A session that was there before the story began. */
  #reopen({ product: name, login, token, age, status }: OpeningSession): void {
    const product = this.#ground.products.find(each => each.name === name)
    if (!product) return
    const now = this.clock.now()
    const drawn = token ?? product.sessions.make(this.random.bytes(`${name} token ${login}`))
    const session = new Session(name, drawn, login, anywhere, now - age, this.policy(product))
    void this.sessions.open(session, session.openedAt)
    if (status !== 'open')
      void this.sessions.end(name, drawn, {
        cause: status === 'ended' ? 'logged-out' : 'expired',
        at: now,
        by: 'the story'
      })
  }

  /** What the account of that name has for a product: what was said of it, over the product's defaults. */
  part(product: Product, login: string): object {
    const account: Account = this.accounts.find(login, product.accounts.folded) ?? stranger(login)
    const said = account.parts[product.name]
    const defaults = product.accounts.defaults(account)
    return isRecord(said) ? { ...defaults, ...said } : defaults
  }
}
