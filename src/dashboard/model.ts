import { elapsed, now } from './clock.js'
import { matchesFilter, type RowFilter, Rows, type Summary, sessionKeyOf } from './rows.js'
import type { SavedRun } from './saved-run.js'
import type {
  Clock,
  Hold,
  Product,
  ScenarioState,
  Session,
  ShippedScenario,
  SpaceSummary,
  Validation,
  Verdict
} from './shapes.js'

export type Connection = 'connecting' | 'live' | 'cut' | 'locked' | 'saved'
/** Milliseconds before now; undefined for all. */
export type Window = number | undefined
export type Tab = 'sessions' | 'scenario' | 'spaces' | 'verdicts'

/** The state of the page. Call `changed` after each change. */
export class Model {
  connection: Connection = 'connecting'
  version = ''
  /** The selected space; undefined for all. */
  space: string | undefined
  rows = new Rows()
  /** Number of older requests in the journal of the server. */
  older = 0
  open: readonly Session[] = []
  ended: readonly Session[] = []
  clock: { readonly reading: Clock; readonly receivedAt: number } | undefined
  scenario: ScenarioState | undefined
  holds: readonly Hold[] = []
  spaces: readonly SpaceSummary[] = []
  products: readonly Product[] = []
  verdicts: readonly Verdict[] = []
  run: SavedRun | undefined
  tab: Tab = 'sessions'
  filter: RowFilter = { text: '', product: '', outcome: '' }
  /** The list at the time of the pause. */
  paused: readonly Summary[] | undefined
  /** The key of the opened request, the reason why it cannot be shown, and the key of the selected session. */
  openedKey: string | undefined
  problem: string | undefined
  session: string | undefined
  /** The time range of the lanes. */
  window: Window
  shipped: readonly ShippedScenario[] = []
  /** The edited text of a scenario, the result of its validation, and whether sessions are kept when it is applied. */
  draft: string | undefined
  validation: Validation | undefined
  keepsSessions = true
  /** A file is being dragged over the page. */
  isDragging = false
  /** The latest success or error message. */
  notice: { readonly text: string; readonly isError: boolean } | undefined

  constructor(readonly changed: () => void) {}

  update(part: Partial<Model>): void {
    Object.assign(this, part)
    this.changed()
  }

  notify(text: string, isError = false): void {
    this.update({ notice: { text, isError } })
  }

  setClock(reading: Clock): void {
    if (reading.space === (this.space ?? 'default')) this.clock = { reading, receivedAt: elapsed() }
  }

  /** The visible requests, newest first. */
  get shown(): readonly Summary[] {
    const list = this.paused ?? this.rows.list
    const key = `${this.rows.version} ${this.paused?.length} ${JSON.stringify(this.filter)} ${this.session}`
    if (key !== this.#shownKey) {
      const matches = matchesFilter(this.filter)
      this.#shown = list.filter(
        row => matches(row) && (this.session === undefined || sessionKeyOf(row) === this.session)
      )
      this.#shown.reverse()
      this.#shownKey = key
    }
    return this.#shown
  }

  #shown: Summary[] = []
  #shownKey = ''

  pause(): void {
    this.update({ paused: this.paused ? undefined : [...this.rows.list] })
  }

  /** The current time of a space in Unix milliseconds; estimated if its clock is not loaded. */
  nowOf(space: string): number {
    if (this.run) return this.run.ends.get(space) ?? 0
    if (this.clock?.reading.space === space) return nowOf(this.clock)
    const last = this.rows.list.findLast(row => row.space === space)
    return now() + (last ? last.at - last.wall : 0)
  }
}

export const nowOf = ({ reading, receivedAt }: { reading: Clock; receivedAt: number }): number =>
  Date.parse(reading.now) + (reading.frozen ? 0 : elapsed() - receivedAt)
