import { createReadStream } from 'node:fs'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { STATUS_CODES } from 'node:http'
import { dirname, join } from 'node:path'
import { messageOf } from '../base/error-message.js'
import { UserError } from '../base/errors.js'
import { URL, URLSearchParams } from '../base/node-globals.js'
import { type JsonPiece, JsonSplitter } from '../base/split-json.js'
import type { Row } from '../client/api-types.js'
import type { Setting } from '../config/setting.js'
import { flagOf, type Settings, settingNames, settings as table } from '../config/settings.js'
import { type Event, renderEvent } from '../journal/events.js'
import { redactedWords, redactorOf, secretsOf } from '../journal/redactor.js'
import { renderEntry } from '../journal/rendering.js'
import { type Verdict, verdictsOf } from '../journal/verdicts.js'
import type { Product } from '../product/product.js'
import { isText } from '../scenario/format/source.js'
import type { Scenario } from '../scenario/scenario.js'
import type { SystemClock } from '../session/clock.js'
import type { Space } from '../space/space.js'
import type { Audit } from '../space/space-options.js'
import type { Spaces } from '../space/spaces.js'

/** A report that is being recorded. */
export interface Report {
  readonly recorder: FlightRecorder
  /** Writes the three files, each atomically. `url` is the address of the server. */
  write(spaces: Spaces, url: string, command?: CommandRecord): Promise<void>
}

/** Checks that the folder is writable, and begins to record. Throws a UserError if it is not. */
export const startReport = async (folder: string, options: RecordingOptions): Promise<Report> => {
  await reportFolder(folder)
  const recorder = new FlightRecorder(options)
  const { showSecrets } = options.settings
  return {
    recorder,
    write: async (spaces, url, command) => {
      const record = recorder.record(spaces, url, command)
      await writeReportFile(folder, 'run.json', renderJson(record), showSecrets)
      await writeReportFile(folder, 'journal.har', renderJson(createHar(record)), showSecrets)
      await writeReportFile(folder, 'verdicts.junit.xml', renderVerdicts(record), showSecrets)
    }
  }
}

/** Creates the folder if it does not exist. Throws a UserError if it is not writable. */
export const reportFolder = async (folder: string): Promise<void> => {
  try {
    await mkdir(folder, { recursive: true })
    const probe = join(folder, '.session-mock-probe')
    await writeFile(probe, '')
    await rm(probe)
  } catch (error) {
    throw new UserError(`${flagOf('report')} "${folder}": it is not a writable folder: ${messageOf(error)}`)
  }
}

/** Writes a file of a report atomically, by a rename. `name` may contain a folder. One with secrets is readable by its owner only. */
export const writeReportFile = async (
  folder: string,
  name: string,
  text: string,
  hasSecrets = false
): Promise<void> => {
  const path = join(folder, name)
  await mkdir(dirname(path), { recursive: true })
  const part = `${path}.part`
  await rm(part, { force: true })
  await writeFile(part, text, hasSecrets ? { mode: 0o600 } : {})
  await rename(part, path)
}

export const renderJson = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`

/** The summary of a saved run. */
export interface RunFacts {
  readonly version: string
  readonly startedAt: string
  readonly scenario: string
  readonly requests: number
}

/** Validates a `run.json` of any size as a stream. Throws a UserError if it is not one. */
export const checkRun = async (path: string): Promise<RunFacts> => {
  const facts = new Map<string, unknown>()
  let requests = 0
  await readPieces(path, ({ name, value, isItem }) => {
    if (!isItem) facts.set(name, value)
    else if (name === 'rows') requests += 1
  })
  const [version, startedAt, scenario] = [facts.get('version'), facts.get('startedAt'), facts.get('scenario')]
  if (typeof version !== 'string' || typeof startedAt !== 'string' || !hasTitle(scenario))
    throw new UserError(`${path}: not a saved run: expected the run.json that --report writes`)
  return { version, startedAt, scenario: scenario.title, requests }
}

const readPieces = async (path: string, onPiece: (piece: JsonPiece) => void): Promise<void> => {
  const splitter = new JsonSplitter(onPiece)
  for await (const bytes of createReadStream(path, { highWaterMark: 1_048_576 }))
    parse(path, () => splitter.push(bytes))
  parse(path, () => splitter.end())
}

const parse = (path: string, step: () => void): void => {
  try {
    step()
  } catch (error) {
    throw new UserError(`${path}: not valid JSON: ${messageOf(error)}`)
  }
}

const hasTitle = (scenario: unknown): scenario is { readonly title: string } =>
  typeof scenario === 'object' && scenario !== null && 'title' in scenario && typeof scenario.title === 'string'

/** The command of a run, and its end. */
export interface CommandRecord {
  readonly words: readonly string[]
  readonly exitCode: number
  readonly signal?: string
  readonly timedOut?: boolean
}

/** An event other than a request. */
export interface EventRecord {
  /** By the system clock, ISO 8601. */
  readonly wall: string
  readonly space: string
  readonly event: string
  readonly [fact: string]: unknown
}

/** The content of `run.json`: a run of the server, with secrets hidden. Times are ISO 8601. */
export interface FlightRecord {
  readonly version: string
  readonly startedAt: string
  readonly endedAt: string
  readonly url: string
  readonly settings: Readonly<Record<string, unknown>>
  readonly scenario: {
    readonly title: string
    readonly seed?: string | number
    readonly rules: readonly { readonly rule: string; readonly sentence: string }[]
  }
  /** The clock of the default space at the end. */
  readonly clock: { readonly now: string; readonly frozen: boolean }
  readonly command?: CommandRecord
  readonly verdicts: readonly Verdict[]
  readonly rows: readonly Row[]
  readonly events: readonly EventRecord[]
  /** Number of rows and events above the limit. */
  readonly dropped: number
}

/** Maximum number of rows, and of events; further ones are only counted. */
const maxItems = 100_000

export interface RecordingOptions {
  readonly settings: Settings
  readonly version: string
  readonly products: readonly Product[]
  readonly systemClock: Pick<SystemClock, 'now'>
}

/** Records all requests and events, including those of spaces that are removed before the end. */
export class FlightRecorder implements Audit {
  readonly #options: RecordingOptions
  readonly #startedAt: string
  readonly #rows: Row[] = []
  readonly #events: EventRecord[] = []
  readonly #verdicts: Verdict[] = []
  #dropped = 0

  constructor(options: RecordingOptions) {
    this.#options = options
    this.#startedAt = this.#now()
  }

  readonly onEvent = ({ space, payload }: Event): void => {
    const { showSecrets } = this.#options.settings
    if (payload.kind === 'request') this.#keep(this.#rows, () => renderEntry(payload.entry, showSecrets))
    else
      this.#keep(this.#events, () => ({
        wall: this.#now(),
        space,
        event: payload.kind,
        ...renderEvent(payload, showSecrets)
      }))
  }

  readonly onDiscard = (space: Space): void => {
    this.#verdicts.push(...verdictsOf([space]))
  }

  readonly onRulesChange = (): void => undefined

  /** The record of the run. Called once, at the end. */
  record(spaces: Spaces, url: string, command?: CommandRecord): FlightRecord {
    const { version, settings } = this.#options
    const { scenario, clock, secrets } = spaces.default
    const redact = redactorOf(secrets)
    return {
      version,
      startedAt: this.#startedAt,
      endedAt: this.#now(),
      url,
      settings: describeSettings(settings),
      scenario: describeScenario(scenario),
      clock: { now: new Date(clock.now()).toISOString(), frozen: clock.frozen },
      ...(command && { command: { ...command, words: redactedWords(command.words, redact) } }),
      verdicts: merge([...this.#verdicts, ...verdictsOf(spaces.list())]),
      rows: this.#rows,
      events: this.#events,
      dropped: this.#dropped
    }
  }

  #keep<Item>(list: Item[], create: () => Item): void {
    if (list.length < maxItems) list.push(create())
    else this.#dropped += 1
  }

  #now(): string {
    return new Date(this.#options.systemClock.now()).toISOString()
  }
}

/** Merges the findings of the same verdict. */
const merge = (verdicts: readonly Verdict[]): Verdict[] => {
  const byName = new Map<string, Verdict>()
  for (const verdict of verdicts) {
    const before = byName.get(verdict.verdict)
    const findings = [...(before?.findings ?? []), ...verdict.findings]
    byName.set(verdict.verdict, { ...verdict, findings, passed: findings.length === 0 })
  }
  return [...byName.values()]
}

/** Settings as JSON: products by name, secrets hidden, an inline scenario without its text. */
const describeSettings = (settings: Settings): Record<string, unknown> =>
  Object.fromEntries(settingNames.map(name => [name, describeSetting(name, settings)]))

const describeSetting = (name: keyof Settings, settings: Settings): unknown => {
  const { secret }: Setting<unknown> = table[name]
  const value = settings[name]
  if (secret) return value === undefined ? null : '(hidden)'
  if (name === 'scenario') return isText(settings.scenario) ? '(a text)' : settings.scenario
  if (name === 'products') return settings.products?.map(product => product.name) ?? null
  if (name === 'listen') return settings.listen.map(({ product, ...rest }) => ({ product: product.name, ...rest }))
  return value ?? null
}

const describeScenario = (scenario: Scenario): FlightRecord['scenario'] => {
  const { title, rules } = secretsOf(scenario)
  const { seed } = scenario
  return {
    title,
    ...(seed !== undefined && { seed }),
    rules: rules.map(({ title, sentence }) => ({ rule: title, sentence }))
  }
}

/** The journal as HAR 1.2. Source: http://www.softwareishard.com/blog/har-12-spec/; custom members begin with `_`. */
export const createHar = ({ version, rows, url }: Pick<FlightRecord, 'version' | 'rows' | 'url'>) => ({
  log: {
    version: '1.2',
    creator: { name: 'session-mock', version },
    entries: rows.map(row => entryOf(row, url))
  }
})

const entryOf = (row: Row, server: string) => ({
  startedDateTime: row.wall,
  time: row.milliseconds,
  request: requestOf(row, server),
  response: row.fault === undefined ? responseOf(row) : brokenResponse(row.fault),
  cache: {},
  timings: { send: 0, wait: row.milliseconds, receive: 0 },
  _number: row.number,
  _space: row.space,
  _outcome: row.outcome,
  ...(row.product !== undefined && { _product: row.product }),
  ...(row.operation !== undefined && { _operation: row.operation }),
  ...(row.why !== undefined && { _why: row.why.words }),
  ...(row.rules.length > 0 && { _rules: row.rules.map(({ rule }) => rule) })
})

const requestOf = ({ method, request }: Row, server: string) => {
  const [, target = '/', version = '1.1'] = /^\S+ (.*) HTTP\/(\S+)$/s.exec(request.line) ?? []
  const host = headerNamed(request.headers, 'host')
  const base = host === undefined ? server : `http://${host}`
  return {
    method,
    url: validUrl(`${base}${target}`, server),
    httpVersion: `HTTP/${version}`,
    cookies: [],
    headers: headersOf(request.headers),
    queryString: [...new URLSearchParams(target.split('?')[1] ?? '')].map(([name, value]) => ({ name, value })),
    ...(request.body !== undefined && {
      postData: { mimeType: headerNamed(request.headers, 'content-type') ?? '', params: [], text: request.body }
    }),
    headersSize: -1,
    bodySize: request.bytes ?? 0
  }
}

/** Percent-encodes characters that are invalid in a URL but sent by some clients. */
const validUrl = (url: string, server: string): string =>
  URL.canParse(url) ? new URL(url).href.replace(/[[\]|^`{}\\]/g, encodeURIComponent) : server

const responseOf = ({ answer: { status, headers, body = '', bytes = 0 } }: Row) => ({
  status,
  statusText: STATUS_CODES[status] ?? '',
  httpVersion: 'HTTP/1.1',
  cookies: [],
  headers: headersOf(headers),
  content: { size: bytes, mimeType: headerNamed(headers, 'content-type') ?? '', text: body },
  redirectURL: headerNamed(headers, 'location') ?? '',
  headersSize: -1,
  bodySize: bytes
})

/** The form that browsers write for an incomplete response: status 0 and an error. */
const brokenResponse = (fault: string) => ({
  status: 0,
  statusText: '',
  httpVersion: 'HTTP/1.1',
  cookies: [],
  headers: [],
  content: { size: 0, mimeType: 'x-unknown' },
  redirectURL: '',
  headersSize: -1,
  bodySize: -1,
  _error: `connection: ${fault}`
})

type Headers = Readonly<Record<string, string>>

const headersOf = (headers: Headers) => Object.entries(headers).map(([name, value]) => ({ name, value }))

const headerNamed = (headers: Headers, name: string): string | undefined =>
  Object.entries(headers).find(([each]) => each.toLowerCase() === name)?.[1]

/** A test case of a JUnit file; `failure` if it failed, `skipped` if it was not run. */
export interface JUnitCase {
  readonly className: string
  readonly name: string
  /** Seconds. */
  readonly time?: number
  readonly failure?: { readonly type: string; readonly message: string; readonly text: string }
  readonly skipped?: string
}

export interface JUnitSuite {
  readonly name: string
  /** ISO 8601. */
  readonly startedAt: string
  /** Seconds. */
  readonly time: number
  readonly cases: readonly JUnitCase[]
}

/** Renders a JUnit file by the schema junit-10.xsd of Jenkins, which CI systems accept. */
export const renderJUnit = ({ name, startedAt, time, cases }: JUnitSuite): string => {
  const counts = attributes({
    name,
    tests: cases.length,
    failures: cases.filter(({ failure }) => failure).length,
    errors: 0,
    skipped: cases.filter(({ skipped }) => skipped !== undefined).length,
    time: time.toFixed(3),
    timestamp: startedAt.slice(0, 19)
  })
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites>
  <testsuite${counts}>
${cases.map(renderCase).join('')}  </testsuite>
</testsuites>
`
}

const renderCase = ({ className, name, time = 0, failure, skipped }: JUnitCase): string => {
  const head = `    <testcase${attributes({ classname: className, name, time: time.toFixed(3) })}`
  if (failure) {
    const { type, message, text } = failure
    return `${head}>\n      <failure${attributes({ message, type })}>${escapeXml(text)}</failure>\n    </testcase>\n`
  }
  if (skipped === undefined) return `${head}/>\n`
  return `${head}>\n      <skipped${attributes({ message: skipped })}/>\n    </testcase>\n`
}

const attributes = (values: Readonly<Record<string, string | number>>): string =>
  Object.entries(values)
    .map(([name, value]) => ` ${name}="${escapeXml(String(value)).replace(/[\n\t]/g, ' ')}"`)
    .join('')

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** Characters that XML 1.0 does not allow become U+FFFD. */
const escapeXml = (text: string): string =>
  text
    .replace(/[&<>"]/g, sign => entities[sign] ?? '')
    .replace(/[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu, '\uFFFD')

/** The verdicts as a JUnit file: one test case each, failed if the verdict has findings. */
export const renderVerdicts = ({ startedAt, endedAt, verdicts }: FlightRecord): string =>
  renderJUnit({
    name: 'session-mock verdicts',
    startedAt,
    time: (Date.parse(endedAt) - Date.parse(startedAt)) / 1000,
    cases: verdicts.map(caseOf)
  })

const caseOf = ({ verdict, description, findings }: Verdict): JUnitCase => ({
  className: 'session-mock.verdicts',
  name: verdict,
  ...(findings.length > 0 && {
    failure: {
      type: verdict,
      message: `${description} (${findings.length})`,
      text: findings.map(({ space, words }) => `${space}: ${words}`).join('\n')
    }
  })
})
