import { UserError } from '../base/user-error.js'
import type { Setting } from './setting.js'
import { conflictsOf } from './setting-conflicts.js'
import { flagOf, type SettingName, type Settings, settingNames, settings, variableOf } from './settings.js'
import { type Environment, misspeltVariables } from './unknown-variables.js'
import type { ParseContext } from './values/parse.js'

export type Flags = Readonly<Partial<Record<SettingName, string | boolean | readonly string[]>>>
export type { Environment }

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
