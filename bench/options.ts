import { parseArgs } from 'node:util'
import { loads } from './load/choose.js'
import { type Part, parts } from './targets.js'

export interface Options {
  readonly quick: boolean
  /** Measures dist/ as it stands, and builds nothing. */
  readonly built: boolean
  readonly rounds: number
  readonly only: readonly Part[]
  /** Where the results are written; undefined is nowhere. */
  readonly out: string | undefined
  readonly load: (typeof loads)[number] | undefined
}

/** What the command line says. Throws where it says what there is not. */
export const optionsOf = (args: readonly string[], folder: string): Options => {
  const { values } = parseArgs({ args: [...args], options: known })
  const quick = values.quick ?? false
  const rounds = Number(values.rounds ?? (quick ? 3 : 5))
  if (!Number.isInteger(rounds) || rounds < 1)
    throw new Error(`--rounds takes a whole number from 1, not ${values.rounds}`)
  return {
    quick,
    built: values.built ?? false,
    rounds,
    only: (values.only ?? parts).map(word => oneOf('--only', parts, word)),
    out: values.out ?? (quick || values.only ? undefined : folder),
    load: values.load === undefined ? undefined : oneOf('--load', loads, values.load)
  }
}

const known = {
  quick: { type: 'boolean' },
  built: { type: 'boolean' },
  rounds: { type: 'string' },
  only: { type: 'string', multiple: true },
  out: { type: 'string' },
  load: { type: 'string' }
} as const

const oneOf = <Word extends string>(flag: string, words: readonly Word[], given: string): Word => {
  const word = words.find(each => each === given)
  if (!word) throw new Error(`${flag} takes one of ${words.join(', ')}, not ${given}`)
  return word
}
