import { adminToken, askJson, keepAdminToken, messageOf, Refused } from './api.js'
import type { Model } from './model.js'
import type { ClockTold, Hold, Product, Row, ScenarioTold, Session, SpaceTold, Verdict } from './shapes.js'
import { follow, type StreamEvent } from './stream.js'

/** What is asked of the server again when it may have changed. */
type Part = 'sessions' | 'clock' | 'scenario' | 'holds' | 'spaces' | 'verdicts'
const parts: readonly Part[] = ['sessions', 'clock', 'scenario', 'holds', 'spaces', 'verdicts']

/** Milliseconds between two questions for the same. */
const pace = 700
/** Requests that are asked for at first. */
const firstRows = 1000

/** Keeps a model as the server is: follows its events, and asks again for what they may have changed. */
export class Live {
  #abort = new AbortController()
  #started = ''
  #lastId: string | undefined
  /** Grows when rows were forgotten: what was asked before is out of date. */
  #epoch = 0
  #wait = 250
  readonly #stale = new Set<Part>()
  #asking = false
  #isStopped = false

  constructor(readonly model: Model) {
    document.addEventListener('visibilitychange', () => this.#seen())
    setInterval(() => this.#tick(), 1000)
  }

  /** Follows the server until a saved run takes its place; a page that nobody sees leaves it alone. */
  async run(): Promise<void> {
    while (!this.#isStopped) {
      if (document.hidden) await event(document, 'visibilitychange')
      else if (this.model.connection === 'locked') await event(window, 'unlock')
      else await this.#follow()
    }
  }

  /** What was asked before is not heard any more. */
  readonly stop = (): void => {
    this.#isStopped = true
    this.#epoch += 1
    this.#abort.abort()
  }

  unlock(token: string): void {
    keepAdminToken(token)
    this.model.connection = 'connecting'
    window.dispatchEvent(new Event('unlock'))
  }

  show(space: string | undefined): void {
    this.model.update({ space, session: undefined, connection: 'connecting' })
    this.#forget()
    this.#abort.abort()
  }

  /** Asks again for all of it, soon. */
  refresh(...which: readonly Part[]): void {
    for (const part of which.length === 0 ? parts : which) this.#stale.add(part)
    void this.#ask()
  }

  /** The whole journal of the server. */
  async loadRows(limit = 10_000): Promise<void> {
    const epoch = this.#epoch
    const { model } = this
    const { count, requests } = await askJson<{ count: number; requests: Row[] }>('requests', {
      space: model.space,
      query: { limit: String(limit) }
    })
    if (this.#isStopped) return
    if (epoch !== this.#epoch) return this.loadRows(limit)
    model.rows.addAll(requests)
    model.older = Math.max(0, count - requests.length)
    model.changed()
  }

  #reload(): void {
    void this.loadRows(firstRows).catch(error => this.model.say(messageOf(error), true))
  }

  async #follow(): Promise<void> {
    this.#abort = new AbortController()
    const { model } = this
    const { signal } = this.#abort
    try {
      await follow({
        space: model.space,
        lastId: this.#lastId,
        signal,
        onOpen: started => void this.#opened(started).catch(error => model.say(messageOf(error), true)),
        onEvent: heard => this.#heard(heard)
      })
    } catch (error) {
      if (signal.aborted) return
      this.#failed(error)
    }
    if (signal.aborted) return
    if (model.connection === 'live') model.connection = 'cut'
    model.changed()
    await new Promise(resolve => setTimeout(resolve, this.#wait))
    this.#wait = Math.min(this.#wait * 2, 4000)
  }

  #failed(error: unknown): void {
    const { model } = this
    if (!(error instanceof Refused)) {
      model.connection = 'cut'
    } else if (error.status === 401) {
      if (adminToken() !== undefined) model.notice = { text: 'The token is wrong.', bad: true }
      model.connection = 'locked'
    } else if (error.status === 404 && model.space !== undefined) {
      model.say(`The space ${model.space} was deleted; all spaces are shown.`, true)
      model.space = undefined
      this.#forget()
    } else {
      model.connection = 'cut'
      model.say(error.message, true)
    }
    model.changed()
  }

  async #opened(started: string): Promise<void> {
    const { model } = this
    this.#wait = 250
    model.connection = 'live'
    model.notice = undefined
    const isKnown = started !== '' && started === this.#started && this.#lastId !== undefined
    if (!isKnown) this.#forget()
    this.#started = started
    this.refresh()
    if (model.products.length === 0 || !isKnown) await this.#introduce()
    if (!isKnown) await this.loadRows(firstRows)
    model.changed()
  }

  async #introduce(): Promise<void> {
    const [{ version }, { products }] = await Promise.all([
      askJson<{ version: string }>('health'),
      askJson<{ products: Product[] }>('products')
    ])
    this.model.version = version
    this.model.products = products
  }

  #heard({ id, event, data }: StreamEvent): void {
    const { model } = this
    this.#lastId = id ?? this.#lastId
    if (event === 'request') {
      model.rows.add(data as Row)
      this.refresh('scenario', 'spaces', 'sessions', 'verdicts', 'clock')
    } else if (event === 'missed') {
      this.#forget()
      this.#reload()
    } else if (event === 'space') {
      this.#changedSpace(data as { space: string; change: string })
    } else if (event === 'clock') {
      this.#told(data as ClockTold)
      this.refresh('sessions', 'clock', 'scenario')
    } else if (event === 'hold') this.refresh('holds')
    else if (event === 'session') this.refresh('sessions', 'clock', 'spaces')
    model.changed()
  }

  #changedSpace({ space, change }: { readonly space: string; readonly change: string }): void {
    if (change !== 'made' && change !== 'scenario') this.#forget(space)
    if (change === 'dropped' && this.model.space === space) this.show(undefined)
    // It has rows of its own: those of a snapshot, or of the space that it was forked from.
    if (change === 'restored' || change === 'made') this.#reload()
    this.refresh()
  }

  #told(clock: ClockTold): void {
    const { model } = this
    if (clock.space !== (model.space ?? 'default')) return
    model.clock = { told: clock, heardAt: performance.now() }
  }

  #forget(space?: string): void {
    this.#epoch += 1
    const { model } = this
    model.rows.clear(space)
    if (space === undefined) {
      this.#lastId = undefined
      model.older = 0
      model.open = []
      model.ended = []
      model.clock = undefined
    }
    if (model.paused) model.paused = model.paused.filter(row => space !== undefined && row.space !== space)
    model.changed()
  }

  /** A question at a time for each part, and not more often than is of use. */
  async #ask(): Promise<void> {
    if (this.#asking) return
    this.#asking = true
    while (this.#stale.size > 0 && this.model.connection === 'live') {
      const which = [...this.#stale]
      this.#stale.clear()
      await Promise.all(which.map(part => this.#askFor(part).catch(() => undefined)))
      this.model.changed()
      await new Promise(resolve => setTimeout(resolve, pace))
    }
    this.#asking = false
  }

  async #askFor(part: Part): Promise<void> {
    const { model } = this
    const { space } = model
    const epoch = this.#epoch
    const isNew = () => !this.#isStopped && space === model.space && (part !== 'sessions' || epoch === this.#epoch)
    if (part === 'sessions') {
      const query = { limit: '300' }
      const [open, ended] = await Promise.all([
        askJson<{ sessions: Session[] }>('sessions', { space, query }),
        askJson<{ sessions: Session[] }>('sessions/ended', { space, query })
      ])
      if (!isNew()) return void this.#stale.add(part)
      model.open = open.sessions
      model.ended = ended.sessions
    } else if (part === 'clock') {
      const clock = await askJson<ClockTold>('clock', { space })
      if (isNew()) this.#told(clock)
    } else if (part === 'scenario') {
      const scenario = await askJson<ScenarioTold>('scenario', { space })
      if (isNew()) model.scenario = scenario
    } else if (part === 'holds') {
      const { holds } = await askJson<{ holds: Hold[] }>('holds', { space })
      if (isNew()) model.holds = holds
    } else if (part === 'spaces') model.spaces = (await askJson<{ spaces: SpaceTold[] }>('spaces')).spaces
    else if (model.tab === 'verdicts') {
      const { verdicts } = await askJson<{ verdicts: Verdict[] }>('verdicts', { space })
      if (isNew()) model.verdicts = verdicts
    }
  }

  /** What is over by the clock is noticed by the server when somebody asks. */
  #tick(): void {
    const { model } = this
    if (model.connection !== 'live' || document.hidden || !model.clock) return
    const { nextExpiry } = model.clock.told
    if (nextExpiry !== undefined && Date.parse(nextExpiry) <= model.nowOf(model.clock.told.space))
      this.refresh('sessions', 'clock', 'spaces')
    if (!model.clock.told.frozen) model.changed()
  }

  #seen(): void {
    if (document.hidden) this.#abort.abort()
  }
}

const event = (target: EventTarget, name: string): Promise<void> =>
  new Promise(resolve => target.addEventListener(name, () => resolve(), { once: true }))
