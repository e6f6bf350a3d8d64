import { availableParallelism } from 'node:os'
import { choice, nearest, UserError } from '../base/user-error.js'
import { duration, wholeNumber } from '../config/values/numbers.js'
import { readAccepted } from '../grill/json-report.js'
import { type MisbehaviourName, misbehaviourNames } from '../grill/misbehaviour.js'
import type { KnownFindings } from '../grill/summary.js'
import { readFlag, readTextOf } from './flags.js'

/** The flags of `grill` beside the settings. */
export interface GrillFlags {
  readonly plan?: true
  readonly only?: readonly string[]
  readonly product?: readonly string[]
  readonly jobs?: string
  readonly timeout?: string
  readonly max?: string
  readonly retries?: string
  readonly seed?: string
  readonly env?: readonly string[]
  readonly allow?: readonly string[]
  readonly accept?: string
}

export interface GrillSettings {
  readonly plan: boolean
  readonly only: readonly string[]
  readonly products: readonly string[]
  readonly jobs: number
  /** Milliseconds. */
  readonly timeout: number
  readonly max: number
  readonly retries: number
  readonly seed: string | undefined
  readonly env: readonly string[]
  readonly known: KnownFindings
}

/** Parses the flags. Throws a UserError for an invalid one. */
export const readGrillFlags = async (flags: GrillFlags): Promise<GrillSettings> => ({
  plan: flags.plan ?? false,
  only: splitWords(flags.only),
  products: splitWords(flags.product),
  jobs: readFlag('--jobs', flags.jobs, wholeNumber(1, 64, 'a whole number from 1 to 64')) ?? availableParallelism(),
  timeout: readFlag('--timeout', flags.timeout, duration) ?? 30_000,
  max: readFlag('--max', flags.max, wholeNumber(1, 100_000, 'a whole number from 1 to 100000')) ?? 500,
  retries: readFlag('--retries', flags.retries, wholeNumber(0, 1000, 'a whole number from 0 to 1000')) ?? 5,
  seed: flags.seed,
  env: flags.env ?? [],
  known: {
    allowed: splitWords(flags.allow).map(readMisbehaviour),
    accepted:
      flags.accept === undefined ? new Set() : readAccepted(await readTextOf('--accept', flags.accept), flags.accept)
  }
})

/** The words of a repeatable or comma-separated flag. */
const splitWords = (values: readonly string[] = []): string[] =>
  values.flatMap(text => text.split(',').map(word => word.trim())).filter(word => word !== '')

const readMisbehaviour = (word: string): MisbehaviourName => {
  const found = misbehaviourNames.find(name => name.toLowerCase() === word.toLowerCase())
  if (found !== undefined) return found
  const suggestion = nearest(word, misbehaviourNames)
  const hint = suggestion === undefined ? '' : `; did you mean ${suggestion}?`
  throw new UserError(`--allow "${word}": expected ${choice(misbehaviourNames)}${hint}`)
}
