import { BoundedMap } from '../base/bounded-map.js'
import { secretsOf } from '../journal/scenario-secrets.js'
import type { Overlay } from '../overlay/overlay.js'
import type { Fidelity, Product, SessionForm } from '../product/product.js'
import { RuleEngine } from '../scenario/engine/rule-engine.js'
import type { ProductSettings, Scenario } from '../scenario/scenario.js'
import { type Policy, Session } from '../session/sessions.js'
import { type Account, type AccountDocument, type Accounts, accountsOf, unlistedAccount } from '../state/accounts.js'
import { BlockedAddresses } from '../state/blocked-addresses.js'
import { Clock, type SystemClock } from '../state/clock.js'
import { Random } from '../state/random.js'
import { State } from '../state/state.js'
import { type ProductBehaviour, ProductBehaviours } from './product-behaviour.js'
import type { SpaceDeps } from './space-deps.js'
import type { SpaceRuntime } from './space-runtime.js'
import type { ScenarioProgress, SpaceState } from './space-state.js'

const noAccounts: readonly AccountDocument[] = []

/** A scenario in use: clock, random numbers, accounts, settings of products, rules and state. A space adds sessions, journal and waiting requests. */
export class ActiveScenario {
  clock!: Clock
  random!: Random
  accounts!: Accounts
  scenario!: Scenario
  ruleEngine!: RuleEngine
  blockedAddresses = new BlockedAddresses()
  readonly systemClock: SystemClock
  readonly overlay: Overlay | undefined
  protected readonly runtime: SpaceRuntime | undefined
  #state = new State()
  #counters: BoundedMap<number> = new BoundedMap()
  #behaviours!: ProductBehaviours

  constructor(
    readonly name: string,
    protected readonly deps: SpaceDeps
  ) {
    this.runtime = deps.runtimeOf?.(name)
    this.systemClock = this.runtime?.systemClock ?? deps.systemClock
    this.overlay = deps.overlay
  }

  /** Clock, random numbers and state as at the beginning of a scenario. */
  protected beginScenario(scenario: Scenario): void {
    this.clock = new Clock(this.systemClock, scenario.clock, scenario.frozen)
    this.random = new Random(scenario.seed, this.name, this.#createNames(), this.runtime?.random)
    this.#state = new State()
    this.#counters = this.#createNames()
    this.blockedAddresses = new BlockedAddresses()
  }

  /** Takes accounts, settings and rules from a scenario. `began`: the time at which its rules began, in Unix milliseconds. */
  protected applyScenario(scenario: Scenario, began: number): void {
    this.scenario = scenario
    this.#behaviours = new ProductBehaviours(scenario.products, this.deps.settings)
    const { accounts } = scenario
    this.accounts = accountsOf(accounts === 'any' ? noAccounts : accounts, accounts === 'any' || this.deps.anyone)
    this.ruleEngine = new RuleEngine(secretsOf(scenario).rules, began, this.#createNames())
  }

  /** The part of a snapshot with clock, random numbers and state. */
  protected snapshotProgress(): ScenarioProgress {
    const { scenario, clock, random } = this
    const real = this.systemClock.now()
    const now = clock.at(real)
    return {
      scenario,
      clock: { now, ahead: now - real, frozen: clock.frozen },
      random: random.state,
      states: this.#state.entries(),
      counters: this.#counters.entries(),
      blocked: this.blockedAddresses.entries()
    }
  }

  /** Continues from a snapshot. `runsOn`: the clock has also run since the snapshot. */
  protected resumeProgress({ scenario, clock, random, rules, states, counters, blocked }: SpaceState, runsOn: boolean) {
    const now = runsOn && !clock.frozen ? this.systemClock.now() + clock.ahead : clock.now
    this.clock = new Clock(this.systemClock, now, clock.frozen)
    this.random = Random.restore(random, this.#createNames(), this.runtime?.random)
    this.applyScenario(scenario, rules.began)
    this.#state = State.restore(states)
    this.#counters = this.#createNames<number>().with(counters)
    this.blockedAddresses = BlockedAddresses.restore(blocked)
  }

  /** A bounded map with a value for each login or session. */
  #createNames<Value>(): BoundedMap<Value> {
    const { bounds } = this.deps
    return new BoundedMap(bounds.limits.names, () => bounds.drop('names', this.name))
  }

  /** A scenario has begun. */
  get hasBegun(): boolean {
    return this.ruleEngine !== undefined
  }

  /** The current state of the scenario, a word from its rules. */
  get state(): string {
    return this.#state.at(this.clock.now())
  }

  set state(word: string) {
    this.enter(word)
  }

  /** The end of a state with a duration, in Unix milliseconds by the clock of the space. */
  get stateEndsAt(): number | undefined {
    return this.#state.endsAt(this.clock.now())
  }

  /** Changes the state, until the next change or for a duration in milliseconds by the clock of the space. */
  enter(word: string, ms?: number): void {
    this.#state.enter(word, this.clock.now(), ms)
  }

  /** Increments a counter and returns its value; the first one is `start`. */
  count(name: string, start: number): number {
    const next = (this.#counters.get(name) ?? start - 1) + 1
    this.#counters.set(name, next)
    return next
  }

  behaviour(product: Product): ProductBehaviour {
    return this.#behaviours.of(product)
  }

  fidelity(product: Product): Fidelity {
    return this.#behaviours.of(product).fidelity
  }

  setting<Key extends keyof ProductSettings>(product: string, key: Key): ProductSettings[Key] {
    return this.#behaviours.setting(product, key)
  }

  /** A numeric setting of this product alone. */
  number(product: string, key: string): number | undefined {
    return this.#behaviours.number(product, key)
  }

  policy(product: Product): Policy {
    return this.#behaviours.of(product).policy
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
    return this.#behaviours.of(product).accountData(account)
  }
}
