import { messageOf } from '../base/error-message.js'
import { type JsonPiece, JsonSplitter } from '../base/split-json.js'
import type { Row, ScenarioState, Session, Verdict } from './page-types.js'
import { keyOf, Rows, sessionKeyOf } from './rows.js'
import {
  isClockEvent,
  isEvent,
  isRecord,
  isResetEvent,
  isRow,
  isScenario,
  isVerdict,
  type RunEvent
} from './run-shapes.js'

/** The parts of a run that the page shows, as written by `--report`. */
export interface SavedRun {
  readonly name: string
  readonly version: string
  /** The latest rows. */
  readonly rows: Rows
  /** The names of its products. */
  readonly products: readonly string[]
  readonly sessions: readonly Session[]
  readonly scenario: ScenarioState
  readonly verdicts: readonly Verdict[]
  /** The time of each space at the end of the run, by its clock, in Unix milliseconds. */
  readonly ends: ReadonlyMap<string, number>
  /** Problems of the file, in words. */
  readonly problem: string
  /** Reads a row from the file; undefined if there is none. */
  readonly row: (key: string) => Promise<Row | undefined>
}

/** Bytes read at once: in between, the page can respond. */
const step = 2_097_152

/**
 * Reads a saved run of any size. `progress` receives messages. The readable part of a broken file is shown. Throws an Error
 * with the problem if nothing is readable.
 */
export const readSavedRun = async (file: Blob, name: string, progress: (text: string) => void): Promise<SavedRun> => {
  const reader = new RunReader()
  const splitter = new JsonSplitter(piece => reader.add(piece))
  let problem = ''
  try {
    for (let at = 0; at < file.size; at += step) {
      if (at > 0) progress(`Reading ${name}, ${Math.round((at / file.size) * 100)} %`)
      splitter.push(new Uint8Array(await file.slice(at, at + step).arrayBuffer()))
    }
    splitter.end()
  } catch (error) {
    problem = `${name} is not valid JSON: ${messageOf(error)}`
    if (reader.total === 0) throw new Error(problem)
    problem += '; the part before it is shown. '
  }
  return reader.result(file, name, problem)
}

class RunReader {
  total = 0
  /** Rows that are not supported by this page. */
  #invalid = 0
  readonly #rows = new Rows()
  /** Positions of rows in the file, by key. */
  readonly #places = new Map<string, readonly [number, number]>()
  readonly #facts: Record<string, unknown> = {}
  readonly #verdicts: Verdict[] = []
  readonly #sessions = new Map<string, Session>()
  readonly #clocks = new Map<string, SpaceClock>()
  readonly #plays = new Map<string, number>()

  add({ name, value, isItem, start, end }: JsonPiece): void {
    if (!isItem) this.#facts[name] = value
    else if (name === 'rows') this.#addRow(value, [start, end])
    else if (name === 'events' && isEvent(value)) this.#addEvent(value)
    else if (name === 'events' && isClockEvent(value))
      this.#clockOf(value.space).changed = {
        at: Date.parse(value.now),
        wall: Date.parse(value.wall),
        frozen: value.frozen
      }
    else if (name === 'events' && isResetEvent(value))
      this.#clocks.set(value.space, laterThan(value.wall, this.#clockOf(value.space)))
    else if (name === 'verdicts' && isVerdict(value)) this.#verdicts.push(value)
  }

  result(file: Blob, name: string, broken: string): SavedRun {
    const { version, scenario, dropped } = this.#facts
    if (typeof version !== 'string' || !isScenario(scenario))
      throw new Error(`${name} is not a saved run: expected the run.json that --report writes.`)
    const invalidRows = `rows of version ${version} are not supported by this page`
    if (this.total === 0 && this.#invalid > 0) throw new Error(`${name}: the ${invalidRows}.`)
    return {
      name,
      version,
      rows: this.#rows,
      products: [
        ...new Set([...this.#sessions.values(), ...this.#rows.list].flatMap(({ product }) => product ?? []))
      ].sort(),
      sessions: [...this.#sessions.values()],
      scenario: {
        title: scenario.title,
        space: '',
        state: '',
        rules: scenario.rules.map((rule, number) => ({
          ...rule,
          number,
          matched: 0,
          played: this.#plays.get(rule.rule) ?? 0
        }))
      },
      verdicts: this.#verdicts,
      ends: this.#ends(),
      problem: `${broken}${this.#invalid > 0 ? `${this.#invalid} ${invalidRows}, and are omitted. ` : ''}${Number(dropped) > 0 ? `${dropped} requests and events beyond the limit are not in the file.` : ''}`,
      row: key => this.#read(file, key)
    }
  }

  async #read(file: Blob, key: string): Promise<Row | undefined> {
    const place = this.#places.get(key)
    return place && JSON.parse(await file.slice(...place).text())
  }

  #addRow(row: unknown, place: readonly [number, number]): void {
    if (!isRow(row)) {
      this.#invalid += 1
      return
    }
    this.total += 1
    this.#rows.add(row)
    this.#places.set(keyOf(row), place)
    this.#updateClock(row)
    for (const { rule } of row.rules) this.#plays.set(rule, (this.#plays.get(rule) ?? 0) + 1)
    const { space, product, login = '', session: token, at } = row
    if (token === undefined || product === undefined) return
    const key = sessionKeyOf({ space, product, token })
    const { openedAt = at, uses = -1 } = this.#sessions.get(key) ?? {}
    const known = { space, product, login, token, openedAt, usedAt: at, uses: uses + 1 }
    this.#sessions.set(key, { ...known, endedAt: at, cause: 'last seen' })
  }

  #addEvent(event: RunEvent): void {
    const { space, product, login, token, change, at, cause = 'ended', by } = event
    if (change === 'opened') this.#updateClock(event)
    const key = sessionKeyOf({ space, product, token })
    const { openedAt = at, usedAt = at, uses = 0 } = this.#sessions.get(key) ?? {}
    const known = { space, product, login, token, usedAt, uses }
    if (change === 'opened') this.#sessions.set(key, { ...known, openedAt: at })
    else this.#sessions.set(key, { ...known, openedAt, endedAt: at, cause, ...(by && { by }) })
  }

  /** The latest request or login, in order of the system clock: rows are in the file before events. */
  #updateClock({ space, at, wall }: { readonly space: string; readonly at: string; readonly wall: string }): void {
    const reading = { at: Date.parse(at), wall: Date.parse(wall) }
    const { used } = this.#clockOf(space)
    if (!used || reading.wall > used.wall) this.#clockOf(space).used = reading
  }

  #clockOf(space: string): SpaceClock {
    const known = this.#clocks.get(space) ?? {}
    this.#clocks.set(space, known)
    return known
  }

  #ends(): Map<string, number> {
    const { endedAt, clock } = this.#facts
    const end = typeof endedAt === 'string' ? Date.parse(endedAt) : Number.NaN
    const ends = new Map([...this.#clocks].map(([space, known]) => [space, timeAt(end, known)]))
    if (isRecord(clock) && typeof clock.now === 'string') ends.set('default', Date.parse(clock.now))
    return ends
  }
}

/** A time by the clock of a space and by the system clock, in Unix milliseconds. */
interface Reading {
  readonly at: number
  readonly wall: number
}

interface SpaceClock {
  /** Of the last request or login. */
  used?: Reading
  /** Of the last change of the clock. */
  changed?: Reading & { readonly frozen: boolean }
}

/** What is known of a clock after a reset. */
const laterThan = (wall: string, { used }: SpaceClock): SpaceClock =>
  used && used.wall > Date.parse(wall) ? { used } : {}

/** The time of a space at the end of the run: its clock ran on unless it was frozen. */
const timeAt = (end: number, { used, changed }: SpaceClock): number => {
  const last = used && (!changed || used.wall > changed.wall) ? used : changed
  if (!last) return end
  return changed?.frozen || !(end > last.wall) ? last.at : last.at + end - last.wall
}
