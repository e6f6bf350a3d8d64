import { BoundedMap } from '../base/bounded-map.js'
import type { Slices } from '../base/in-slices.js'
import type { MaybePromise } from '../base/maybe-promise.js'
import { copyEntry } from '../journal/entry-copy.js'
import type { Events } from '../journal/events.js'
import { Journal } from '../journal/journal.js'
import type { JournalBudget } from '../journal/journal-budget.js'
import { Underway } from '../journal/underway.js'
import { nothingInherited } from '../journal/verdicts.js'
import { isRecord } from '../kit/fields.js'
import type { Overlay } from '../overlay/overlay.js'
import type { Why } from '../product/failure.js'
import type { Fidelity, Product, SessionForm } from '../product/product.js'
import { RuleEngine } from '../scenario/engine/rule-engine.js'
import type { InitialSession, ProductSettings, Scenario } from '../scenario/scenario.js'
import { MemorySessions, type Policy, Session, type SessionStore, type SessionsState } from '../session/sessions.js'
import { type Account, type AccountDocument, type Accounts, accountsOf, unlistedAccount } from '../state/accounts.js'
import { BlockedAddresses } from '../state/blocked-addresses.js'
import type { Bounds } from '../state/bounds.js'
import { Clock, type SystemClock } from '../state/clock.js'
import { Delays } from '../state/delays.js'
import { Holds } from '../state/holds.js'
import { Random } from '../state/random.js'
import type { SpaceSecrets } from '../state/secrets.js'
import { State } from '../state/state.js'
import { anyAddress, changesOf, fixedSessionsOf } from './fixed-sessions.js'
import { HabitsOfProducts } from './product-habits.js'
import type { SpaceRuntime } from './space-runtime.js'
import {
  type FixedSession,
  inheritedOf,
  journalState,
  journalStateNow,
  type RestoreMode,
  type SpaceState
} from './space-state.js'

/** Told what a space is about to forget. */
export interface Audit {
  /** It goes back to the beginning of a scenario, or away. */
  onDiscard(space: Space): void
  /** It goes on with other rules. */
  onRulesChange(space: Space): void
}

/** What all spaces of one server have in common. */
export interface SpaceDeps {
  readonly systemClock: SystemClock
  /** What the command line says of products; a scenario's own word beats it. */
  readonly settings: Readonly<Record<string, ProductSettings>>
  /** Everyone may log in. */
  readonly anyone: boolean
  /** Ended sessions remembered per product. */
  readonly remember: number
  readonly products: readonly Product[]
  /** Requests that each space's journal holds. */
  readonly journal: number
  /** The bytes that all journals may hold together. */
  readonly journalBudget: JournalBudget
  /** Of what clients can make without end. */
  readonly bounds: Bounds
  readonly events: Events
  /** Requests may ask for effects themselves, by `Prefer`. */
  readonly prefer: boolean
  /** Aborted when the server is to stop. */
  readonly stopping: AbortSignal
  /** Told before a space forgets what was in it. */
  readonly audit?: Audit | undefined
  /** What real servers answer otherwise. */
  readonly overlay?: Overlay | undefined
  /** What the space of that name is driven by; left out, the real time and chance. */
  readonly runtimeOf?: ((name: string) => SpaceRuntime) | undefined
}

/** What a space tells the others, and asks them. */
export interface SpaceHooks {
  readonly onTokenKnown?: (session: Session) => void
  readonly onTokenRestored?: (session: Session) => void
  readonly onTokenForgotten?: (session: Session) => void
  /** Whose token it is, where it is another product's or space's. */
  readonly findTokenOwner: (space: Space, product: Product, token: string) => Promise<Why | undefined>
}
const noAccounts: readonly AccountDocument[] = []

/** One isolated world: its own clock, accounts, sessions, scenario and chance. */
export class Space {
  clock!: Clock
  random!: Random
  accounts!: Accounts
  scenario!: Scenario
  ruleEngine!: RuleEngine
  /** When a request last named it or was led to it, in milliseconds that only grow. */
  usedAt = 0
  /** How often its scenario has begun anew. */
  generation = 0
  /** What it has not done itself, where it is a copy. */
  inherited = nothingInherited
  readonly holds: Holds
  readonly delays: Delays
  readonly underway: Underway
  readonly journal: Journal
  readonly sessions: SessionStore
  /** What its journal hides wherever it stands. */
  readonly secrets: SpaceSecrets = {
    isToken: word => this.sessions.isToken(word),
    passwords: () => this.accounts.passwords
  }
  blockedAddresses = new BlockedAddresses()
  readonly systemClock: SystemClock
  /** Requests may ask for effects themselves, by `Prefer`. */
  readonly prefers: boolean
  /** Aborted when the server is to stop. */
  readonly stopping: AbortSignal
  /** What real servers answer otherwise. */
  readonly overlay: Overlay | undefined
  #number = 0
  #state = new State()
  #counters: BoundedMap<number> = new BoundedMap()
  #habits!: HabitsOfProducts
  /** Sessions that accounts have without a login. */
  #fixed: readonly FixedSession[] = []
  readonly #deps: SpaceDeps
  readonly #hooks: SpaceHooks
  readonly #runtime: SpaceRuntime | undefined
  /** Waits between the pieces of answers that are sent: always by the real time. */
  readonly #pauses: Delays

  constructor(
    readonly name: string,
    deps: SpaceDeps,
    neighbours: SpaceHooks
  ) {
    this.#deps = deps
    this.#hooks = neighbours
    this.#runtime = deps.runtimeOf?.(name)
    this.systemClock = this.#runtime?.systemClock ?? deps.systemClock
    this.prefers = deps.prefer
    this.stopping = deps.stopping
    this.overlay = deps.overlay
    this.journal = new Journal(deps.journal, deps.journalBudget)
    this.holds = new Holds(
      (hold, waiting) => deps.events.publish(name, { kind: 'hold', name: hold, waiting }),
      this.#runtime?.gate
    )
    this.delays = new Delays(this.systemClock)
    this.#pauses = this.#runtime ? new Delays(deps.systemClock) : this.delays
    this.underway = new Underway(entry => deps.events.publish(name, { kind: 'underway', entry }))
    this.sessions = new MemorySessions({
      remember: deps.remember,
      most: deps.bounds.limits.sessions,
      onEvict: () => deps.bounds.drop('sessions', name),
      onOpen: session => {
        neighbours.onTokenKnown?.(session)
        deps.events.publish(name, { kind: 'session', session, change: 'opened' })
      },
      onEnd: session => deps.events.publish(name, { kind: 'session', session, change: 'ended' }),
      onForget: session => neighbours.onTokenForgotten?.(session),
      onRestore: session => neighbours.onTokenRestored?.(session),
      isReadOnly: this.#runtime?.isReadOnly
    })
  }

  /** Starts a scenario from its beginning; nothing works before. */
  begin(scenario: Scenario): void {
    this.clock = new Clock(this.systemClock, scenario.clock, scenario.frozen)
    this.random = new Random(scenario.seed, this.name, this.#names(), this.#runtime?.random)
    this.#fixed = []
    this.inherited = nothingInherited
    this.adopt(scenario)
    this.#state = new State()
    this.#counters = this.#names()
    this.blockedAddresses = new BlockedAddresses()
    for (const opening of scenario.sessions) this.#openInitial(opening)
    this.#endLocked()
  }

  /** Back to the beginning of a scenario: nobody is logged in or waits but those whom the scenario says. */
  async reset(scenario: Scenario = this.scenario): Promise<void> {
    await this.discard()
    this.#deps.events.publish(this.name, { kind: 'space', change: 'reset' })
    this.begin(scenario)
  }

  /**
   * A copy of its state as it is at this moment; with `rows`, its journal is a part of it. Requests that are under way are not
   * in it.
   */
  snapshot({ rows = false }: { readonly rows?: boolean } = {}): SpaceState {
    const state = this.#stateWith(this.sessions.snapshot())
    return rows ? { ...state, journal: journalStateNow(this.#rows(), state.sessions) } : state
  }

  /** The same, as it is at this moment, without a stall. For reading: it shares what does not change. */
  async snapshotInSlices(slices: Slices, { rows = false } = {}): Promise<SpaceState> {
    const state = this.#stateWith({ opened: 0, products: [] })
    const kept = this.#rows()
    const sessions = await this.sessions.snapshotInSlices(slices)
    return { ...state, sessions, ...(rows && { journal: await journalState(kept, sessions, slices) }) }
  }

  #rows() {
    return { entries: this.journal.entries(), dropped: this.journal.dropped }
  }

  #stateWith(sessions: SessionsState): SpaceState {
    const { scenario, clock, random, inherited } = this
    const now = clock.now()
    return {
      scenario,
      clock: { now, ahead: now - this.systemClock.now(), frozen: clock.frozen },
      random: random.state,
      states: this.#state.entries(),
      counters: this.#counters.entries(),
      blocked: this.blockedAddresses.entries(),
      requests: this.#number,
      inherited,
      rules: this.ruleEngine.snapshot(this.sessions.all()),
      sessions,
      fixed: this.#fixed
    }
  }

  /** Forgets all that was in it, and goes on from a snapshot. The state is its own from then on, and can be restored only once. */
  async restore(state: SpaceState, mode: RestoreMode = 'copy'): Promise<void> {
    await this.discard()
    this.resume(state, mode)
    this.#deps.events.publish(this.name, { kind: 'space', change: 'restored' })
  }

  /** Goes on from a snapshot, where nothing is in it so far. */
  resume(state: SpaceState, mode: RestoreMode): void {
    const { clock, scenario, rules, journal } = state
    const runsOn = mode === 'same' && !clock.frozen
    this.clock = new Clock(this.systemClock, runsOn ? this.systemClock.now() + clock.ahead : clock.now, clock.frozen)
    this.random = Random.restore(state.random, this.#names(), this.#runtime?.random)
    this.sessions.restore(state.sessions)
    this.#play(scenario, rules.began)
    this.ruleEngine.restore(rules, this.sessions.all())
    this.#fixed = state.fixed
    this.#state = State.restore(state.states)
    this.#counters = this.#names<number>().with(state.counters)
    this.blockedAddresses = BlockedAddresses.restore(state.blocked)
    this.#number = state.requests
    this.inherited = mode === 'same' ? state.inherited : inheritedOf(state)
    const place = { space: this.name, secrets: this.secrets }
    if (journal)
      this.journal.restore(
        journal.entries.map(entry => copyEntry(entry, place)),
        journal.dropped
      )
  }

  /** Drops the contents of the space. */
  async discard(): Promise<void> {
    this.#deps.audit?.onDiscard(this)
    // First of all, so that whoever is let go does nothing in the new scenario.
    this.generation += 1
    this.holds.releaseAll()
    this.delays.wakeAll()
    this.#pauses.wakeAll()
    this.underway.clear()
    await this.sessions.clear()
    this.journal.clear()
    this.#number = 0
  }

  /** A scenario has begun in it. */
  get hasBegun(): boolean {
    return this.ruleEngine !== undefined
  }

  /** Requests in it are held or delayed. */
  get isBusy(): boolean {
    return this.underway.size > 0
  }

  /** Where something is remembered for each login or session. */
  #names<Value>(): BoundedMap<Value> {
    const { bounds } = this.#deps
    return new BoundedMap(bounds.limits.names, () => bounds.drop('names', this.name))
  }

  /** Clears the journal, and nothing else. */
  clearJournal(): void {
    this.journal.clear()
    this.#deps.events.publish(this.name, { kind: 'space', change: 'cleared' })
  }

  /** Replaces accounts, settings and rules by those of another scenario, and reports the event. */
  continueWith(scenario: Scenario): void {
    this.adopt(scenario)
    this.#deps.events.publish(this.name, { kind: 'space', change: 'scenario' })
  }

  /** Another scenario's accounts, settings and rules from now on; clock, sessions and state stay as they are. */
  adopt(scenario: Scenario): void {
    if (this.ruleEngine) this.#deps.audit?.onRulesChange(this)
    this.#play(scenario, this.clock.now())
    this.inherited = { ...this.inherited, played: [] }
    this.#endLocked()
    this.#fix()
  }

  /** By a scenario's accounts, settings and rules, which began at that time. */
  #play(scenario: Scenario, began: number): void {
    this.scenario = scenario
    this.#habits = new HabitsOfProducts(scenario.products, this.#deps.settings)
    const { accounts } = scenario
    this.accounts = accountsOf(accounts === 'any' ? noAccounts : accounts, accounts === 'any' || this.#deps.anyone)
    this.ruleEngine = new RuleEngine(scenario.rules, began, this.#names())
  }

  /** Whether the account of that name may have no session of the product. */
  isLocked(product: Product, login: string): boolean {
    return product.accounts.isLocked?.(this.accountData(product, login)) ?? false
  }

  /** The accounts of which anything is said for this product. */
  #accountsOf({ name }: Product): Account[] {
    return this.accounts.list().filter(({ parts }) => parts[name] !== undefined)
  }

  #endLocked(): void {
    const ending = { cause: 'revoked', at: this.clock.now(), by: 'the lock on its account' } as const
    for (const product of this.#deps.products.filter(({ accounts }) => accounts.isLocked))
      for (const { login } of this.#accountsOf(product))
        if (this.isLocked(product, login)) void this.sessions.endOthers(product.name, login, '', ending)
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

  /** Changes the state: until the next change, or for so many milliseconds by the space's clock. */
  enter(word: string, ms?: number): void {
    this.#state.enter(word, this.clock.now(), ms)
  }

  /** Whose token it is, where it is another product's or space's. */
  findTokenOwner(product: Product, token: string): Promise<Why | undefined> {
    return this.#hooks.findTokenOwner(this, product, token)
  }

  /** A real wait, in milliseconds, cut short when the signal is aborted or the space begins anew. */
  wait(ms: number, signal?: AbortSignal): Promise<void> {
    return this.delays.wait(ms, signal)
  }

  /** The same between the pieces of an answer. */
  pause(ms: number, signal?: AbortSignal): Promise<void> {
    return this.#pauses.wait(ms, signal)
  }

  /** The server is to stop, and calls wait for it alone. */
  get isStopping(): boolean {
    return this.#runtime === undefined && this.stopping.aborted
  }

  /** The server is to stop: whoever waits goes on, as far as that is for this process to say. */
  stop(): void {
    this.#pauses.wakeAll()
    if (this.#runtime) return
    this.holds.releaseAll()
    this.delays.wakeAll()
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

  /** Number of open sessions of the product, for read-only callers. */
  countSessions(product: string): MaybePromise<number> {
    const now = this.clock.now()
    // Where the space is made again from its inputs, a look may change nothing.
    return this.#runtime ? this.sessions.countUnnoticed(product, now) : this.sessions.count(product, now)
  }

  fidelity(product: Product): Fidelity {
    return this.#habits.of(product).fidelity
  }

  setting<Key extends keyof ProductSettings>(product: string, key: Key): ProductSettings[Key] {
    return this.#habits.setting(product, key)
  }

  /** A number that only this product has a setting for. */
  number(product: string, key: string): number | undefined {
    return this.#habits.number(product, key)
  }

  policy(product: Product): Policy {
    return this.#habits.of(product).policy
  }

  /** A session for that login, not yet kept. Its token depends on the seed, the login and its count alone. */
  newSession(product: Product, login: string, address: string, form?: SessionForm): Session {
    const token = this.#createToken(product, login, form)
    const policy = form ? { ...this.policy(product), ...form.policy } : this.policy(product)
    return new Session(product.name, token, login, address, this.clock.now(), policy)
  }

  #createToken(product: Product, login: string, form?: SessionForm): string {
    const draw = this.random.bytes(`${product.name} token ${login}`)
    return form ? form.createToken(draw) : (this.overlay?.tokenMaker(product) ?? product.sessions.createToken)(draw)
  }

  /** A session that was there before the scenario began. */
  #openInitial({ product: name, login, token, age, status }: InitialSession): void {
    const product = this.#deps.products.find(each => each.name === name)
    if (!product) return
    const now = this.clock.now()
    const drawn = token ?? this.#createToken(product, login)
    const session = new Session(name, drawn, login, anyAddress, now - age, this.policy(product))
    void this.sessions.open(session, session.openedAt)
    if (status !== 'open')
      void this.sessions.end(name, drawn, {
        cause: status === 'ended' ? 'logged-out' : 'expired',
        at: now,
        by: 'the scenario'
      })
  }

  /** Opens the sessions that the accounts have without a login, and ends those that they have no more. */
  #fix(): void {
    const { kept, added, gone } = changesOf(this.#fixed, this.#fixedSessions())
    const ending = { cause: 'revoked', at: this.clock.now(), by: 'the scenario' } as const
    for (const { product, token } of gone) void this.sessions.end(product, token, ending)
    for (const session of added) void this.sessions.open(session, session.openedAt)
    this.#fixed = [...kept, ...added]
  }

  #fixedSessions(): Session[] {
    const now = this.clock.now()
    return this.#deps.products.flatMap(product =>
      this.accounts
        .list()
        .flatMap(({ login }) => fixedSessionsOf(product, login, this.accountData(product, login), now))
    )
  }

  /** What the account of that name has for a product: what was said of it, over the product's defaults. */
  accountData(product: Product, login: string): object {
    const account: Account = this.accounts.find(login, product.accounts.caseInsensitive) ?? unlistedAccount(login)
    const said = account.parts[product.name]
    const defaults = product.accounts.defaults(account)
    return isRecord(said) ? { ...defaults, ...said } : defaults
  }
}
