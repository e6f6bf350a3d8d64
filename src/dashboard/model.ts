import { matchesFilter, type RowFilter, Rows, type Summary, sessionKeyOf } from './rows.js'
import type { SavedRun } from './saved-run.js'
import type {
  ClockTold,
  Hold,
  Product,
  ScenarioTold,
  Session,
  ShippedScenario,
  SpaceTold,
  Validation,
  Verdict
} from './shapes.js'

export type Connection = 'connecting' | 'live' | 'cut' | 'locked' | 'saved'
/** Milliseconds before now that are shown; all where it is undefined. */
export type Window = number | undefined
export type Tab = 'sessions' | 'scenario' | 'spaces' | 'verdicts'

/** All that the page shows. Whoever changes it calls `changed`. */
export class Model {
  connection: Connection = 'connecting'
  version = ''
  /** The space that is shown; all where it is undefined. */
  space: string | undefined
  rows = new Rows()
  /** How many of the server's journal are older than those here. */
  older = 0
  open: readonly Session[] = []
  ended: readonly Session[] = []
  clock: { readonly told: ClockTold; readonly heardAt: number } | undefined
  scenario: ScenarioTold | undefined
  holds: readonly Hold[] = []
  spaces: readonly SpaceTold[] = []
  products: readonly Product[] = []
  verdicts: readonly Verdict[] = []
  run: SavedRun | undefined
  tab: Tab = 'sessions'
  filter: RowFilter = { text: '', product: '', outcome: '' }
  /** The list as it was when it was paused. */
  paused: readonly Summary[] | undefined
  /** The key of the request that is opened, why it cannot be shown, and the key of the session that is pointed at. */
  openedKey: string | undefined
  trouble: string | undefined
  session: string | undefined
  /** How much of the time the lanes show. */
  window: Window
  shipped: readonly ShippedScenario[] = []
  /** The text of a scenario that is edited, what the server finds in it, and whether sessions outlive it. */
  draft: string | undefined
  found: Validation | undefined
  keeps = true
  /** A file is held over the page. */
  isOver = false
  /** What was done or went wrong, said to everyone. */
  notice: { readonly text: string; readonly bad: boolean } | undefined

  constructor(readonly changed: () => void) {}

  update(part: Partial<Model>): void {
    Object.assign(this, part)
    this.changed()
  }

  say(text: string, bad = false): void {
    this.update({ notice: { text, bad } })
  }

  /** The requests to show, the newest first. */
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

  /** The time of a space by its clock, as far as it is known here, in Unix milliseconds. */
  nowOf(space: string): number {
    if (this.run) return this.run.ends.get(space) ?? 0
    if (this.clock?.told.space === space) return nowOf(this.clock)
    const last = this.rows.list.findLast(row => row.space === space)
    return Date.now() + (last ? last.at - last.wall : 0)
  }
}

export const nowOf = ({ told, heardAt }: { told: ClockTold; heardAt: number }): number =>
  Date.parse(told.now) + (told.frozen ? 0 : performance.now() - heardAt)
