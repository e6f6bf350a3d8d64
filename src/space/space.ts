import type { Slices } from '../base/in-slices.js'
import { Journal } from '../journal/journal.js'
import { secretsOf } from '../journal/scenario-secrets.js'
import { Underway } from '../journal/underway.js'
import { nothingInherited } from '../journal/verdicts.js'
import type { Why } from '../product/failure.js'
import type { Product } from '../product/product.js'
import type { Scenario } from '../scenario/scenario.js'
import type { SessionStore } from '../session/sessions.js'
import type { Holds } from '../state/holds.js'
import type { SpaceSecrets } from '../state/secrets.js'
import { ActiveScenario } from './active-scenario.js'
import { ScenarioSessions } from './scenario-sessions.js'
import { createSessionStore } from './session-store.js'
import { prepareContents, snapshotContents } from './space-contents.js'
import type { SpaceDeps, SpaceHooks } from './space-deps.js'
import { inheritedOf, type RestoreMode, type SpaceState } from './space-state.js'
import { Waits } from './waits.js'

/** An isolated space: a scenario with its own sessions, journal and waiting requests. Unusable before `begin` or a prepared state. */
export class Space extends ActiveScenario {
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
    known: () => [secretsOf(this.scenario).known, this.deps.passwords.known],
    remember: (password, login) => this.deps.passwords.add(password, login)
  }
  /** `Prefer` headers of requests have effect. */
  readonly prefers: boolean
  /** Aborted when the server stops. */
  readonly stopping: AbortSignal
  /** The number of the last request. */
  #number = 0
  readonly #hooks: SpaceHooks
  readonly #waits: Waits
  readonly #scenarioSessions: ScenarioSessions

  constructor(name: string, deps: SpaceDeps, hooks: SpaceHooks) {
    super(name, deps)
    this.#hooks = hooks
    this.prefers = deps.prefer
    this.stopping = deps.stopping
    this.journal = new Journal(deps.journal, deps.journalBudget)
    this.#waits = new Waits(name, this.systemClock, deps, this.runtime)
    this.holds = this.#waits.holds
    this.underway = new Underway(entry => deps.events.publish(name, { kind: 'underway', entry }))
    this.sessions = createSessionStore(name, deps, hooks, {
      count: name => this.count(name, 1),
      isReadOnly: this.runtime?.isReadOnly,
      isReplica: this.runtime !== undefined
    })
    this.#scenarioSessions = new ScenarioSessions(this, this.sessions, deps.products)
  }

  /** Starts a scenario from its beginning. */
  begin(scenario: Scenario): void {
    this.beginScenario(scenario)
    this.inherited = nothingInherited
    this.#scenarioSessions.fixed = []
    this.adopt(scenario)
    this.#scenarioSessions.begin(scenario.sessions)
  }

  /** Discards the contents and starts a scenario from its beginning, at once, and reports the event. */
  async reset(scenario: Scenario = this.scenario): Promise<void> {
    const discarded = this.discard()
    this.deps.events.publish(this.name, { kind: 'space', change: 'reset' })
    this.begin(scenario)
    await discarded
  }

  /** Replaces accounts, settings and rules by those of another scenario, and reports the event. */
  continueWith(scenario: Scenario): void {
    this.adopt(scenario)
    this.deps.events.publish(this.name, { kind: 'space', change: 'scenario' })
  }

  /** Replaces accounts, settings and rules by those of another scenario. Clock, open sessions and state stay. */
  adopt(scenario: Scenario): void {
    if (this.hasBegun) this.deps.audit?.onRulesChange(this)
    this.applyScenario(scenario, this.clock.now())
    this.inherited = { ...this.inherited, played: [] }
    this.#scenarioSessions.update()
  }

  /**
   * A copy of its current state, taken in slices of time; with `rows`, of its journal too. Requests in progress are left out. It
   * shares unchanging parts with the space.
   */
  async snapshot(slices: Slices, { rows = false } = {}): Promise<SpaceState> {
    const progress = this.#progress()
    const { bySession, ...contents } = await snapshotContents(this, slices, rows)
    return { ...progress, rules: { ...progress.rules, bySession }, ...contents }
  }

  #progress() {
    return {
      ...this.snapshotProgress(),
      requests: this.#number,
      inherited: this.inherited,
      rules: this.ruleEngine.snapshot(),
      fixed: this.#scenarioSessions.fixed
    }
  }

  /**
   * Discards the contents and continues from a snapshot, at once, when the state is prepared. The space takes over the objects of
   * the state: it can be restored only once. Throws an OverLimit if it has too many sessions.
   */
  async restore(state: SpaceState): Promise<void> {
    const release = this.runtime ? () => undefined : this.#reserve(state)
    const resume = await this.prepare(state, 'copy', this.deps.slices).finally(release)
    const discarded = this.discard()
    resume()
    this.deps.events.publish(this.name, { kind: 'space', change: 'restored' })
    await discarded
  }

  #reserve({ sessions: { products } }: SpaceState): () => void {
    const added = products.reduce((sum, { open }) => sum + open.length, 0) - this.sessions.openCount
    return this.deps.bounds.reserveSessions(Math.max(added, 0))
  }

  /** Prepares a snapshot in slices of time. The result continues from it at once, in a space that is empty by then. */
  async prepare(state: SpaceState, mode: RestoreMode, slices: Slices): Promise<() => void> {
    const putContents = await prepareContents(this, state, slices)
    return () => {
      this.resumeProgress(state, mode === 'same')
      putContents()
      this.#scenarioSessions.fixed = state.fixed
      this.#number = state.requests
      this.inherited = mode === 'same' ? state.inherited : inheritedOf(state)
    }
  }

  /** Drops the contents of the space at once. Resolves when its tokens lead to it no longer, which is done in slices of time. */
  discard(): Promise<void> {
    this.deps.audit?.onDiscard(this)
    // Before the waits end, so that a continued request is stale and does nothing in the new scenario.
    this.generation += 1
    this.#waits.endAll()
    this.underway.clear()
    this.journal.clear()
    this.#number = 0
    return this.sessions.clear(this.deps.slices)
  }

  /** Clears the journal only. */
  clearJournal(): void {
    this.journal.clear()
    this.deps.events.publish(this.name, { kind: 'space', change: 'cleared' })
  }

  /** Continues the waiting requests of a server that stops. */
  stop(): void {
    this.#waits.stop()
  }

  /** The server stops, and waits for the requests of this space. A replica continues them elsewhere. */
  get isStopping(): boolean {
    return this.runtime === undefined && this.stopping.aborted
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
    return this.runtime ? this.sessions.countUnnoticed(product, now) : this.sessions.count(product, now)
  }

  /** The product or the space that issued the token, if it is another one. */
  findTokenOwner(product: Product, token: string): Why | undefined {
    return this.#hooks.findTokenOwner(product, token)
  }
}
