import { loadExpressions, mayContainExpression } from '../../base/expression.js'
import { isRecord } from '../../product/fields.js'
import type { Product } from '../../product/product.js'
import type { ParsedScenario } from '../scenario.js'
import { type LocatedIssue, type Path, ScenarioError, type ValidationIssue } from '../validation-issue.js'
import { compileScenario, type ScenarioDocument } from './compile.js'
import { lint } from './lint.js'
import { type Check, createCheck } from './schema-check.js'
import { semanticIssues, type ValidParts } from './semantic-checks.js'
import { keepText, type Source } from './source.js'
import { readYaml } from './yaml-document.js'

export type Parse = (source: Source) => ParsedScenario
export type ScenarioReader = (source: Source) => Promise<ParsedScenario>

/** The same as `createParse`, but loads the compiler of expressions on demand. */
export const createScenarioReader = (products: readonly Product[]): ScenarioReader => {
  const parse = createParse(products)
  return async source => {
    if (mayContainExpression(source.text)) await loadExpressions()
    return parse(source)
  }
}

/** Creates a parser of scenarios, YAML or JSON, for these products. The parser throws ScenarioError with all issues. */
export const createParse = (products: readonly Product[]): Parse => {
  const read = createDocumentReader(products)
  return source => {
    const { document: draft, lineOf, locate: place } = read(source)
    const scenario = compileScenario(draft, source.name, index => `${source.name}:${lineOf(index)}`, products)
    keepText(scenario, source)
    return {
      scenario,
      warnings: lint(draft, products).map(place).sort(byPlace)
    }
  }
}

/** A valid scenario, not yet compiled. */
export interface ReadDocument {
  readonly document: ScenarioDocument
  /** The first line of a rule, by its index. */
  lineOf(index: number): number
  locate(mistake: ValidationIssue): LocatedIssue
}

export const createDocumentReader = (products: readonly Product[]): ((source: Source) => ReadDocument) => {
  let check: Check | undefined
  return source => {
    check ??= createCheck(products)
    const { value, locate: place, issues } = readYaml(source)
    const invalid = issues(check)
    const mistakes = [...invalid, ...semanticIssues(withoutInvalid(value, invalid), products)]
    if (mistakes.length > 0) throw new ScenarioError(mistakes.map(place).sort(byPlace))
    return {
      document: value as ScenarioDocument,
      lineOf: index => place({ path: ['rules', index], message: '' }).line,
      locate: place
    }
  }
}

/** The document without its invalid parts; lists keep gaps in their place. Invalid accounts count as `any`. */
const withoutInvalid = (value: unknown, mistakes: readonly ValidationIssue[]): ValidParts => {
  if (!isRecord(value)) return {}
  const rest: ValidParts = copy(value)
  for (const { path } of mistakes) remove(rest, path)
  return value.accounts === undefined ? rest : { ...rest, accounts: rest.accounts ?? 'any' }
}

/** A deep copy of what a YAML document can hold: not by `structuredClone`, which some test environments lack. */
const copy = <Value>(value: Value): Value => {
  if (Array.isArray(value)) return value.map(copy) as Value
  return isRecord(value)
    ? (Object.fromEntries(Object.entries(value).map(([key, item]) => [key, copy(item)])) as Value)
    : value
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

const byPlace = (a: LocatedIssue, b: LocatedIssue): number => a.line - b.line || a.column - b.column
