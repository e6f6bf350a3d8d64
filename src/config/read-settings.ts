import { nearest, UserError } from '../base/user-error.js'
import type { ParseContext } from './setting-values.js'
import {
  flagOf,
  kubernetesService,
  type Setting,
  type SettingName,
  type Settings,
  settingNames,
  settings,
  variableOf,
  variablePrefix
} from './settings.js'

export type Flags = Readonly<Partial<Record<SettingName, string | boolean | readonly string[]>>>
export type Environment = Readonly<Record<string, string | undefined>>

/**
 * Flag over variable over default; an empty variable is none. Throws one UserError with a line for each wrong setting,
 * which names the setting, what was given and what would be right.
 */
export const readSettings = (flags: Flags, env: Environment, known: ParseContext): Settings => {
  const { settings, problems } = checkSettings(flags, env, known)
  if (problems.length > 0) throw new UserError(problems.join('\n'))
  return settings as Settings
}

/** Settings that were read, and a line for each problem; without problems, the settings are complete. */
export interface CheckedSettings {
  readonly settings: Partial<Settings>
  readonly problems: readonly string[]
}

/** The same as `readSettings`, for callers that have more to check before they throw. */
export const checkSettings = (flags: Flags, env: Environment, known: ParseContext): CheckedSettings => {
  const problems = misspeltVariables(env)
  const read = settingNames.map(name => {
    const said = givenValue(name, flags, env)
    try {
      return [name, parsed(name, said, known)]
    } catch (error) {
      if (!(error instanceof UserError)) throw error
      problems.push(`${said ? shown(name, said) : flagOf(name)}: ${error.message}`)
      return [name, undefined]
    }
  })
  const checked = Object.fromEntries(read) as Partial<Settings>
  if (problems.length > 0) return { settings: checked, problems }
  return { settings: checked, problems: conflictsOf(checked as Settings) }
}

interface GivenSetting {
  /** The flag or the variable. */
  readonly where: string
  readonly words: readonly string[]
}

/** What was given, with control characters as escapes; of a secret only where it was given. */
const shown = (name: SettingName, { where, words }: GivenSetting): string => {
  const { secret }: Setting<unknown> = settings[name]
  return secret ? where : `${where} "${words.join(',').replace(/\p{Cc}/gu, escaped)}"`
}

const escaped = (character: string): string => JSON.stringify(character).slice(1, -1)

const givenValue = (name: SettingName, flags: Flags, env: Environment): GivenSetting | undefined => {
  const { alias, foreign }: Setting<unknown> = settings[name]
  const flag = flags[name]
  if (flag !== undefined) return { where: flagOf(name), words: [flag].flat().map(String) }
  const own = variableOf(name)
  const variables = foreign?.test(env[own] ?? '') ? [alias] : [own, alias]
  const where = variables.find(each => each !== undefined && env[each])
  return where === undefined ? undefined : { where, words: [env[where] ?? ''] }
}

const parsed = (name: SettingName, said: GivenSetting | undefined, known: ParseContext): unknown => {
  const { parse, fallback, repeatable }: Setting<unknown> = settings[name]
  if (!said) return fallback
  return parse(repeatable ? said.words.flatMap(each => each.split(',').map(part => part.trim())) : said.words, known)
}

const misspeltVariables = (env: Environment): string[] =>
  unknownNames(env).flatMap(name => {
    const meant = meantBy(name)
    return meant === undefined ? [] : [`${name}: no such setting; did you mean ${meant}?`]
  })

/** Variables with our prefix, but no setting or similar name: they are ignored with a warning. */
export const unknownVariables = (env: Environment): string[] =>
  unknownNames(env).filter(name => meantBy(name) === undefined)

const unknownNames = (env: Environment): string[] =>
  Object.keys(env).filter(
    name =>
      name.startsWith(variablePrefix) &&
      env[name] &&
      !settingNames.some(each => variableOf(each) === name) &&
      !isKubernetesVariable(name, env[name]) &&
      !isGivenByExec(name)
  )

/** What Kubernetes sets for each Service: `<NAME>_SERVICE_HOST`, `<NAME>_SERVICE_PORT[_<PORT NAME>]`, `<NAME>_PORT`, `<NAME>_PORT_80_TCP[_ADDR]`. */
const isKubernetesVariable = (name: string, value = ''): boolean =>
  /_SERVICE_(?:HOST|PORT(?:_\w+)?)$|_PORT_\d+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?$/.test(name) ||
  kubernetesService.test(value)

/** What `exec` and `grill` tell their command: `SESSION_MOCK_URL`, `SESSION_MOCK_CBRAIN_URL`, `SESSION_MOCK_CA`. */
const isGivenByExec = (name: string): boolean => /^SESSION_MOCK_(?:(?:\w+_)?URL|CA)$/.test(name)

const meantBy = (variable: string): string | undefined => {
  const word = withoutPrefix(variable)
  const words = settingNames.map(name => withoutPrefix(variableOf(name)))
  const meant = nearest(word, words, word.length < 6 ? 1 : 2) ?? words.find(each => isSwapped(word, each))
  return meant === undefined ? undefined : `${variablePrefix}${meant}`
}

/** Two neighbouring letters have changed places, as in PROT. */
const isSwapped = (word: string, other: string): boolean => {
  const at = [...word].findIndex((letter, index) => letter !== other[index])
  return at >= 0 && `${word.slice(0, at)}${word[at + 1] ?? ''}${word[at] ?? ''}${word.slice(at + 2)}` === other
}

const withoutPrefix = (variable: string): string => variable.slice(variablePrefix.length)

/** What is wrong with settings that are right one by one. */
const conflictsOf = ({ port, listen, products, adminPort, watch, store }: Settings): string[] => {
  const ports = new Map([[port, `all products (${flagOf('port')})`]])
  const complaints = listen.flatMap(listener => {
    const { name } = listener.product
    if (products && !products.includes(listener.product))
      return [`${flagOf('listen')}: ${name} is not one of the ${flagOf('products')}`]
    const other = listener.port === 0 ? undefined : ports.get(listener.port)
    ports.set(listener.port, name)
    return other === undefined
      ? []
      : [`${flagOf('listen')}: port ${listener.port} is given twice, to ${other} and to ${name}`]
  })
  if (watch && store)
    complaints.push(
      `${flagOf('watch')}: not with ${flagOf('store')}; put the scenario by the control API, which reaches all replicas`
    )
  const taken = adminPort === undefined || adminPort === 0 ? undefined : ports.get(adminPort)
  if (taken !== undefined) complaints.push(`${flagOf('adminPort')}: port ${adminPort} is given to ${taken} already`)
  return complaints
}
