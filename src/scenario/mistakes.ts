import { Complaint } from '../complaint.js'

/** A path into a scenario: `['rules', 2, 'then']`. */
export type Path = readonly (string | number)[]

/** Something wrong at a place of a scenario's text. */
export interface Mistake {
  readonly path: Path
  /** What was expected and what was found. */
  readonly message: string
  /** Points at the key at the path's end, not at its value. */
  readonly atKey?: true
}

export interface PlacedMistake {
  readonly file: string
  /** From 1. */
  readonly line: number
  /** From 1. */
  readonly column: number
  /** `rules[2].then`; empty for the whole. */
  readonly path: string
  readonly message: string
}

/** Everything that is wrong with a scenario, at once. */
export class ScenarioMistakes extends Complaint {
  constructor(readonly mistakes: readonly PlacedMistake[]) {
    super(mistakes.map(sayMistake).join('\n'))
  }
}

/** `story.yaml:14:9: rules[2].then: expected …, found …`. */
export const sayMistake = ({ file, line, column, path, message }: PlacedMistake): string =>
  `${file}:${line}:${column}: ${path === '' ? '' : `${path}: `}${message}`

/** `rules[2].then`, or `headers["a b"]` where a key is no plain word. */
export const sayPath = (path: Path): string =>
  path
    .map((step, index) => {
      if (typeof step === 'number') return `[${step}]`
      if (!/^[\w$-]{1,60}$/.test(step)) return `[${sayValue(step)}]`
      return `${index === 0 ? '' : '.'}${step}`
    })
    .join('')

/** A value as it was found, short, on one line. */
export const sayValue = (value: unknown): string => {
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : `a list of ${value.length}`
  if (value === null) return 'nothing'
  if (typeof value === 'object') return Object.keys(value).length === 0 ? 'no keys' : 'keys and values'
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length > 60 ? `${text.slice(0, 57)}…"` : text
}
