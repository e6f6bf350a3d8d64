import { createHash } from 'node:crypto'
import { stringify } from 'yaml'
import { choice, nearest, UserError } from '../base/user-error.js'
import type { ScenarioDocument } from '../scenario/format/scenario-document.js'
import { type FaultContext, placeFaults, runFaults, withPlaceFault } from './fault.js'
import { type Place, placeId } from './place.js'

/** A run of the command with one fault. */
export interface GrillCase {
  /** From 1, in the order of the whole plan. */
  readonly number: number
  /** `cbrain.session#2:expired`, or `cbrain:session-limit`. */
  readonly id: string
  readonly product: string
  /** Left out where the fault is there during the whole run. */
  readonly place?: Place
  readonly fault: string
  /** The fault in a sentence. */
  readonly title: string
  /** The scenario as a YAML file. */
  readonly scenario: string
}

/** Every case: each fault at each place where it makes sense, then those of whole runs. */
export const planCases = (places: readonly Place[], document: ScenarioDocument, context: FaultContext): GrillCase[] => {
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
    scenario: stringify(titleFirst(each.scenario))
  }))
}

const titleFirst = ({ title, ...rest }: ScenarioDocument): ScenarioDocument => ({
  ...(title !== undefined && { title }),
  ...rest
})

/** What is chosen of a plan. */
export interface CaseFilter {
  /** Names of faults, operations, places, cases; all where it is empty. */
  readonly only: readonly string[]
  readonly products: readonly string[]
}

/** The cases that are asked for. Throws a UserError where a word names none. */
export const filterCases = (cases: readonly GrillCase[], { only, products }: CaseFilter): GrillCase[] => {
  check('--product', products, [...new Set(cases.map(({ product }) => product))])
  check('--only', only, [...new Set(cases.flatMap(wordsOf))])
  return cases
    .filter(({ product }) => products.length === 0 || products.includes(product))
    .filter(each => only.length === 0 || wordsOf(each).some(word => only.includes(word)))
}

/** Everything that `--only` may name a case by. */
const wordsOf = ({ id, fault, place, product }: GrillCase): string[] => [
  fault,
  ...(place ? [place.kind, place.operation, `${product}.${place.operation}`, placeId(place)] : ['run']),
  id
]

const check = (flag: string, words: readonly string[], known: readonly string[]): void => {
  for (const word of words)
    if (!known.includes(word)) {
      const meant = nearest(word, known)
      const names = known.filter(each => !/[#:]/.test(each))
      throw new UserError(
        `${flag} "${word}": the plan has no such thing${meant === undefined ? '' : `; did you mean ${meant}?`} It has ${choice(names, 'and')}`
      )
    }
}

/** At most so many cases, each with the same chance to be among them; the same ones for the same seed. */
export const chooseCases = (cases: readonly GrillCase[], most: number, seed: string): readonly GrillCase[] => {
  if (cases.length <= most) return cases
  const lot = ({ id }: GrillCase) => createHash('sha256').update(`${seed} ${id}`).digest('hex')
  return [...cases]
    .map(each => ({ each, lot: lot(each) }))
    .sort((a, b) => (a.lot < b.lot ? -1 : 1))
    .slice(0, most)
    .map(({ each }) => each)
    .sort((a, b) => a.number - b.number)
}

/** `findings/007-cbrain.session-2-expired.yaml`. */
export const scenarioFile = ({ number, id }: GrillCase): string =>
  `findings/${String(number).padStart(3, '0')}-${id.replace(/[#:]/g, '-')}.yaml`
