import { UserError } from '../base/user-error.js'
import { proxyHint } from '../exec/variables.js'
import type { Entry } from '../journal/entry.js'
import { redactedWords } from '../journal/redaction.js'
import type { Scenario } from '../scenario/scenario.js'
import { inBoth, type Misbehaviour } from './misbehaviour.js'
import { observe } from './observe.js'
import { operationOf, type Place, placesOf, sharedPlaces } from './place.js'
import { countBy, type Expectation, isSuccess, linesOf, type Run } from './run.js'
import { type RunnerOptions, runOnce } from './runner.js'

/** The behaviour of the command without a fault. */
export interface Baseline {
  readonly places: readonly Place[]
  readonly calls: number
  readonly milliseconds: number
  readonly expected: Expectation
  /** Misbehaviour without a fault. */
  readonly misbehaviours: readonly Misbehaviour[]
  /** Whether the two runs made different calls. Only calls of both runs are places. */
  readonly differ: boolean
  /** The requests of these misbehaviours, one line each, by number. */
  readonly requests: ReadonlyMap<number, string>
}

/**
 * Runs the command without faults until two runs have made the same calls, at most three times: the first run may be slow, as
 * it loads everything. Throws a UserError if the command fails or calls no operation.
 */
export const runBaseline = async (scenario: Scenario, options: RunnerOptions, retries: number): Promise<Baseline> => {
  const first = await runValid(scenario, options)
  const second = await runValid(scenario, options)
  const isSame = !sharedPlaces(placesOf(first.entries), placesOf(second.entries)).differ
  return compare(isSame ? first : await runValid(scenario, options), second, retries)
}

const runValid = async (scenario: Scenario, options: RunnerOptions): Promise<Run> => {
  const { run } = await runOnce(scenario, options)
  checkRun(run, options)
  return run
}

const compare = (one: Run, other: Run, retries: number): Baseline => {
  const { places, differ } = sharedPlaces(placesOf(one.entries), placesOf(other.entries))
  const misbehaviours = inBoth(withoutFault(one, retries), withoutFault(other, retries))
  return {
    places,
    calls: one.entries.length,
    milliseconds: Math.max(one.milliseconds, other.milliseconds),
    misbehaviours,
    differ,
    requests: linesOf(one.entries, misbehaviours),
    expected: {
      successes: minOf(countBy(one.entries.filter(isSuccess)), countBy(other.entries.filter(isSuccess))),
      calls: countBy(one.entries),
      usual: new Set(misbehaviours.map(({ name }) => name)),
      retries
    }
  }
}

const withoutFault = (run: Run, retries: number): Misbehaviour[] =>
  observe(run, { successes: new Map(), calls: countBy(run.entries), usual: new Set(), retries }, () => false)

const minOf = (one: ReadonlyMap<string, number>, other: ReadonlyMap<string, number>): Map<string, number> =>
  new Map([...one].map(([operation, count]) => [operation, Math.min(count, other.get(operation) ?? 0)]))

/** Throws a UserError if a run is no basis for a comparison. */
const checkRun = (
  { exitCode, signal, ended, entries, output }: Run,
  { words, env, timeout, stop }: RunnerOptions
): void => {
  const failure = `the command failed without a fault: ${redactedWords(words).join(' ')}`
  const tail = output.trim() === '' ? '' : `\nThe end of its output:\n${output.trim()}`
  const hint = entries.length === 0 ? proxyHint(env) : ''
  const proxy = hint === '' ? '' : `; no request came: ${hint}`
  if (stop.aborted) throw new UserError('interrupted before there was anything to report')
  if (ended === 'timeout')
    throw new UserError(`${failure} had not ended after ${timeout / 1000}s; see --timeout${tail}`)
  if (exitCode !== 0)
    throw new UserError(
      `${failure} ${signal === undefined ? `exited with ${exitCode}` : `was ended by ${signal}`}${proxy}${tail}`
    )
  if (placesOf(entries).length > 0) return
  throw new UserError(
    entries.length === 0
      ? `the command made no call: does it use SESSION_MOCK_CBRAIN_URL, or the variable of another product? --env NAME={cbrain} sets another variable${proxy}`
      : `the command called no operation of a product, only ${describeUnmatched(entries)}`
  )
}

const describeUnmatched = (entries: readonly Entry[]): string => {
  const [first] = entries
  const nearest = first?.nearest === undefined ? '' : `; the nearest is ${first.nearest}`
  return `${first?.method} ${first?.url.replace(/\?.*$/s, '')}${nearest}`
}

export const describePlaces = (places: readonly Place[]): string => {
  const counts = new Map<string, number>()
  for (const place of places) counts.set(operationOf(place), (counts.get(operationOf(place)) ?? 0) + 1)
  return [...counts].map(([name, count]) => (count === 1 ? name : `${name} ×${count}`)).join(', ')
}
