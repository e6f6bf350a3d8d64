import type { Row } from '../api/types.js'
import type { Verdict } from '../journal/verdicts.js'

/** The command that was run, and how it ended. */
export interface CommandRecord {
  readonly words: readonly string[]
  readonly exitCode: number
  readonly signal?: string
  readonly timedOut?: boolean
}

/** Something that happened beside requests. */
export interface EventRecord {
  /** By the real time, ISO 8601. */
  readonly wall: string
  readonly space: string
  readonly event: string
  readonly [fact: string]: unknown
}

/** Everything about a run of the server, with secrets hidden: what `run.json` holds. Times are ISO 8601. */
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
  /** Rows and events that came after there was no more room for them. */
  readonly dropped: number
}
