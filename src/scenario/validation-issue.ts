import { UserError } from '../base/errors.js'
import { expressionIssue } from '../base/expression.js'

/** A path into a scenario: `['rules', 2, 'then']`. */
export type Path = readonly (string | number)[]

/** An error at a place of a scenario. */
export interface ValidationIssue {
  readonly path: Path
  /** The expected and the found value. */
  readonly message: string
  /** The place is the key at the end of the path, not its value. */
  readonly atKey?: true
}

export interface LocatedIssue {
  readonly file: string
  /** From 1. */
  readonly line: number
  /** From 1. */
  readonly column: number
  /** `rules[2].then`; empty for the whole. */
  readonly path: string
  readonly message: string
}

/** All errors of a scenario. */
export class ScenarioError extends UserError {
  constructor(readonly issues: readonly LocatedIssue[]) {
    super(issues.map(formatIssue).join('\n'))
  }
}

/** `scenario.yaml:14:9: rules[2].then: expected …, found …`. */
export const formatIssue = ({ file, line, column, path, message }: LocatedIssue): string =>
  `${file}:${line}:${column}: ${path === '' ? '' : `${path}: `}${message}`

/** `rules[2].then`, or `headers["a b"]` for a key that is not a plain word. */
export const formatPath = (path: Path): string =>
  path
    .map((step, index) => {
      if (typeof step === 'number') return `[${step}]`
      if (!/^[\w$-]{1,60}$/.test(step)) return `[${describeValue(step)}]`
      return `${index === 0 ? '' : '.'}${step}`
    })
    .join('')

/** A short description of a value, in one line. */
export const describeValue = (value: unknown): string => {
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : `a list of ${value.length}`
  if (value === null) return 'nothing'
  if (typeof value === 'object') return Object.keys(value).length === 0 ? 'no keys' : 'keys and values'
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length > 60 ? `${text.slice(0, 57)}…"` : text
}

/** The error of a text in the form `/…/` that is not a valid regular expression. */
export const describeBrokenExpression = (text: string): string | undefined => {
  const issue = expressionIssue(text)
  if (issue === undefined) return undefined
  return `expected a text or a /regular expression/, found ${describeValue(text)}: ${issue}`
}
