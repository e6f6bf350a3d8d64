import { createHash } from 'node:crypto'
import { stringify } from 'yaml'
import { choice, nearest, UserError } from '../base/user-error.js'
import type { ScenarioDocument } from '../scenario/format/compile.js'
import { withPlaceFault } from './fault-rules.js'
import { type Place, placeId } from './place.js'
import { type FaultContext, placeFaults } from './place-fault.js'
import { runFaults } from './run-fault.js'

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
export interface CaseFilter {
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
