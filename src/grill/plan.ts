import { createHash } from 'node:crypto'
import { stringify } from 'yaml'
import { choice, nearest, UserError } from '../base/errors.js'
import type { Entry } from '../journal/entry.js'
import { redactedWords } from '../journal/redactor.js'
import { proxyHint } from '../run/run-command.js'
import type { ScenarioDocument } from '../scenario/format/compile.js'
import type { Scenario } from '../scenario/scenario.js'
import { type FaultContext, placeFaults, runFaults, withPlaceFault } from './faults.js'
import { inBoth, type Misbehaviour } from './judges.js'
import { operationOf, type Place, placeId, placesOf, sharedPlaces } from './place.js'
import { countBy, type Expectation, isSuccess, linesOf, type Run } from './run.js'
import { observe, type RunnerOptions, runOnce } from './runner.js'

/** A run of the command with one fault. */
export interface GrillCase {
  /** From 1, in the order of the whole plan. */
  readonly number: number
  /** `cbrain.session#2:expired`, or `cbrain:session-limit`. */
  readonly id: string
  readonly product: string
  /** Undefined for a fault of the whole run. */
  readonly place?: Place
  readonly fault: string
  /** The fault in a sentence. */
  readonly title: string
  /** The scenario as a YAML file. */
  readonly scenario: string
  /** The scenario has a password or a token. */
  readonly isSecret: boolean
}

/** All cases: each fault at each suitable place, then the faults of whole runs. */
export const planCases = (
  places: readonly Place[],
  document: ScenarioDocument,
  context: FaultContext & { readonly isSecret: boolean }
): GrillCase[] => {
  const products = [...new Set(places.map(({ product }) => product))]
  const base = { seed: 1, ...document }
  const atPlaces = places.flatMap(place =>
    placeFaults
      .filter(({ kinds, needsToken }) => kinds.includes(place.kind) && (place.hasToken || !needsToken))
      .map(fault => {
        const title = `${place.product}.${place.operation}, call ${place.nth}: ${fault.words}`
        const { product } = place
        const scenario = { ...withPlaceFault(base, fault, place, context), title }
        return { id: `${placeId(place)}:${fault.name}`, product, place, fault: fault.name, title, scenario }
      })
  )
  const wholeRuns = products.flatMap(product =>
    runFaults.map(fault => {
      const title = `${product}, the whole run: ${fault.words}`
      const scenario = { ...fault.change(product, base), title }
      return { id: `${product}:${fault.name}`, product, fault: fault.name, title, scenario }
    })
  )
  return [...atPlaces, ...wholeRuns].map((each, index) => ({
    ...each,
    number: index + 1,
    isSecret: context.isSecret,
    scenario: stringify(titleFirst(each.scenario))
  }))
}

const titleFirst = ({ title, ...rest }: ScenarioDocument): ScenarioDocument => ({
  ...(title !== undefined && { title }),
  ...rest
})

/** The selection of cases. */
interface CaseFilter {
  /** Names of faults, operations, places or cases; empty for all. */
  readonly only: readonly string[]
  readonly products: readonly string[]
}

/** The selected cases. Throws a UserError if a word matches none. */
export const filterCases = (cases: readonly GrillCase[], { only, products }: CaseFilter): GrillCase[] => {
  check('--product', products, [...new Set(cases.map(({ product }) => product))])
  check('--only', only, [...new Set(cases.flatMap(wordsOf))])
  return cases
    .filter(({ product }) => products.length === 0 || products.includes(product))
    .filter(each => only.length === 0 || wordsOf(each).some(word => only.includes(word)))
}

/** All words that select a case with `--only`. */
const wordsOf = ({ id, fault, place, product }: GrillCase): string[] => [
  fault,
  ...(place ? [place.kind, place.operation, `${product}.${place.operation}`, placeId(place)] : ['run']),
  id
]

const check = (flag: string, words: readonly string[], known: readonly string[]): void => {
  for (const word of words)
    if (!known.includes(word)) {
      const suggestion = nearest(word, known)
      const names = known.filter(each => !/[#:]/.test(each))
      throw new UserError(
        `${flag} "${word}": not in the plan${suggestion === undefined ? '' : `; did you mean ${suggestion}?`} The plan has ${choice(names, 'and')}`
      )
    }
}

/** A uniform sample of at most `max` cases, in plan order; deterministic for a seed. */
export const chooseCases = (cases: readonly GrillCase[], max: number, seed: string): readonly GrillCase[] => {
  if (cases.length <= max) return cases
  const rankOf = ({ id }: GrillCase) => createHash('sha256').update(`${seed} ${id}`).digest('hex')
  return [...cases]
    .map(each => ({ each, rank: rankOf(each) }))
    .sort((a, b) => (a.rank < b.rank ? -1 : 1))
    .slice(0, max)
    .map(({ each }) => each)
    .sort((a, b) => a.number - b.number)
}

/** `findings/007-cbrain.session-2-expired.yaml`, or `….secret.yaml` with a password or a token. */
export const scenarioFile = (each: GrillCase): string => `${fileOf(each)}${each.isSecret ? '.secret' : ''}.yaml`

/** `findings/007-cbrain.session-2-expired.run.json`. */
export const recordFile = (each: GrillCase): string => `${fileOf(each)}.run.json`

const fileOf = ({ number, id }: GrillCase): string =>
  `findings/${String(number).padStart(3, '0')}-${id.replace(/[#:]/g, '-')}`

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
