import type { Measured } from './load/load.js'
import type { MatrixResult } from './matrix/measure.js'
import type { FirstTest } from './measure/first-test.js'
import type { Grilled } from './measure/grill.js'
import type { Grown } from './measure/grown.js'
import type { Growth } from './measure/growth.js'
import type { JournalRows } from './measure/journal-rows.js'
import type { Library } from './measure/library.js'
import type { Ready } from './measure/ready.js'
import type { Throughput } from './measure/throughput.js'
import type { Rows } from './rounds.js'

/** What a run measured. What is not there was not asked for, or could not be measured. */
export interface Results {
  readonly ready: readonly Ready[]
  readonly matrix: readonly MatrixResult[]
  readonly throughput: readonly Throughput[]
  readonly flow?: Rows<Measured>
  readonly grown: readonly Grown[]
  readonly idle?: Rows<number>
  readonly sessionMemory?: Growth
  readonly journalMemory?: Growth
  readonly library?: Library
  readonly firstTest?: FirstTest
  /** Bytes of the heap that a row of the journal keeps alive. */
  readonly journalRows?: JournalRows
  readonly stop?: readonly number[]
  readonly grill?: Grilled
}

/** In what the results were measured. */
export interface Setting {
  readonly date: string
  readonly machine: readonly string[]
  /** The load average as the run began: what else the machine did. */
  readonly otherWork: number
  readonly load: string
  readonly node: string
  readonly rounds: number
  readonly starts: number
  readonly versions: ReadonlyMap<string, string>
  /** What could not be measured, and why. */
  readonly leftOut: readonly string[]
}
