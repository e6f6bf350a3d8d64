import { inspect } from 'node:util'
import { isKeyOf } from '../base/own-keys.js'
import { nearest } from '../base/user-error.js'
import { type CheckedSettings, checkSettings, type Flags } from '../config/read-settings.js'
import type { Setting } from '../config/setting.js'
import { type SettingName, settingNames, settings } from '../config/settings.js'
import { duration } from '../config/values/numbers.js'
import type { Product } from '../product/product.js'
import { wrongType } from './option-types.js'
import type { StartOptions } from './start-options.js'

/**
 * The settings of the options of `start`, by the rules of the command line, and one line per problem. The default port is a
 * free one.
 */
export const checkOptions = (
  { output: _output, ...options }: StartOptions,
  products: readonly Product[]
): CheckedSettings => {
  const invalid = Object.entries(options).flatMap(([name, value]) => optionProblems(name, value))
  const valid: StartOptions = Object.fromEntries(
    Object.entries(options).filter(pair => optionProblems(...pair).length === 0)
  )
  const { settings, problems } = checkSettings(flagsOf({ ...valid, port: valid.port || 0 }), {}, { products })
  return { settings, problems: [...invalid, ...problems.map(problem => problem.replace(flag, optionOf))] }
}

/** The problem with the name or type of an option. */
const optionProblems = (name: string, value: unknown): string[] => {
  if (!isOption(name)) {
    const suggestion = nearest(name, settingNames.filter(isOption))
    return [`there is no option ${name}${suggestion === undefined ? '' : `; did you mean ${suggestion}?`}`]
  }
  const expected = value === undefined ? undefined : wrongType(name, value)
  return expected === undefined
    ? []
    : [`${name}: expected ${expected}, found ${inspect(value, { breakLength: Infinity })}`]
}

const isOption = (name: string): name is SettingName => isKeyOf(settings, name) && isForLibrary(settings[name])

const isForLibrary = ({ commandOnly }: Setting<unknown>): boolean => commandOnly !== true

const flagsOf = (options: StartOptions): Flags =>
  Object.fromEntries(
    Object.entries(options).flatMap(([name, value]) => {
      const words = isOption(name) ? wordsOf(name, value) : undefined
      return words === undefined ? [] : [[name, words]]
    })
  )

/** An option as on the command line. */
const wordsOf = (name: SettingName, value: unknown): string | boolean | readonly string[] | undefined => {
  if (value === undefined || typeof value === 'boolean') return value
  if (typeof value === 'number') return settings[name].parse === duration ? `${value}ms` : String(value)
  if (typeof value !== 'object' || value === null) return String(value)
  if (name === 'scenario') return JSON.stringify(value)
  return Array.isArray(value) ? value.map(String) : Object.entries(value).map(pair => pair.join('='))
}

/** Messages name the flag; here they name the option. */
const flag = /--(?:no-)?([a-z]+(?:-[a-z]+)*)/g
const optionOf = (_flag: string, name: string): string => name.replace(/-([a-z])/g, (_, letter) => letter.toUpperCase())
