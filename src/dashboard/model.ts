import { matchesFilter, type RowFilter, Rows, type Summary } from './rows.js'
import type { SavedRun } from './saved-run.js'
import type { ClockTold, Hold, Product, ScenarioTold, Session, SpaceTold, Verdict } from './shapes.js'

export type Connection = 'connecting' | 'live' | 'cut' | 'locked' | 'saved'
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
  /** The key of the request that is opened, and of the session that is pointed at. */
  openedKey: string | undefined
  session: string | undefined
  /** What was done or went wrong, said to everyone. */
  notice: { readonly text: string; readonly bad: boolean } | undefined

  constructor(readonly changed: () => void) {}

  say(text: string, bad = false): void {
    this.notice = { text, bad }
    this.changed()
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
    this.paused = this.paused ? undefined : [...this.rows.list]
    this.changed()
  }

  /** The time of a space by its clock, as far as it is known here, in Unix milliseconds. */
  nowOf(space: string): number {
    if (this.clock?.told.space === space) return nowOf(this.clock)
    const last = this.rows.list.findLast(row => row.space === space)
    return last ? last.at + (this.run ? 0 : Date.now() - last.wall) : Date.now()
  }
}

export const nowOf = ({ told, heardAt }: { told: ClockTold; heardAt: number }): number =>
  Date.parse(told.now) + (told.frozen ? 0 : performance.now() - heardAt)

/** One key for a session and its requests. */
export const sessionKeyOf = ({
  space,
  product,
  session,
  token
}: {
  space: string
  product: string | undefined
  session?: string | undefined
  token?: string
}): string => `${space}|${product ?? ''}|${session ?? token ?? ''}`
