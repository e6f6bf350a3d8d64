import { parseArgs } from 'node:util'
import { parseDuration } from '../src/base/duration.js'
import { loads } from './load/choose.js'
import { type Part, parts } from './targets.js'

export interface Options {
  readonly quick: boolean
  /** Milliseconds of mixed traffic, in place of all else; undefined is none. */
  readonly soak: number | undefined
  /** Counts the files and calls of one request, in place of all else. */
  readonly way: boolean
  /** Measures long reads and the stalls that they cause, in place of all else. */
  readonly stalls: boolean
  /** Measures replicas that share a store beside memory, in place of all else. */
  readonly store: boolean
  /** Measures the dashboard in a browser, in place of all else. */
  readonly dashboard: boolean
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
  const rounds = Number(values.rounds ?? 3)
  if (!Number.isInteger(rounds) || rounds < 1)
    throw new Error(`--rounds takes a whole number from 1, not ${values.rounds}`)
  return {
    quick,
    soak: values.soak === undefined ? undefined : soakOf(values.soak),
    way: values.way ?? false,
    stalls: values.stalls ?? false,
    store: values.store ?? false,
    dashboard: values.dashboard ?? false,
    built: values.built ?? false,
    rounds,
    only: (values.only ?? parts).map(word => oneOf('--only', parts, word)),
    out: values.out ?? (quick || values.only ? undefined : folder),
    load: values.load === undefined ? undefined : oneOf('--load', loads, values.load)
  }
}

const known = {
  quick: { type: 'boolean' },
  soak: { type: 'string' },
  way: { type: 'boolean' },
  stalls: { type: 'boolean' },
  store: { type: 'boolean' },
  dashboard: { type: 'boolean' },
  built: { type: 'boolean' },
  rounds: { type: 'string' },
  only: { type: 'string', multiple: true },
  out: { type: 'string' },
  load: { type: 'string' }
} as const

/** Each of the five parts of the time has to hold some samples. */
const shortestSoak = 30_000

const soakOf = (text: string): number => {
  const ms = parseDuration(text)
  if (ms !== undefined && ms >= shortestSoak) return ms
  throw new Error(`--soak takes a duration of 30s or more, such as 5m, not ${text}`)
}

const oneOf = <Word extends string>(flag: string, words: readonly Word[], given: string): Word => {
  const word = words.find(each => each === given)
  if (!word) throw new Error(`${flag} takes one of ${words.join(', ')}, not ${given}`)
  return word
}
