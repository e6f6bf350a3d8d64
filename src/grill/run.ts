import type { Entry } from '../journal/entry.js'
import { outcomeOf } from '../journal/rendering.js'
import type { Verdict } from '../journal/verdicts.js'
import { describeEntry } from '../journal/verify.js'
import type { Misbehaviour, MisbehaviourName } from './misbehaviour.js'
import { operationOf } from './place.js'

/** A run of the command, as it was seen. */
export interface Run {
  readonly exitCode: number
  readonly signal?: string | undefined
  /** Why it was ended from outside. */
  readonly ended?: 'timeout' | 'too many calls' | 'interrupted' | undefined
  readonly milliseconds: number
  /** A rule of the fault has played; a request that was delayed may be among the entries later, or not at all. */
  readonly isFaulted: boolean
  /** In the order of their arrival. */
  readonly entries: readonly Entry[]
  readonly verdicts: readonly Verdict[]
  /** The end of what the command wrote. */
  readonly output: string
}

/** What a run is compared with. */
export interface Expectation {
  /** How often each operation succeeded without a fault. */
  readonly successes: ReadonlyMap<string, number>
  /** How often each operation was called without a fault. */
  readonly calls: ReadonlyMap<string, number>
  /** Misbehaviour without any fault: said once, and not again for each case. */
  readonly usual: ReadonlySet<MisbehaviourName>
  /** Calls of an operation after a fault that are no storm yet. */
  readonly retries: number
}

/** The client was told that its work is done; a login has given a session. */
export const isSuccess = (entry: Entry): boolean =>
  outcomeOf(entry) === 'success' && !entry.pretended && (entry.operation !== 'login' || entry.session !== undefined)

/** How often each operation is among them. */
export const countBy = (entries: readonly Entry[]): Map<string, number> => {
  const counts = new Map<string, number>()
  for (const entry of entries)
    if (entry.operation !== undefined) counts.set(operationOf(entry), (counts.get(operationOf(entry)) ?? 0) + 1)
  return counts
}

export const times = (count: number): string => (count === 1 ? 'once' : `${count} times`)

/** The requests that show these, each in a line, by their numbers. */
export const linesOf = (entries: readonly Entry[], misbehaviours: readonly Misbehaviour[]): Map<number, string> => {
  const wanted = new Set(misbehaviours.flatMap(({ requests }) => requests))
  return new Map(entries.filter(({ number }) => wanted.has(number)).map(entry => [entry.number, describeEntry(entry)]))
}
