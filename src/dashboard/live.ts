import { adminToken, callJson, keepAdminToken, messageOf, RefusedError } from './api.js'
import type { Model } from './model.js'
import { nextEvent } from './next-event.js'
import type { Product, Row } from './page-types.js'
import { type Part, Reloader } from './reloader.js'
import { isClock, isRow, isSpaceEvent, type SpaceEvent } from './run-shapes.js'
import { every, sleep } from './space-clock.js'
import { follow, type StreamEvent } from './stream.js'

/** Number of requests loaded first. */
const firstRows = 1000

/** Keeps a model up to date: follows the events of the server, and reloads the changed parts. */
export class Live {
  #abort = new AbortController()
  #started = ''
  #lastId: string | undefined
  /** Incremented when rows are cleared: results of earlier requests are outdated. */
  epoch = 0
  #wait = 250
  isStopped = false
  readonly #reloader: Reloader

  constructor(readonly model: Model) {
    this.#reloader = new Reloader(model, this)
    document.addEventListener('visibilitychange', () => document.hidden && this.#abort.abort())
    every(1000, () => this.#tick())
  }

  /** Follows the server until a saved run is opened. A hidden page does not follow. */
  async run(): Promise<void> {
    while (!this.isStopped) {
      if (document.hidden) await nextEvent(document, 'visibilitychange')
      else if (this.model.connection === 'locked') await nextEvent(window, 'unlock')
      else await this.#follow()
    }
  }

  /** Results of earlier requests are ignored. */
  readonly stop = (): void => {
    this.isStopped = true
    this.epoch += 1
    this.#abort.abort()
  }

  unlock(token: string): void {
    keepAdminToken(token)
    this.model.connection = 'connecting'
    window.dispatchEvent(new Event('unlock'))
  }

  show(space: string | undefined): void {
    this.model.update({ space, session: undefined, connection: 'connecting' })
    this.#clear()
    this.#abort.abort()
  }

  /** Reloads these parts, or all. */
  refresh(...which: readonly Part[]): void {
    this.#reloader.reload(which)
  }

  /** Loads the journal of the server. */
  async loadRows(limit = 10_000): Promise<void> {
    const epoch = this.epoch
    const { model } = this
    model.update({ isLoading: true })
    try {
      const { count, requests } = await callJson<{ count: number; requests: Row[] }>('requests', {
        space: model.space,
        query: { limit: String(limit) }
      })
      if (this.isStopped) return
      if (epoch !== this.epoch) return await this.loadRows(limit)
      model.rows.addAll(requests)
      model.rows.dropped = 0
      model.older = Math.max(0, count - model.rows.list.length)
    } finally {
      model.update({ isLoading: false })
    }
  }

  #reload(): void {
    void this.loadRows(firstRows).catch(error => this.model.notify(messageOf(error), true))
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
        onOpen: started => void this.#opened(started).catch(error => model.notify(messageOf(error), true)),
        onEvent: event => this.#handle(event)
      })
    } catch (error) {
      if (signal.aborted) return
      this.#failed(error)
    }
    if (signal.aborted) return
    if (model.connection === 'live') model.connection = 'cut'
    model.changed()
    await sleep(this.#wait)
    this.#wait = Math.min(this.#wait * 2, 4000)
  }

  #failed(error: unknown): void {
    const { model } = this
    if (!(error instanceof RefusedError)) {
      model.connection = 'cut'
    } else if (error.status === 401) {
      if (adminToken() !== undefined) model.notice = { text: 'The token is wrong.', isError: true }
      model.connection = 'locked'
    } else if (error.status === 404 && model.space !== undefined) {
      model.notify(`The space ${model.space} was deleted; all spaces are shown.`, true)
      model.space = undefined
      this.#clear()
    } else {
      model.connection = 'cut'
      model.notify(error.message, true)
    }
    model.changed()
  }

  async #opened(started: string): Promise<void> {
    const { model } = this
    this.#wait = 250
    model.connection = 'live'
    model.notice = undefined
    const isKnown = started !== '' && started === this.#started && this.#lastId !== undefined
    if (!isKnown) this.#clear()
    this.#started = started
    this.refresh()
    if (model.products.length === 0 || !isKnown) await this.#loadServer()
    if (!isKnown) await this.loadRows(firstRows)
    model.changed()
  }

  async #loadServer(): Promise<void> {
    const [{ version }, { products }] = await Promise.all([
      callJson<{ version: string }>('health'),
      callJson<{ products: Product[] }>('products')
    ])
    this.model.version = version
    this.model.products = products
  }

  #handle({ id, event, data }: StreamEvent): void {
    const { model } = this
    this.#lastId = id ?? this.#lastId
    if (event === 'request' && isRow(data)) {
      model.rows.add(data)
      this.refresh('scenario', 'spaces', 'sessions', 'verdicts', 'clock')
    } else if (event === 'missed') {
      this.#clear()
      this.#reload()
    } else if (event === 'space' && isSpaceEvent(data)) {
      this.#changedSpace(data)
    } else if (event === 'clock' && isClock(data)) {
      model.setClock(data)
      this.refresh('sessions', 'clock', 'scenario', 'spaces')
    } else if (event === 'hold') this.refresh('holds')
    else if (event === 'session') this.refresh('sessions', 'clock', 'spaces')
    model.changed()
  }

  #changedSpace({ space, change }: SpaceEvent): void {
    const hasMore = this.model.older + this.model.rows.dropped > 0
    if (change !== 'made' && change !== 'scenario') this.#clear(space)
    if (change === 'dropped') this.model.clocks.delete(space)
    if (change === 'dropped' && this.model.space === space) this.show(undefined)
    // A restored or created space has the rows of a snapshot or of its original.
    if (change === 'restored' || change === 'made' || (change !== 'scenario' && hasMore)) this.#reload()
    this.refresh()
  }

  #clear(space?: string): void {
    this.epoch += 1
    const { model } = this
    model.rows.clear(space)
    if (space === undefined) {
      this.#lastId = undefined
      model.isLoading = true
      model.older = 0
      model.open = []
      model.ended = []
      model.counts = undefined
      model.clocks.clear()
    }
    if (model.paused) model.paused = model.paused.filter(row => space !== undefined && row.space !== space)
    model.changed()
  }

  /** The server detects expired sessions only on requests. */
  #tick(): void {
    const { model } = this
    if (model.connection !== 'live' || document.hidden || !model.clock) return
    const { nextExpiry } = model.clock.reading
    if (nextExpiry !== undefined && Date.parse(nextExpiry) <= model.nowOf(model.clock.reading.space))
      this.refresh('sessions', 'clock', 'spaces')
    if (!model.clock.reading.frozen) model.changed()
  }
}
