import { nearest, UserError } from '../base/errors.js'
import { kubernetesService, type Setting } from './setting.js'
import {
  flagOf,
  type SettingName,
  type Settings,
  settingNames,
  settings,
  variableOf,
  variablePrefix
} from './settings.js'
import type { ParseContext } from './values.js'

export type Flags = Readonly<Partial<Record<SettingName, string | boolean | readonly string[]>>>

/**
 * The settings: a flag has precedence over a variable, a variable over the default; an empty variable is unset. Throws one
 * UserError with a line for each wrong setting: its name, its value and the valid values.
 */
export const readSettings = (flags: Flags, env: Environment, context: ParseContext): Settings => {
  const { settings, problems } = checkSettings(flags, env, context)
  if (problems.length > 0 || !isComplete(settings)) throw new UserError(problems.join('\n'))
  return settings
}

/** The valid settings, and a line for each problem; without problems, the settings are complete. */
export interface CheckedSettings {
  readonly settings: Partial<Settings>
  readonly problems: readonly string[]
}

/** The same as `readSettings`, for callers with further checks before they throw. */
export const checkSettings = (flags: Flags, env: Environment, context: ParseContext): CheckedSettings => {
  const problems = misspeltVariables(env)
  const values: Partial<Record<SettingName, unknown>> = {}
  for (const name of settingNames) {
    const given = givenValue(name, flags, env)
    try {
      values[name] = parseValue(name, given, context)
    } catch (error) {
      if (!(error instanceof UserError)) throw error
      problems.push(`${given ? describeValue(name, given) : flagOf(name)}: ${error.message}`)
    }
  }
  const checked = values as Partial<Settings>
  return { settings: checked, problems: isComplete(checked) && problems.length === 0 ? conflictsOf(checked) : problems }
}

/** Whether all settings are valid. */
export const isComplete = (checked: Partial<Settings>): checked is Settings =>
  settingNames.every(name => name in checked)

interface GivenValue {
  /** The flag or the variable. */
  readonly source: string
  readonly words: readonly string[]
}

const givenValue = (name: SettingName, flags: Flags, env: Environment): GivenValue | undefined => {
  const { alias, foreign }: Setting<unknown> = settings[name]
  const flag = flags[name]
  if (flag !== undefined) return { source: flagOf(name), words: [flag].flat().map(String) }
  const own = variableOf(name)
  const variables = foreign?.test(env[own] ?? '') ? [alias] : [own, alias]
  const source = variables.find(each => each !== undefined && env[each])
  return source === undefined ? undefined : { source, words: [env[source] ?? ''] }
}

const parseValue = (name: SettingName, given: GivenValue | undefined, context: ParseContext): unknown => {
  const { parse, fallback, repeatable }: Setting<unknown> = settings[name]
  if (!given) return fallback
  const words = repeatable ? given.words.flatMap(word => word.split(',').map(part => part.trim())) : given.words
  return parse(words, context)
}

/** The flag or variable with its value, control characters as escapes; the value of a secret is left out. */
const describeValue = (name: SettingName, { source, words }: GivenValue): string => {
  const { secret }: Setting<unknown> = settings[name]
  return secret ? source : `${source} "${words.join(',').replace(/\p{Cc}/gu, escaped)}"`
}

const escaped = (character: string): string => JSON.stringify(character).slice(1, -1)

/** Settings that are valid one by one, but not together: a line for each conflict. */
const conflictsOf = (settings: Settings): string[] => {
  const ports = new Map([[settings.port, `all products (${flagOf('port')})`]])
  return [...listenConflicts(settings, ports), ...watchConflicts(settings), ...adminPortConflicts(settings, ports)]
}

/** Adds the ports of the products to the ports in use. */
const listenConflicts = ({ listen, products }: Settings, ports: Map<number, string>): string[] =>
  listen.flatMap(listener => {
    const { name } = listener.product
    if (products && !products.includes(listener.product))
      return [`${flagOf('listen')}: ${name} is not one of the ${flagOf('products')}`]
    const other = listener.port === 0 ? undefined : ports.get(listener.port)
    ports.set(listener.port, name)
    return other === undefined
      ? []
      : [`${flagOf('listen')}: port ${listener.port} is given twice, to ${other} and to ${name}`]
  })

const watchConflicts = ({ watch, store }: Settings): string[] =>
  watch && store
    ? [`${flagOf('watch')}: not with ${flagOf('store')}; replace the scenario by the control API, for all replicas`]
    : []

const adminPortConflicts = ({ adminPort }: Settings, ports: ReadonlyMap<number, string>): string[] => {
  const other = adminPort === undefined || adminPort === 0 ? undefined : ports.get(adminPort)
  return other === undefined ? [] : [`${flagOf('adminPort')}: port ${adminPort} is given to ${other} already`]
}

export type Environment = Readonly<Record<string, string | undefined>>

/** Variables with our prefix and a name similar to a setting: a line for each, with the setting. */
const misspeltVariables = (env: Environment): string[] =>
  variablesWithoutSetting(env).flatMap(name => {
    const meant = similarVariable(name)
    return meant === undefined ? [] : [`${name}: no such setting; did you mean ${meant}?`]
  })

/** Variables with our prefix, without a setting or a similar name: ignored with a warning. */
export const unknownVariables = (env: Environment): string[] =>
  variablesWithoutSetting(env).filter(name => similarVariable(name) === undefined)

const variablesWithoutSetting = (env: Environment): string[] =>
  Object.keys(env).filter(
    name =>
      name.startsWith(variablePrefix) &&
      env[name] &&
      !settingNames.some(each => variableOf(each) === name) &&
      !isKubernetesVariable(name, env[name]) &&
      !isVariableOfExec(name)
  )

/** Variables of Kubernetes for each Service: `<NAME>_SERVICE_HOST`, `<NAME>_SERVICE_PORT[_<PORT NAME>]`, `<NAME>_PORT`, `<NAME>_PORT_80_TCP[_ADDR]`. */
const isKubernetesVariable = (name: string, value = ''): boolean =>
  /_SERVICE_(?:HOST|PORT(?:_\w+)?)$|_PORT_\d+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?$/.test(name) ||
  kubernetesService.test(value)

/** Variables of `exec` and `grill` for their command: `SESSION_MOCK_URL`, `SESSION_MOCK_CBRAIN_URL`, `SESSION_MOCK_CA`. */
const isVariableOfExec = (name: string): boolean => /^SESSION_MOCK_(?:(?:\w+_)?URL|CA)$/.test(name)

const similarVariable = (variable: string): string | undefined => {
  const word = withoutPrefix(variable)
  const words = settingNames.map(name => withoutPrefix(variableOf(name)))
  const meant = nearest(word, words, word.length < 6 ? 1 : 2) ?? words.find(each => isTransposed(word, each))
  return meant === undefined ? undefined : `${variablePrefix}${meant}`
}

/** Two neighbouring letters are swapped, as in PROT. */
const isTransposed = (word: string, other: string): boolean => {
  const at = [...word].findIndex((letter, index) => letter !== other[index])
  return at >= 0 && `${word.slice(0, at)}${word[at + 1] ?? ''}${word[at] ?? ''}${word.slice(at + 2)}` === other
}

const withoutPrefix = (variable: string): string => variable.slice(variablePrefix.length)
