import { type JsonPiece, JsonSplitter } from '../base/split-json.js'
import { keyOf, Rows, sessionKeyOf } from './rows.js'
import { isEvent, isRow, isScenario, isVerdict, type RunEvent } from './run-shapes.js'
import type { Row, ScenarioTold, Session, Verdict } from './shapes.js'

/** A run as `--report` writes it, as far as this page shows it. */
export interface SavedRun {
  readonly name: string
  readonly version: string
  /** The last ones. */
  readonly rows: Rows
  /** How many it has in all. */
  readonly total: number
  readonly sessions: readonly Session[]
  readonly scenario: ScenarioTold
  readonly verdicts: readonly Verdict[]
  /** When each space has ended by its clock, in Unix milliseconds. */
  readonly ends: ReadonlyMap<string, number>
  /** What could not be read, in words. */
  readonly trouble: string
  /** Reads a row again; undefined where there is none. */
  readonly row: (key: string) => Promise<Row | undefined>
}

/** Bytes that are read at once: between two of them the page can do other things. */
const step = 2_097_152

/**
 * Reads a saved run of any size; `progress` is told how much of it is read. What it can read of a broken file it shows. Throws an
 * Error that says what is wrong where that is nothing.
 */
export const readSavedRun = async (file: Blob, name: string, progress: (text: string) => void): Promise<SavedRun> => {
  const reading = new RunReading()
  const splitter = new JsonSplitter(piece => reading.take(piece))
  let trouble = ''
  try {
    for (let at = 0; at < file.size; at += step) {
      if (at > 0) progress(`Reading ${name}, ${Math.round((at / file.size) * 100)} %`)
      splitter.push(new Uint8Array(await file.slice(at, at + step).arrayBuffer()))
    }
    splitter.end()
  } catch (error) {
    trouble = `${name} is not valid JSON: ${(error as Error).message}`
    if (reading.total === 0) throw new Error(trouble)
    trouble += '; the part before it is shown. '
  }
  return reading.result(file, name, trouble)
}

class RunReading {
  total = 0
  /** Rows that are not supported by this page. */
  #odd = 0
  readonly #rows = new Rows()
  /** Where rows stand in the file, by their keys. */
  readonly #places = new Map<string, readonly [number, number]>()
  readonly #facts: Record<string, unknown> = {}
  readonly #verdicts: Verdict[] = []
  readonly #sessions = new Map<string, Session>()
  readonly #ends = new Map<string, number>()
  readonly #plays = new Map<string, number>()

  take({ name, value, isItem, start, end }: JsonPiece): void {
    if (!isItem) this.#facts[name] = value
    else if (name === 'rows') this.#takeRow(value, [start, end])
    else if (name === 'events' && isEvent(value)) this.#takeEvent(value)
    else if (name === 'verdicts' && isVerdict(value)) this.#verdicts.push(value)
  }

  result(file: Blob, name: string, broken: string): SavedRun {
    const { version, scenario, dropped } = this.#facts
    if (typeof version !== 'string' || !isScenario(scenario))
      throw new Error(`${name} is not a saved run: expected the run.json that --report writes.`)
    const odd = `rows of version ${version} are not supported by this page`
    if (this.total === 0 && this.#odd > 0) throw new Error(`${name}: the ${odd}.`)
    return {
      name,
      version,
      rows: this.#rows,
      total: this.total,
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
      ends: this.#ends,
      trouble: `${broken}${this.#odd > 0 ? `${this.#odd} ${odd}, and are omitted. ` : ''}${Number(dropped) > 0 ? `${dropped} requests and events beyond the limit are not in the file.` : ''}`,
      row: key => this.#read(file, key)
    }
  }

  async #read(file: Blob, key: string): Promise<Row | undefined> {
    const place = this.#places.get(key)
    return place && JSON.parse(await file.slice(...place).text())
  }

  #takeRow(row: unknown, place: readonly [number, number]): void {
    if (!isRow(row)) {
      this.#odd += 1
      return
    }
    this.total += 1
    this.#rows.add(row)
    this.#places.set(keyOf(row), place)
    this.#passed(row)
    for (const { rule } of row.rules) this.#plays.set(rule, (this.#plays.get(rule) ?? 0) + 1)
    const { space, product, login = '', session: token, at } = row
    if (token === undefined || product === undefined) return
    const key = sessionKeyOf({ space, product, token })
    const { openedAt = at, uses = -1 } = this.#sessions.get(key) ?? {}
    const told = { space, product, login, token, openedAt, usedAt: at, uses: uses + 1 }
    this.#sessions.set(key, { ...told, endedAt: at, cause: 'last seen' })
  }

  #takeEvent(event: RunEvent): void {
    const { space, product, login, token, change, at, cause = 'ended', by } = event
    this.#passed(event)
    const key = sessionKeyOf({ space, product, token })
    const { openedAt = at, usedAt = at, uses = 0 } = this.#sessions.get(key) ?? {}
    const told = { space, product, login, token, usedAt, uses }
    if (change === 'opened') this.#sessions.set(key, { ...told, openedAt: at })
    else this.#sessions.set(key, { ...told, openedAt, endedAt: at, cause, ...(by && { by }) })
  }

  #passed({ space, at }: { readonly space: string; readonly at: string }): void {
    this.#ends.set(space, Math.max(this.#ends.get(space) ?? 0, Date.parse(at)))
  }
}
