import type { Clock, Row, Verdict } from './page-types.js'

type Parsed = Readonly<Record<string, unknown>>

export const isRecord = (value: unknown): value is Parsed =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const hasTexts = <Name extends string>(
  value: unknown,
  ...names: readonly Name[]
): value is Readonly<Record<Name, string>> & Parsed =>
  isRecord(value) && names.every(name => typeof value[name] === 'string')

const isListOf = (value: unknown, isItem: (item: unknown) => boolean): boolean =>
  Array.isArray(value) && value.every(isItem)

const isRule = (value: unknown): boolean => hasTexts(value, 'rule', 'sentence')

const isMessage = (value: unknown): boolean =>
  isRecord(value) && isRecord(value.headers) && (value.body === undefined || typeof value.body === 'string')

/** A change of a space. */
export interface SpaceEvent {
  readonly space: string
  readonly change: string
}

export const isSpaceEvent = (value: unknown): value is SpaceEvent => hasTexts(value, 'space', 'change')

export const isClock = (value: unknown): value is Clock =>
  hasTexts(value, 'space', 'now') && typeof value.frozen === 'boolean'

export const isRow = (value: unknown): value is Row =>
  hasTexts(value, 'at', 'wall', 'space', 'method', 'path', 'outcome') &&
  typeof value.number === 'number' &&
  Number.isFinite(Date.parse(String(value.at))) &&
  isListOf(value.rules, isRule) &&
  hasTexts(value.request, 'line') &&
  isMessage(value.request) &&
  isMessage(value.answer)

/** A session started or ended. */
export interface RunEvent {
  readonly event: string
  readonly space: string
  /** By the clock of the space, ISO 8601. */
  readonly at: string
  /** By the system clock, ISO 8601. */
  readonly wall: string
  readonly change: string
  readonly product: string
  readonly login: string
  readonly token: string
  readonly cause?: string
  readonly by?: string
}

export const isEvent = (value: unknown): value is RunEvent =>
  hasTexts(value, 'event', 'space', 'at', 'wall', 'change', 'product', 'login', 'token')

/** The clock of a space was changed. */
interface ClockEvent {
  readonly space: string
  readonly wall: string
  /** By the clock of the space, ISO 8601. */
  readonly now: string
  readonly frozen: boolean
}

export const isClockEvent = (value: unknown): value is ClockEvent =>
  isClock(value) && hasTexts(value, 'event', 'wall') && value.event === 'clock'

/** A space was replaced, with its clock. */
export const isResetEvent = (value: unknown): value is SpaceEvent & { readonly wall: string } =>
  isSpaceEvent(value) &&
  hasTexts(value, 'event', 'wall') &&
  value.event === 'space' &&
  ['reset', 'restored', 'dropped'].includes(value.change)

export const isVerdict = (value: unknown): value is Verdict =>
  hasTexts(value, 'verdict', 'description') &&
  isListOf(
    value.findings,
    finding => hasTexts(finding, 'space', 'words') && isListOf(finding.requests, Number.isFinite)
  )

export const isScenario = (
  value: unknown
): value is {
  readonly title: string
  readonly rules: readonly { readonly rule: string; readonly sentence: string }[]
} => hasTexts(value, 'title') && isListOf(value.rules, isRule)
