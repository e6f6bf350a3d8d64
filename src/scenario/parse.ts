import { isRecord } from '../fields.js'
import type { Product } from '../product.js'
import type { Story } from '../story.js'
import { type Check, createCheck } from './check.js'
import { compileStory } from './compile.js'
import { doubts } from './doubts.js'
import type { Scenario } from './draft.js'
import { type Mistake, type Path, type PlacedMistake, ScenarioMistakes } from './mistakes.js'
import { readPage } from './page.js'
import { type Sound, senseless } from './sense.js'
import type { Source } from './source.js'

export interface Parsed {
  readonly story: Story
  /** Things that are allowed and hardly meant. */
  readonly warnings: readonly PlacedMistake[]
}

export type Parse = (source: Source) => Parsed

/** Reads scenarios that play with these products: YAML or JSON. What it gives throws ScenarioMistakes, all at once. */
export const createParse = (products: readonly Product[]): Parse => {
  const read = createDraftReader(products)
  return source => {
    const { draft, lineOf, place } = read(source)
    return {
      story: compileStory(draft, source.name, index => `${source.name}:${lineOf(index)}`, products),
      warnings: doubts(draft, products).map(place).sort(byPlace)
    }
  }
}

/** A scenario that is right, not yet compiled. */
export interface ReadDraft {
  readonly draft: Scenario
  /** The line that a rule begins at, by its index. */
  lineOf(index: number): number
  place(mistake: Mistake): PlacedMistake
}

export const createDraftReader = (products: readonly Product[]): ((source: Source) => ReadDraft) => {
  let check: Check | undefined
  return source => {
    check ??= createCheck(products)
    const { value, place, written } = readPage(source)
    const ill = check(value, written)
    const mistakes = [...ill, ...senseless(sound(value, ill), products)]
    if (mistakes.length > 0) throw new ScenarioMistakes(mistakes.map(place).sort(byPlace))
    return {
      draft: value as Scenario,
      lineOf: index => place({ path: ['rules', index], message: '' }).line,
      place
    }
  }
}

/** What is left without the parts that are wrong; lists keep their places, with gaps. Accounts that are no list may be anyone. */
const sound = (value: unknown, mistakes: readonly Mistake[]): Sound => {
  if (!isRecord(value)) return {}
  const rest: Sound = structuredClone(value)
  for (const { path } of mistakes) remove(rest, path)
  return value.accounts === undefined ? rest : { ...rest, accounts: rest.accounts ?? 'any' }
}

const remove = (from: unknown, path: Path): void => {
  const [step = '', ...rest] = path
  if (Array.isArray(from)) {
    if (rest.length === 0) from[Number(step)] = undefined
    else remove(from[Number(step)], rest)
    return
  }
  if (!isRecord(from)) return
  if (rest.length === 0) delete from[step]
  else remove(Object.hasOwn(from, step) ? from[step] : undefined, rest)
}

const byPlace = (a: PlacedMistake, b: PlacedMistake): number => a.line - b.line || a.column - b.column
