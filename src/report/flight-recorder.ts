import type { Row } from '../api/types.js'
import type { Setting } from '../config/setting.js'
import { type Settings, settingNames, settings as table } from '../config/settings.js'
import { renderEvent } from '../journal/event-rendering.js'
import type { Event } from '../journal/events.js'
import { redactedWords, redactorOf } from '../journal/redaction.js'
import { renderEntry } from '../journal/rendering.js'
import { secretsOf } from '../journal/scenario-secrets.js'
import { type Verdict, verdictsOf } from '../journal/verdicts.js'
import type { Product } from '../product/product.js'
import { isText } from '../scenario/format/source.js'
import type { Scenario } from '../scenario/scenario.js'
import type { Space } from '../space/space.js'
import type { Audit } from '../space/space-deps.js'
import type { Spaces } from '../space/spaces.js'
import type { SystemClock } from '../state/clock.js'
import type { CommandRecord, EventRecord, FlightRecord } from './flight-record.js'

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
