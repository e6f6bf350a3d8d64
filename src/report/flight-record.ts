import type { Row } from '../api/types.js'
import type { Verdict } from '../journal/verdicts.js'

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
