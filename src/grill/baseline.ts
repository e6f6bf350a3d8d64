import { UserError } from '../base/user-error.js'
import type { Entry } from '../journal/entry.js'
import type { Scenario } from '../scenario/scenario.js'
import { inBoth, type Misbehaviour } from './misbehaviour.js'
import { observe } from './observe.js'
import { operationOf, type Place, placesOf, sharedPlaces } from './place.js'
import { countBy, type Expectation, isSuccess, linesOf, type Run } from './run.js'
import { type RunnerOptions, runOnce } from './runner.js'

/** What the command does without a fault. */
export interface Baseline {
  readonly places: readonly Place[]
  readonly calls: number
  readonly milliseconds: number
  readonly expected: Expectation
  /** What it does wrong without any fault. */
  readonly misbehaviours: readonly Misbehaviour[]
  /** Two runs made different calls; only those that both made are places. */
  readonly differ: boolean
  /** The requests that show what is wrong, each in a line, by their numbers. */
  readonly requests: ReadonlyMap<number, string>
}

/**
 * Runs the command without faults until two runs have made the same calls, at most three times: the first may have been slow, as
 * it loads everything. Throws a UserError where it fails, or calls no operation.
 */
export const runBaseline = async (scenario: Scenario, options: RunnerOptions, retries: number): Promise<Baseline> => {
  const first = await runChecked(scenario, options)
  const second = await runChecked(scenario, options)
  const isSame = !sharedPlaces(placesOf(first.entries), placesOf(second.entries)).differ
  return compare(isSame ? first : await runChecked(scenario, options), second, retries)
}

const runChecked = async (scenario: Scenario, options: RunnerOptions): Promise<Run> => {
  const { run } = await runOnce(scenario, options)
  check(run, options)
  return run
}

const compare = (one: Run, other: Run, retries: number): Baseline => {
  const { places, differ } = sharedPlaces(placesOf(one.entries), placesOf(other.entries))
  const misbehaviours = inBoth(unprovoked(one, retries), unprovoked(other, retries))
  return {
    places,
    calls: one.entries.length,
    milliseconds: Math.max(one.milliseconds, other.milliseconds),
    misbehaviours,
    differ,
    requests: linesOf(one.entries, misbehaviours),
    expected: {
      successes: least(countBy(one.entries.filter(isSuccess)), countBy(other.entries.filter(isSuccess))),
      calls: countBy(one.entries),
      usual: new Set(misbehaviours.map(({ name }) => name)),
      retries
    }
  }
}

/** What the command does wrong without a fault. */
const unprovoked = (run: Run, retries: number): Misbehaviour[] =>
  observe(run, { successes: new Map(), calls: countBy(run.entries), usual: new Set(), retries }, () => false)

const least = (one: ReadonlyMap<string, number>, other: ReadonlyMap<string, number>): Map<string, number> =>
  new Map([...one].map(([operation, count]) => [operation, Math.min(count, other.get(operation) ?? 0)]))

/** Throws a UserError where there is nothing to begin with. */
const check = ({ exitCode, signal, ended, entries, output }: Run, { words, timeout, stop }: RunnerOptions): void => {
  const what = `the command failed without a fault: ${words.join(' ')}`
  const said = output.trim() === '' ? '' : `\nThe end of its output:\n${output.trim()}`
  if (stop.aborted) throw new UserError('interrupted before there was anything to report')
  if (ended === 'timeout') throw new UserError(`${what} had not ended after ${timeout / 1000}s; see --timeout${said}`)
  if (exitCode !== 0)
    throw new UserError(`${what} ${signal === undefined ? `exited with ${exitCode}` : `was ended by ${signal}`}${said}`)
  if (placesOf(entries).length > 0) return
  throw new UserError(
    entries.length === 0
      ? 'the command made no call: does it take its URL from SESSION_MOCK_CBRAIN_URL or the like? --env NAME={cbrain} sets the variable that it reads'
      : `the command called no operation of a product, only ${lost(entries)}`
  )
}

const lost = (entries: readonly Entry[]): string => {
  const [first] = entries
  const nearest = first?.nearest === undefined ? '' : `; the nearest is ${first.nearest}`
  return `${first?.method} ${first?.url.replace(/\?.*$/s, '')}${nearest}`
}

export const describePlaces = (places: readonly Place[]): string => {
  const counts = new Map<string, number>()
  for (const place of places) counts.set(operationOf(place), (counts.get(operationOf(place)) ?? 0) + 1)
  return [...counts].map(([name, count]) => (count === 1 ? name : `${name} ×${count}`)).join(', ')
}
