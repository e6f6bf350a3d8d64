import { callJson } from './api.js'
import type { Model } from './model.js'
import type { Clock, Hold, ScenarioState, Session, SpaceSummary, Verdict } from './page-types.js'
import { sleep } from './space-clock.js'

/** The parts of the model that are loaded again after changes. */
export type Part = 'sessions' | 'clock' | 'scenario' | 'holds' | 'spaces' | 'verdicts'
const parts: readonly Part[] = ['sessions', 'clock', 'scenario', 'holds', 'spaces', 'verdicts']

/** Milliseconds between two loads. */
const interval = 700

/** Tells whether the result of a load is outdated. */
interface Freshness {
  /** Incremented when rows are cleared. */
  readonly epoch: number
  readonly isStopped: boolean
}

interface SessionList {
  /** Number of all sessions; the list has the newest. */
  readonly count: number
  readonly sessions: readonly Session[]
}

/** Loads changed parts of the model from the server. */
export class Reloader {
  readonly #model: Model
  readonly #live: Freshness
  readonly #stale = new Set<Part>()
  #isLoading = false

  constructor(model: Model, live: Freshness) {
    this.#model = model
    this.#live = live
  }

  /** Reloads these parts, or all. */
  reload(which: readonly Part[]): void {
    for (const part of which.length === 0 ? parts : which) this.#stale.add(part)
    void this.#run()
  }

  /** One load per part at a time, and with a pause in between. */
  async #run(): Promise<void> {
    if (this.#isLoading) return
    this.#isLoading = true
    while (this.#stale.size > 0 && this.#model.connection === 'live') {
      const which = [...this.#stale]
      this.#stale.clear()
      await Promise.all(which.map(part => this.#load(part).catch(() => undefined)))
      this.#model.changed()
      await sleep(interval)
    }
    this.#isLoading = false
  }

  async #load(part: Part): Promise<void> {
    const model = this.#model
    const { space } = model
    const { epoch } = this.#live
    const isNew = () =>
      !this.#live.isStopped && space === model.space && (part !== 'sessions' || epoch === this.#live.epoch)
    if (part === 'sessions') {
      const query = { limit: '300' }
      const [open, ended] = await Promise.all([
        callJson<SessionList>('sessions', { space, query }),
        callJson<SessionList>('sessions/ended', { space, query })
      ])
      if (!isNew()) return void this.#stale.add(part)
      model.open = open.sessions
      model.ended = ended.sessions
      model.counts = { open: open.count, ended: ended.count }
    } else if (part === 'clock') {
      const clock = await callJson<Clock>('clock', { space })
      if (isNew()) model.setClock(clock)
    } else if (part === 'scenario') {
      const scenario = await callJson<ScenarioState>('scenario', { space })
      if (isNew()) model.scenario = scenario
    } else if (part === 'holds') {
      const { holds } = await callJson<{ holds: Hold[] }>('holds', { space })
      if (isNew()) model.holds = holds
    } else if (part === 'spaces') model.setSpaces((await callJson<{ spaces: SpaceSummary[] }>('spaces')).spaces)
    else if (model.tab === 'verdicts') {
      const { verdicts } = await callJson<{ verdicts: Verdict[] }>('verdicts', { space })
      if (isNew()) model.verdicts = verdicts
    }
  }
}
