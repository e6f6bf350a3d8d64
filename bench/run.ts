import type { Load } from './load/load.js'
import type { Node } from './nodes.js'
import type { LeaveOut } from './rounds.js'

/** What all measurements of a run share. */
export interface Run {
  readonly folder: string
  /** Where session-mock was copied to, as it was built. */
  readonly app: string
  readonly load: Load
  /** What the contenders run on that are written for Node.js, but where it is said otherwise. */
  readonly node: Node
  readonly rounds: number
  readonly starts: number
  /** How long each load is measured, and how long the first warms up. */
  readonly seconds: number
  readonly warmUp: number
  /** The same for each row of the matrix, which has many. */
  readonly matrixSeconds: number
  readonly say: (line: string) => void
  /** Hears what could not be measured in a part of the run. */
  readonly leaveOut: (part: string) => LeaveOut
}
