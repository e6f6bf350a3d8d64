import { BoundedMap } from '../base/collections.js'
import type { Slices } from '../base/slices.js'
import { Journal, Underway } from '../journal/journal.js'
import { secretsOf } from '../journal/redactor.js'
import { nothingInherited } from '../journal/verdicts.js'
import type { Overlay } from '../overlay/overlay.js'
import type { Why } from '../product/failure.js'
import type { Fidelity, Product, SessionForm } from '../product/product.js'
import { RuleEngine } from '../scenario/engine/rule-engine.js'
import type { ProductSettings, Scenario } from '../scenario/scenario.js'
import {
  type Account,
  type AccountDocument,
  type Accounts,
  accountsOf,
  type SpaceSecrets,
  unlistedAccount
} from '../session/accounts.js'
import { Clock, type SystemClock } from '../session/clock.js'
import type { Holds } from '../session/holds.js'
import { Random } from '../session/random.js'
import { type Policy, Session, type SessionStore } from '../session/session-store.js'
import { BlockedAddresses, State } from '../session/space-values.js'
import { ScenarioSessions } from './scenario-sessions.js'
import {
  createSessionStore,
  type ProductBehaviour,
  ProductBehaviours,
  type SpaceDeps,
  type SpaceHooks,
  type SpaceRuntime
} from './space-options.js'
import { inheritedOf, prepareContents, type RestoreMode, type SpaceState, snapshotContents } from './space-state.js'
import { Waits } from './waits.js'

/** An isolated space: a scenario in use, with its own clock, accounts, sessions, journal and waiting requests. Unusable before `begin` or a prepared state. */
export class Space {
  /** The time of its last request, in monotonic milliseconds. */
  usedAt = 0
  /** The number of its last use among the uses of all spaces. */
  lastUse = 0
  /** Number of resets, restores and removals: a request of an earlier generation is stale. */
  generation = 0
  /** The requests and rule counts of the space that this one was copied from. */
  inherited = nothingInherited
  readonly holds: Holds
  readonly underway: Underway
  readonly journal: Journal
  readonly sessions: SessionStore
  /** The texts that its journal redacts. */
  readonly secrets: SpaceSecrets = {
    isToken: word => this.sessions.isTokenInAnyCase(word) || (this.#hooks.isTokenElsewhere?.(word) ?? false),
    known: () => [secretsOf(this.scenario).known, this.#deps.passwords.known],
    remember: (password, login) => this.#deps.passwords.add(password, login)
  }
  /** `Prefer` headers of requests have effect. */
  readonly prefers: boolean
  /** Aborted when the server stops. */
  readonly stopping: AbortSignal
  readonly systemClock: SystemClock
  /** Recorded answers of real servers, in place of those of the products. */
  readonly overlay: Overlay | undefined
  /** The number of the last request. */
  #number = 0
  #begun: Run | undefined
  readonly #deps: SpaceDeps
  readonly #runtime: SpaceRuntime | undefined
  readonly #hooks: SpaceHooks
  readonly #waits: Waits
  readonly #scenarioSessions: ScenarioSessions

  constructor(
    readonly name: string,
    deps: SpaceDeps,
    hooks: SpaceHooks
  ) {
    this.#deps = deps
    this.#hooks = hooks
    this.#runtime = deps.runtimeOf?.(name)
    this.systemClock = this.#runtime?.systemClock ?? deps.systemClock
    this.overlay = deps.overlay
    this.prefers = deps.prefer
    this.stopping = deps.stopping
    this.journal = new Journal(deps.journal, deps.journalBudget)
    this.#waits = new Waits(name, this.systemClock, deps, this.#runtime)
    this.holds = this.#waits.holds
    this.underway = new Underway(entry => deps.events.publish(name, { kind: 'underway', entry }))
    this.sessions = createSessionStore(name, deps, hooks, {
      count: name => this.count(name, 1),
      isReadOnly: this.#runtime?.isReadOnly,
      isReplica: this.#runtime !== undefined
    })
    this.#scenarioSessions = new ScenarioSessions(this, this.sessions, deps.products)
  }

  /** Starts a scenario from its beginning. */
  begin(scenario: Scenario): void {
    this.inherited = nothingInherited
    this.#scenarioSessions.fixed = []
    this.#adopt(scenario, {
      clock: new Clock(this.systemClock, scenario.clock, scenario.frozen),
      random: new Random(scenario.seed, this.name, this.#createNames(), this.#runtime?.random),
      state: new State(),
      counters: this.#createNames(),
      blockedAddresses: new BlockedAddresses()
    })
    this.#scenarioSessions.begin(scenario.sessions)
  }

  /** Discards the contents and starts a scenario from its beginning, at once, and reports the event. */
  async reset(scenario: Scenario = this.scenario): Promise<void> {
    const discarded = this.discard()
    this.#deps.events.publish(this.name, { kind: 'space', change: 'reset' })
    this.begin(scenario)
    await discarded
  }

  /** Replaces accounts, settings and rules by those of another scenario, and reports the event. Clock, open sessions and state stay. */
  continueWith(scenario: Scenario): void {
    this.#adopt(scenario, this.#run)
    this.#deps.events.publish(this.name, { kind: 'space', change: 'scenario' })
  }

  /**
   * A copy of its current state, taken in slices of time; with `rows`, of its journal too. Requests in progress are left out. It
   * shares unchanging parts with the space.
   */
  async snapshot(slices: Slices, { rows = false } = {}): Promise<SpaceState> {
    const progress = this.#snapshotProgress()
    const { bySession, ...contents } = await snapshotContents(this, slices, rows)
    return { ...progress, rules: { ...progress.rules, bySession }, ...contents }
  }

  /**
   * Discards the contents and continues from a snapshot, at once, when the state is prepared. The space takes over the objects of
   * the state: it can be restored only once. Throws an OverLimit if it has too many sessions.
   */
  async restore(state: SpaceState): Promise<void> {
    const release = this.#runtime ? () => undefined : this.#reserve(state)
    const resume = await this.prepare(state, 'copy', this.#deps.slices).finally(release)
    const discarded = this.discard()
    resume()
    this.#deps.events.publish(this.name, { kind: 'space', change: 'restored' })
    await discarded
  }

  /** Prepares a snapshot in slices of time. The result continues from it at once, in a space that is empty by then. */
  async prepare(state: SpaceState, mode: RestoreMode, slices: Slices): Promise<() => void> {
    const putContents = await prepareContents(this, state, slices)
    return () => {
      this.#resumeProgress(state, mode === 'same')
      putContents()
      this.#scenarioSessions.fixed = state.fixed
      this.#number = state.requests
      this.inherited = mode === 'same' ? state.inherited : inheritedOf(state)
    }
  }

  /** Drops the contents of the space at once. Resolves when its tokens lead to it no longer, which is done in slices of time. */
  discard(): Promise<void> {
    this.#deps.audit?.onDiscard(this)
    // Before the waits end, so that a continued request is stale and does nothing in the new scenario.
    this.generation += 1
    this.#waits.endAll()
    this.underway.clear()
    this.journal.clear()
    this.#number = 0
    return this.sessions.clear(this.#deps.slices)
  }

  /** Clears the journal only. */
  clearJournal(): void {
    this.journal.clear()
    this.#deps.events.publish(this.name, { kind: 'space', change: 'cleared' })
  }

  /** Continues the waiting requests of a server that stops. */
  stop(): void {
    this.#waits.stop()
  }

  /** The server stops, and waits for the requests of this space. A replica continues them elsewhere. */
  get isStopping(): boolean {
    return this.#runtime === undefined && this.stopping.aborted
  }

  /** Requests are held or delayed. */
  get isBusy(): boolean {
    return this.underway.size > 0
  }

  /** A delay in real milliseconds; shorter when the signal is aborted or the space is discarded. */
  wait(ms: number, signal?: AbortSignal): Promise<void> {
    return this.#waits.delay(ms, signal)
  }

  /** The same between the pieces of a response. */
  pause(ms: number, signal?: AbortSignal): Promise<void> {
    return this.#waits.pause(ms, signal)
  }

  /** The number of the next request. */
  nextNumber(): number {
    this.#number += 1
    return this.#number
  }

  /** Number of open sessions of the product, for read-only callers. */
  countSessions(product: string): number {
    const now = this.clock.now()
    // A replica ends sessions only by inputs of its log.
    return this.#runtime ? this.sessions.countUnnoticed(product, now) : this.sessions.count(product, now)
  }

  /** The product or the space that issued the token, if it is another one. */
  findTokenOwner(product: Product, token: string): Why | undefined {
    return this.#hooks.findTokenOwner(product, token)
  }

  /** A scenario has begun. */
  get hasBegun(): boolean {
    return this.#begun !== undefined
  }

  get clock(): Clock {
    return this.#run.clock
  }

  get random(): Random {
    return this.#run.random
  }

  get blockedAddresses(): BlockedAddresses {
    return this.#run.blockedAddresses
  }

  get scenario(): Scenario {
    return this.#run.scenario
  }

  get accounts(): Accounts {
    return this.#run.accounts
  }

  get ruleEngine(): RuleEngine {
    return this.#run.ruleEngine
  }

  /** The current state of the scenario, a word from its rules. */
  get state(): string {
    return this.#run.state.at(this.clock.now())
  }

  set state(word: string) {
    this.enter(word)
  }

  /** The end of a state with a duration, in Unix milliseconds by the clock of the space. */
  get stateEndsAt(): number | undefined {
    return this.#run.state.endsAt(this.clock.now())
  }

  /** Changes the state, until the next change or for a duration in milliseconds by the clock of the space. */
  enter(word: string, ms?: number): void {
    this.#run.state.enter(word, this.clock.now(), ms)
  }

  /** Increments a counter and returns its value; the first one is `start`. */
  count(name: string, start: number): number {
    const next = (this.#run.counters.get(name) ?? start - 1) + 1
    this.#run.counters.set(name, next)
    return next
  }

  behaviour(product: Product): ProductBehaviour {
    return this.#run.behaviours.of(product)
  }

  fidelity(product: Product): Fidelity {
    return this.#run.behaviours.of(product).fidelity
  }

  setting<Key extends keyof ProductSettings>(product: string, key: Key): ProductSettings[Key] {
    return this.#run.behaviours.setting(product, key)
  }

  /** A numeric setting of this product alone. */
  number(product: string, key: string): number | undefined {
    return this.#run.behaviours.number(product, key)
  }

  policy(product: Product): Policy {
    return this.#run.behaviours.of(product).policy
  }

  /** A new session, not yet in the store. Its token depends only on the seed, the login, and the number of its tokens so far. */
  newSession(product: Product, login: string, address: string, form?: SessionForm): Session {
    const token = this.createToken(product, login, form)
    const policy = form ? { ...this.policy(product), ...form.policy } : this.policy(product)
    return new Session(product.name, token, login, address, this.clock.now(), policy)
  }

  createToken(product: Product, login: string, form?: SessionForm): string {
    const bytes = this.random.bytes(`${product.name} token ${login}`)
    return form ? form.createToken(bytes) : (this.overlay?.tokenMaker(product) ?? product.sessions.createToken)(bytes)
  }

  /** The account may have no session of the product. */
  isLocked(product: Product, login: string): boolean {
    return product.accounts.isLocked?.(this.accountData(product, login)) ?? false
  }

  /** The data of an account for a product: the defaults of the product with the properties of the scenario. */
  accountData(product: Product, login: string): object {
    const account: Account = this.accounts.find(login, product.accounts.caseInsensitive) ?? unlistedAccount(login)
    return this.#run.behaviours.of(product).accountData(account)
  }

  /** The scenario in use. */
  get #run(): Run {
    if (!this.#begun) throw new Error(`the space ${this.name} has no scenario yet`)
    return this.#begun
  }

  /** Takes accounts, settings and rules from a scenario, and ends and opens its sessions. */
  #adopt(scenario: Scenario, progress: Progress): void {
    if (this.#begun) this.#deps.audit?.onRulesChange(this)
    this.#begun = { ...progress, ...this.#rulesOf(scenario, progress.clock.now()) }
    this.inherited = { ...this.inherited, played: [] }
    this.#scenarioSessions.update()
  }

  /** `began`: the time at which the rules began, in Unix milliseconds. */
  #rulesOf(scenario: Scenario, began: number): Rules {
    const { accounts, products } = scenario
    const { settings, anyone } = this.#deps
    return {
      scenario,
      behaviours: new ProductBehaviours(products, settings),
      accounts: accountsOf(accounts === 'any' ? noAccounts : accounts, accounts === 'any' || anyone),
      ruleEngine: new RuleEngine(secretsOf(scenario).rules, began, this.#createNames())
    }
  }

  /** A bounded map with a value for each login or session. */
  #createNames<Value>(): BoundedMap<Value> {
    const { bounds } = this.#deps
    return new BoundedMap(bounds.limits.names, () => bounds.drop('names', this.name))
  }

  /** The part of a snapshot that is copied at once. */
  #snapshotProgress() {
    const { scenario, clock, random, state, counters, blockedAddresses, ruleEngine } = this.#run
    const real = this.systemClock.now()
    const now = clock.at(real)
    return {
      scenario,
      clock: { now, ahead: now - real, frozen: clock.frozen },
      random: random.state,
      states: state.entries(),
      counters: counters.entries(),
      blocked: blockedAddresses.entries(),
      requests: this.#number,
      inherited: this.inherited,
      rules: ruleEngine.snapshot(),
      fixed: this.#scenarioSessions.fixed
    }
  }

  /** Continues from a snapshot. `runsOn`: the clock has also run since the snapshot. */
  #resumeProgress({ scenario, clock, random, rules, states, counters, blocked }: SpaceState, runsOn: boolean): void {
    const now = runsOn && !clock.frozen ? this.systemClock.now() + clock.ahead : clock.now
    this.#begun = {
      clock: new Clock(this.systemClock, now, clock.frozen),
      random: Random.restore(random, this.#createNames(), this.#runtime?.random),
      state: State.restore(states),
      counters: this.#createNames<number>().with(counters),
      blockedAddresses: BlockedAddresses.restore(blocked),
      ...this.#rulesOf(scenario, rules.began)
    }
  }

  #reserve({ sessions: { products } }: SpaceState): () => void {
    const added = products.reduce((sum, { open }) => sum + open.length, 0) - this.sessions.openCount
    return this.#deps.bounds.reserveSessions(Math.max(added, 0))
  }
}

/** What changes while a scenario is in use. */
interface Progress {
  readonly clock: Clock
  readonly random: Random
  readonly state: State
  readonly counters: BoundedMap<number>
  readonly blockedAddresses: BlockedAddresses
}

/** What a scenario fixes until another one replaces it. */
interface Rules {
  readonly scenario: Scenario
  readonly behaviours: ProductBehaviours
  readonly accounts: Accounts
  readonly ruleEngine: RuleEngine
}

type Run = Progress & Rules

const noAccounts: readonly AccountDocument[] = []
