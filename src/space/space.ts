import type { Slices } from '../base/in-slices.js'
import { Journal } from '../journal/journal.js'
import { Underway } from '../journal/underway.js'
import { nothingInherited } from '../journal/verdicts.js'
import type { Why } from '../product/failure.js'
import type { Product } from '../product/product.js'
import type { Scenario } from '../scenario/scenario.js'
import type { SessionStore, SessionsState } from '../session/sessions.js'
import type { Holds } from '../state/holds.js'
import type { SpaceSecrets } from '../state/secrets.js'
import { ActiveScenario } from './active-scenario.js'
import { journalState, journalStateNow, restoreJournal, rowsOf } from './journal-state.js'
import { ScenarioSessions } from './scenario-sessions.js'
import { createSessionStore } from './session-store.js'
import type { SpaceDeps, SpaceHooks } from './space-deps.js'
import { inheritedOf, type RestoreMode, type SpaceState } from './space-state.js'
import { Waits } from './waits.js'

/** An isolated space: a scenario with its own sessions, journal and waiting requests. Unusable before `begin` or `resume`. */
export class Space extends ActiveScenario {
  /** The time of its last request, in monotonic milliseconds. */
  usedAt = 0
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
    isToken: word => this.sessions.isToken(word),
    passwords: () => this.accounts.passwords
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
    this.sessions = createSessionStore(name, deps, hooks, this.runtime?.isReadOnly)
    this.#scenarioSessions = new ScenarioSessions(this, this.sessions, deps.products)
  }

  /** Starts a scenario from its beginning. */
  begin(scenario: Scenario): void {
    this.beginScenario(scenario)
    this.inherited = nothingInherited
    this.#scenarioSessions.fixed = []
    this.adopt(scenario)
    for (const initial of scenario.sessions) this.#scenarioSessions.openInitial(initial)
    this.#scenarioSessions.endLocked()
  }

  /** Discards the contents and starts a scenario from its beginning, and reports the event. */
  async reset(scenario: Scenario = this.scenario): Promise<void> {
    await this.discard()
    this.deps.events.publish(this.name, { kind: 'space', change: 'reset' })
    this.begin(scenario)
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
    this.#scenarioSessions.endLocked()
    this.#scenarioSessions.updateFixed()
  }

  /** A copy of its current state; with `rows`, of its journal too. Requests in progress are left out. */
  snapshot({ rows = false }: { readonly rows?: boolean } = {}): SpaceState {
    const state = this.#stateWith(this.sessions.snapshot())
    return rows ? { ...state, journal: journalStateNow(rowsOf(this.journal), state.sessions) } : state
  }

  /** The same in slices of time, so that other requests are not blocked. For reading only: it shares unchanging parts with the space. */
  async snapshotInSlices(slices: Slices, { rows = false } = {}): Promise<SpaceState> {
    const state = this.#stateWith({ opened: 0, products: [] })
    const currentRows = rowsOf(this.journal)
    const sessions = await this.sessions.snapshotInSlices(slices)
    return { ...state, sessions, ...(rows && { journal: await journalState(currentRows, sessions, slices) }) }
  }

  #stateWith(sessions: SessionsState): SpaceState {
    return {
      ...this.snapshotProgress(),
      requests: this.#number,
      inherited: this.inherited,
      rules: this.ruleEngine.snapshot(this.sessions.all()),
      sessions,
      fixed: this.#scenarioSessions.fixed
    }
  }

  /** Discards the contents and continues from a snapshot. The space takes over the objects of the state: it can be restored only once. */
  async restore(state: SpaceState, mode: RestoreMode = 'copy'): Promise<void> {
    await this.discard()
    this.resume(state, mode)
    this.deps.events.publish(this.name, { kind: 'space', change: 'restored' })
  }

  /** Continues from a snapshot in an empty space. */
  resume(state: SpaceState, mode: RestoreMode): void {
    this.resumeProgress(state, mode === 'same')
    this.sessions.restore(state.sessions)
    this.ruleEngine.restore(state.rules, this.sessions.all())
    this.#scenarioSessions.fixed = state.fixed
    this.#number = state.requests
    this.inherited = mode === 'same' ? state.inherited : inheritedOf(state)
    if (state.journal) restoreJournal(this.journal, state.journal, { space: this.name, secrets: this.secrets })
  }

  /** Drops the contents of the space. */
  async discard(): Promise<void> {
    this.deps.audit?.onDiscard(this)
    // Before the waits end, so that a continued request is stale and does nothing in the new scenario.
    this.generation += 1
    this.#waits.endAll()
    this.underway.clear()
    this.sessions.clear()
    this.journal.clear()
    this.#number = 0
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
