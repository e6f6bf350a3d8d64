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
} from './page-types.js'
import { matchesFilter, type RowFilter, Rows, type Summary, sessionKeyOf } from './rows.js'
import type { SavedRun } from './saved-run.js'
import { elapsed, now } from './space-clock.js'

export type Connection = 'connecting' | 'live' | 'cut' | 'locked' | 'saved'
/** Milliseconds before now; undefined for all. */
export type Window = number | undefined
export type Tab = 'sessions' | 'scenario' | 'spaces' | 'verdicts'

/** Number of colours of products in the stylesheet. */
const colours = 6

/** The state of the page. Call `changed` after each change. */
export class Model {
  connection: Connection = 'connecting'
  version = ''
  /** The selected space; undefined for all. */
  space: string | undefined
  rows = new Rows()
  /** The requests of the server, or of a saved run, are still to come. */
  isLoading = true
  /** Number of older requests in the journal of the server when it was loaded. */
  older = 0
  /** The newest sessions, and the number of all; undefined until they are loaded. */
  open: readonly Session[] = []
  ended: readonly Session[] = []
  counts: { readonly open: number; readonly ended: number } | undefined
  /** The known clock of each space. */
  readonly clocks = new Map<string, { readonly reading: Clock; readonly receivedAt: number }>()
  scenario: ScenarioState | undefined
  holds: readonly Hold[] = []
  spaces: readonly SpaceSummary[] = []
  products: readonly Product[] = []
  verdicts: readonly Verdict[] | undefined
  run: SavedRun | undefined
  tab: Tab = 'sessions'
  filter: RowFilter = { text: '', product: '', outcome: '' }
  /** The list at the time of the pause. */
  paused: readonly Summary[] | undefined
  /** The key of the opened request, the reason why it cannot be shown, and the key of the selected session. */
  openedKey: string | undefined
  problem: string | undefined
  session: string | undefined
  /** The elements with the focus of the lanes and of the list of requests: their tab stops. */
  laneStop: string | undefined
  rowStop: string | undefined
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
    this.clocks.set(reading.space, { reading, receivedAt: elapsed() })
  }

  /** The clock of the selected space. */
  get clock(): { readonly reading: Clock; readonly receivedAt: number } | undefined {
    return this.clocks.get(this.space ?? 'default')
  }

  /** Takes the list of spaces, with the time of each. */
  setSpaces(spaces: readonly SpaceSummary[]): void {
    this.spaces = spaces
    for (const { name, now, frozen } of spaces) {
      // Only the clock itself has the next expiry.
      if (name !== (this.space ?? 'default')) this.setClock({ space: name, now, frozen })
    }
  }

  /** Whether all is loaded, and there is nothing to show. */
  get isEmpty(): boolean {
    const { rows, counts, connection, isLoading } = this
    return connection === 'live' && !isLoading && rows.list.length === 0 && counts?.open === 0 && counts.ended === 0
  }

  /** The number of the colour of a product: that of its place in the list of products. */
  colourOf(product: string | undefined): number {
    const names = this.run?.products ?? this.products.map(({ name }) => name)
    return Math.max(0, names.indexOf(product ?? '')) % colours
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
    const clock = this.clocks.get(space)
    if (clock) return nowOf(clock)
    const last = this.rows.list.findLast(row => row.space === space)
    return now() + (last ? last.at - last.wall : 0)
  }
}

export const nowOf = ({ reading, receivedAt }: { reading: Clock; receivedAt: number }): number =>
  Date.parse(reading.now) + (reading.frozen ? 0 : elapsed() - receivedAt)
