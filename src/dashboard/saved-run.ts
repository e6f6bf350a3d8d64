import type { Row, ScenarioTold, Session } from './shapes.js'

/** A run as `--report` writes it, as far as this page reads it. */
export interface SavedRun {
  readonly name: string
  readonly version: string
  readonly rows: readonly Row[]
  /** Of how many these are the last. */
  readonly total: number
  readonly sessions: readonly Session[]
  readonly scenario: ScenarioTold | undefined
}

/** Bytes that a file may have. */
const mostBytes = 104_857_600
/** Rows that are shown of it, the last ones. */
export const mostRows = 10_000

/** Reads a saved run. Throws an Error that says what is wrong with the file. */
export const readSavedRun = async (file: Blob, name: string): Promise<SavedRun> => {
  if (file.size > mostBytes)
    throw new Error(
      `${name} has ${Math.round(file.size / 1_048_576)} MB; this page reads at most ${mostBytes / 1_048_576} MB. --journal bounds how many requests a run holds.`
    )
  return parseSavedRun(await file.text(), name)
}

export const parseSavedRun = (text: string, name: string): SavedRun => {
  const run = parsed(text, name)
  const rows = listOf(run.rows ?? run.requests)
  if (!rows) throw new Error(`${name} is no saved run: expected a list "rows", as --report writes it.`)
  const sound = rows.filter(isRow)
  if (sound.length < rows.length)
    throw new Error(
      `${name}: row ${rows.findIndex(row => !isRow(row)) + 1} is no request as this version of session-mock writes it${versionOf(run)}.`
    )
  return {
    name,
    version: String(run.version ?? ''),
    rows: sound.slice(-mostRows),
    total: sound.length,
    sessions: sessionsOf(run, sound.slice(-mostRows)),
    scenario: scenarioOf(run.scenario)
  }
}

type Parsed = Readonly<Record<string, unknown>>

const parsed = (text: string, name: string): Parsed => {
  try {
    const value: unknown = JSON.parse(text)
    if (isRecord(value)) return value
  } catch (error) {
    throw new Error(`${name} is no JSON: ${error instanceof Error ? error.message : error}`)
  }
  throw new Error(`${name} is no saved run: expected an object as --report writes it.`)
}

const versionOf = ({ version }: Parsed): string => (version === undefined ? '' : `; the file is of version ${version}`)

const isRecord = (value: unknown): value is Parsed =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const listOf = (value: unknown): readonly unknown[] | undefined => (Array.isArray(value) ? value : undefined)

const isMessage = (value: unknown): boolean =>
  isRecord(value) && isRecord(value.headers) && (value.body === undefined || typeof value.body === 'string')

const isRow = (value: unknown): value is Row =>
  isRecord(value) &&
  typeof value.number === 'number' &&
  ['at', 'wall', 'space', 'method', 'path', 'outcome'].every(name => typeof value[name] === 'string') &&
  Number.isFinite(Date.parse(String(value.at))) &&
  Array.isArray(value.rules) &&
  isMessage(value.request) &&
  isRecord(value.request) &&
  typeof value.request.line === 'string' &&
  isMessage(value.answer)

const isSession = (value: unknown): value is Session =>
  isRecord(value) && ['space', 'product', 'login', 'token', 'openedAt'].every(name => typeof value[name] === 'string')

/** Those that the file lists; where it lists none, those that its rows are about. */
const sessionsOf = ({ sessions }: Parsed, rows: readonly Row[]): readonly Session[] => {
  const listed = listOf(sessions)?.filter(isSession)
  if (listed) return listed
  const found = new Map<string, Session>()
  for (const { space, product, login = '', session: token, at } of rows) {
    if (token === undefined || product === undefined) continue
    const key = `${space}|${product}|${token}`
    const { openedAt = at, uses = -1 } = found.get(key) ?? {}
    found.set(key, {
      space,
      product,
      login,
      token,
      openedAt,
      usedAt: at,
      uses: uses + 1,
      endedAt: at,
      cause: 'last seen'
    })
  }
  return [...found.values()]
}

const scenarioOf = (value: unknown): ScenarioTold | undefined => {
  if (typeof value === 'string') return { space: '', title: value, state: '', rules: [] }
  if (!isRecord(value) || typeof value.title !== 'string') return undefined
  const rules = (listOf(value.rules) ?? []).filter(isRecord)
  return {
    space: '',
    title: value.title,
    state: String(value.state ?? ''),
    rules: rules.map((rule, index) => ({
      number: Number(rule.number ?? index + 1),
      rule: String(rule.rule ?? rule.title ?? ''),
      sentence: String(rule.sentence ?? ''),
      matched: Number(rule.matched ?? 0),
      played: Number(rule.played ?? 0)
    }))
  }
}
