import { availableParallelism } from 'node:os'
import { parseDuration } from '../base/duration.js'
import { choice, nearest, UserError } from '../base/errors.js'
import { URL } from '../base/node-globals.js'
import type { Environment } from '../config/read-settings.js'
import { duration, oneOf, wholeNumber } from '../config/values.js'
import { type KnownFindings, readAccepted } from '../grill/grill-reports.js'
import { type MisbehaviourName, misbehaviourNames } from '../grill/judges.js'
import { type Fidelity, fidelities, type Product } from '../product/product.js'
import { createChecks } from '../scenario/format/schema-check.js'
import type { Cases } from '../verify/cases.js'
import { placeholdersOf } from '../verify/response-body.js'
import { mockAccount, type VerifyAccount } from '../verify/verify-product.js'
import { readFlag, readTextOf } from './command-context.js'

/** The flags of `verify-real`. */
export interface VerifyFlags {
  readonly url?: string
  readonly login?: string
  readonly passwordEnv?: string
  readonly productOption?: readonly string[]
  readonly fidelity?: string
  readonly insecure?: true
  readonly ca?: string
  readonly dryRun?: true
  readonly pause?: string
  readonly timeout?: string
  readonly wrongPassword?: false
  readonly waitExpiry?: true
  readonly report?: string
  readonly save?: string
  readonly overlay?: readonly string[]
  readonly record?: string
  readonly against?: string
  readonly har?: string
}

/** The product with this name. Throws a UserError. */
export const productNamed = (name: string, products: readonly Product[]): Product => {
  const found = products.find(product => product.name === name)
  if (found) return found
  const names = products.map(product => product.name)
  const suggestion = nearest(name, names)
  throw new UserError(
    `there is no product "${name}"; ${suggestion === undefined ? `expected ${choice(names)}` : `did you mean ${suggestion}?`}`
  )
}

/** Scheme, host and port of a server. Throws a UserError with a remedy. */
export const readOrigin = (given: string | undefined, { base, title }: Product): string => {
  if (given === undefined)
    throw new UserError('--url is missing: the address of the server, such as --url https://host')
  const wrong = (why: string, right?: string) =>
    new UserError(
      `--url "${given.replace(/\/\/[^/@]*@/, '//…@')}": ${why}${right === undefined ? '' : `, such as ${right}`}`
    )
  if (!/^https?:\/\//i.test(given)) {
    const host = /^[a-z][a-z\d+.-]*:\/\//i.test(given) ? undefined : `https://${given}`
    throw wrong('expected a URL that begins with https:// or http://', host && URL.canParse(host) ? host : undefined)
  }
  if (!URL.canParse(given)) throw wrong('it is not a URL')
  const url = new URL(given)
  if (url.username !== '' || url.password !== '')
    throw wrong('credentials in it are not supported: use --login and --password-env', url.origin)
  const path = url.pathname.replace(/\/+$/, '')
  if (url.search !== '' || url.hash !== '' || (path !== '' && path.toLowerCase() !== base.toLowerCase()))
    throw wrong(`expected scheme, host and port only, without a path of ${title}`, url.origin)
  return url.origin
}

/** The account for server and mock. Throws a UserError if a part is missing or invalid. */
export const readAccount = (flags: VerifyFlags, product: Product, cases: Cases, env: Environment): VerifyAccount => {
  const { login, passwordEnv } = flags
  if (login === undefined) throw new UserError('--login is missing: the login of an account of the server')
  if (passwordEnv === undefined)
    throw new UserError('--password-env is missing: the name of an environment variable with the password')
  const password = fromEnvironment('--password-env', passwordEnv, env)
  const { options, secrets } = readOptions(flags, cases, product, env)
  const account = { login, password, options, secrets: [password, ...secrets] }
  const needed = placeholdersOf(cases.login.request).filter(name => name in cases.options && !(name in account.options))
  if (needed.length > 0)
    throw new UserError(
      `a login to ${product.title} takes --product-option ${needed.map(name => `${name}=…`).join(' ')}`
    )
  const data = mockAccount(account, product)[product.name] ?? {}
  const schema = product.accounts.schema
  const [issue] = typeof schema === 'object' ? createChecks()(schema)(data) : []
  if (issue) throw new UserError(`--product-option ${issue.path.join('.')}: ${issue.message}`)
  return account
}

const fromEnvironment = (flag: string, name: string, env: Environment): string => {
  const value = env[name]
  if (value !== undefined && value !== '') return value
  const hint = /^[A-Za-z_]\w*$/.test(name) ? '' : '; give the name of a variable, never the password itself'
  const shown = hint === '' ? ` ${name}` : ''
  throw new UserError(`${flag}${shown}: the environment has no such variable, or it is empty${hint}`)
}

interface ReadOptions {
  readonly options: Readonly<Record<string, string>>
  /** Values from environment variables. */
  readonly secrets: readonly string[]
}

const readOptions = (
  { productOption = [] }: VerifyFlags,
  cases: Cases,
  product: Product,
  env: Environment
): ReadOptions => {
  const known = optionNames(cases, product)
  const read = productOption.map(option => {
    const [, name, value] = /^([^=]+)=(.*)$/s.exec(option) ?? []
    if (name === undefined || value === undefined)
      throw new UserError(`--product-option "${option}": expected name=value, such as ${known[0] ?? 'name'}=1`)
    if (!known.includes(name)) throw new UserError(unknownOption(name, known, product))
    const variable = /^env:(.*)$/s.exec(value)?.[1]
    const text = variable === undefined ? value : fromEnvironment(`--product-option ${name}`, variable, env)
    return { name, value: text, isSecret: variable !== undefined }
  })
  return {
    options: Object.fromEntries(read.map(({ name, value }) => [name, value])),
    secrets: read.flatMap(({ value, isSecret }) => (isSecret ? [value] : []))
  }
}

/** The options of the cases, and of accounts of the mock. */
const optionNames = ({ options }: Cases, { accounts: { schema } }: Product): string[] => [
  ...Object.keys(options),
  ...Object.keys((typeof schema === 'object' && schema.properties) || {})
]

const unknownOption = (name: string, known: readonly string[], { title }: Product): string => {
  const suggestion = nearest(name, known)
  const remedy = suggestion === undefined ? `expected ${choice(known)}` : `did you mean ${suggestion}?`
  return `--product-option "${name}": ${title} has no such option; ${remedy}`
}

export const readFidelity = ({ fidelity }: VerifyFlags): Fidelity =>
  readFlag('--fidelity', fidelity, oneOf(...fidelities)) ?? 'documented'

/** Milliseconds between requests. */
export const readPause = ({ pause }: VerifyFlags): number => {
  if (pause === undefined) return 1000
  const ms = pause === '0' ? 0 : parseDuration(pause)
  if (ms !== undefined) return ms
  throw new UserError(`--pause "${pause}": expected a duration such as 1s or 500ms, or 0`)
}

/** Milliseconds for a response. */
export const readTimeout = ({ timeout }: VerifyFlags): number => readFlag('--timeout', timeout, duration) ?? 30_000

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
