import { basename } from 'node:path'
import type { Entry } from '../journal/entry.js'
import type { FlightRecord } from '../run/report.js'
import { isFaultRule } from './faults.js'
import { inBoth, type Misbehaviour } from './judges.js'
import { type Baseline, type GrillCase, scenarioFile } from './plan.js'
import { linesOf } from './run.js'
import { observe, type RunnerOptions, runOnce } from './runner.js'

export type CaseOutcome = 'survived' | 'failed cleanly' | 'misbehaved' | 'not reached'

/** The result of a case. */
export interface CaseResult {
  readonly case: GrillCase
  readonly outcome: CaseOutcome
  readonly exitCode: number
  readonly signal?: string | undefined
  readonly milliseconds: number
  readonly misbehaviours: readonly Misbehaviour[]
  /** The requests of the misbehaviours, one line each, by number. */
  readonly requests: ReadonlyMap<number, string>
  readonly output: string
  /** Only with misbehaviour. */
  readonly record?: FlightRecord
}

interface GrillOptions extends RunnerOptions {
  readonly jobs: number
  /** Called after each case. */
  readonly onResult: (result: CaseResult) => void
}

/**
 * Plays the cases with parallel jobs. On a stop, the remaining cases are omitted. The results are in the order of the cases.
 */
export const playCases = async (
  cases: readonly GrillCase[],
  baseline: Baseline,
  options: GrillOptions
): Promise<CaseResult[]> => {
  const results = new Map<GrillCase, CaseResult>()
  const waiting = [...cases]
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next && !options.stop.aborted; next = waiting.shift()) {
      const result = await playCase(next, baseline, options)
      if (!result) continue
      results.set(next, result)
      options.onResult(result)
    }
  }
  await Promise.all(Array.from({ length: options.jobs }, work))
  return cases.flatMap(each => results.get(each) ?? [])
}

/**
 * Undefined after an interruption. A misbehaviour counts only if a second run shows it too, as slowness on a busy machine is
 * none. A hang is not repeated.
 */
const playCase = async (
  each: GrillCase,
  baseline: Baseline,
  options: GrillOptions
): Promise<CaseResult | undefined> => {
  const first = await playOnce(each, baseline, options)
  if (!first || first.misbehaviours.length === 0 || isHang(first)) return first
  const second = await playOnce(each, baseline, options)
  if (!second) return first
  const misbehaviours = inBoth(second.misbehaviours, first.misbehaviours)
  return misbehaviours.length === second.misbehaviours.length ? second : { ...second, ...judge(second, misbehaviours) }
}

const isHang = ({ misbehaviours }: CaseResult): boolean => misbehaviours.some(({ name }) => name === 'hang')

const judge = ({ exitCode }: CaseResult, misbehaviours: readonly Misbehaviour[]) => ({
  misbehaviours,
  outcome: outcomeOfRun(exitCode, true, misbehaviours)
})

const playOnce = async (
  each: GrillCase,
  { calls, expected }: Baseline,
  options: GrillOptions
): Promise<CaseResult | undefined> => {
  const { scenario } = await options.catalog.read({ name: basename(scenarioFile(each)), text: each.scenario })
  const limit = 2 * calls + 40 * expected.retries
  const { run, record } = await runOnce(scenario, options, limit)
  if (run.ended === 'interrupted') return undefined
  const misbehaviours = observe(run, expected, isFaulted)
  return {
    case: each,
    outcome: outcomeOfRun(run.exitCode, each.place === undefined || run.isFaulted, misbehaviours),
    exitCode: run.exitCode,
    signal: run.signal,
    milliseconds: run.milliseconds,
    misbehaviours,
    requests: linesOf(run.entries, misbehaviours),
    output: run.output,
    ...(misbehaviours.length > 0 && { record: record() })
  }
}

const outcomeOfRun = (exitCode: number, isReached: boolean, misbehaviours: readonly Misbehaviour[]): CaseOutcome => {
  if (misbehaviours.length > 0) return 'misbehaved'
  if (!isReached) return 'not reached'
  return exitCode === 0 ? 'survived' : 'failed cleanly'
}

/** Whether the rule of the fault applied to the request. */
const isFaulted = ({ rules }: Entry): boolean => rules.some(isFaultRule)
