import type { Entry } from '../journal/entry.js'
import { Redaction } from '../journal/redactor.js'
import { outcomeOf } from '../journal/rendering.js'
import { describeEntry, type Verdict } from '../journal/verdicts.js'
import type { Misbehaviour, MisbehaviourName } from './judges.js'
import { operationOf } from './place.js'

/** The observations of one run of the command. */
export interface Run {
  readonly exitCode: number
  readonly signal?: string | undefined
  /** The reason of a stop from outside. */
  readonly ended?: 'timeout' | 'too many calls' | 'interrupted' | undefined
  readonly milliseconds: number
  /** Whether a rule of the fault was applied. A delayed request may not be in `entries`. */
  readonly isFaulted: boolean
  /** In order of arrival. */
  readonly entries: readonly Entry[]
  readonly verdicts: readonly Verdict[]
  /** The last part of the output of the command. */
  readonly output: string
}

/** The baseline for a run. */
export interface Expectation {
  /** Successes of each operation without a fault. */
  readonly successes: ReadonlyMap<string, number>
  /** Calls of each operation without a fault. */
  readonly calls: ReadonlyMap<string, number>
  /** Misbehaviour without a fault, which is not reported again for each case. */
  readonly usual: ReadonlySet<MisbehaviourName>
  /** Tolerated calls of an operation after a fault. */
  readonly retries: number
}

/** The client received a success; a login opened a session. */
export const isSuccess = (entry: Entry): boolean =>
  outcomeOf(entry) === 'success' && !entry.pretended && (entry.operation !== 'login' || entry.session !== undefined)

/** Number of calls by operation. */
export const countBy = (entries: readonly Entry[]): Map<string, number> => {
  const counts = new Map<string, number>()
  for (const entry of entries)
    if (entry.operation !== undefined) counts.set(operationOf(entry), (counts.get(operationOf(entry)) ?? 0) + 1)
  return counts
}

export const times = (count: number): string => (count === 1 ? 'once' : `${count} times`)

/** The requests of these misbehaviours, one line each, by number. */
export const linesOf = (entries: readonly Entry[], misbehaviours: readonly Misbehaviour[]): Map<number, string> => {
  const wanted = new Set(misbehaviours.flatMap(({ requests }) => requests))
  const redaction = new Redaction()
  return new Map(
    entries.filter(({ number }) => wanted.has(number)).map(entry => [entry.number, describeEntry(entry, redaction)])
  )
}
