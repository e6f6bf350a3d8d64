import { inspect } from 'node:util'
import { nearest } from '../base/user-error.js'
import { type CheckedSettings, checkSettings, type Flags } from '../config/read-settings.js'
import type { Setting } from '../config/setting.js'
import { type SettingName, settingNames, settings } from '../config/settings.js'
import { duration } from '../config/values/numbers.js'
import type { Product } from '../product/product.js'
import { wrongType } from './option-types.js'
import type { StartOptions } from './start-options.js'

/**
 * The settings that the options of `start` mean, read by the rules of the command line, and a line for each wrong option; the
 * port is a free one where none is given.
 */
export const checkOptions = (
  { output: _output, ...options }: StartOptions,
  products: readonly Product[]
): CheckedSettings => {
  const wrong = Object.entries(options).flatMap(([name, value]) => wrongOption(name, value))
  const right: StartOptions = Object.fromEntries(
    Object.entries(options).filter(pair => wrongOption(...pair).length === 0)
  )
  const { settings, problems } = checkSettings(flagsOf({ ...right, port: right.port || 0 }), {}, { products })
  return { settings, problems: [...wrong, ...problems.map(problem => problem.replace(flag, optionOf))] }
}

/** What is wrong with the name or the type of an option. */
const wrongOption = (name: string, value: unknown): string[] => {
  if (!isOption(name)) {
    const meant = nearest(name, settingNames.filter(isOption))
    return [`there is no option ${name}${meant === undefined ? '' : `; did you mean ${meant}?`}`]
  }
  const expected = value === undefined ? undefined : wrongType(name, value)
  return expected === undefined
    ? []
    : [`${name}: expected ${expected}, found ${inspect(value, { breakLength: Infinity })}`]
}

const isOption = (name: string): name is SettingName =>
  settingNames.some(each => each === name && !(settings[each] as Setting<unknown>).commandOnly)

const flagsOf = (options: StartOptions): Flags =>
  Object.fromEntries(
    Object.entries(options).flatMap(([name, value]) => {
      const words = wordsOf(name as SettingName, value)
      return words === undefined ? [] : [[name, words]]
    })
  )

/** An option as the command line would say it. */
const wordsOf = (name: SettingName, value: unknown): string | boolean | readonly string[] | undefined => {
  if (value === undefined || typeof value === 'boolean') return value
  if (typeof value === 'number') return settings[name].parse === duration ? `${value}ms` : String(value)
  if (typeof value !== 'object' || value === null) return String(value)
  if (name === 'scenario') return JSON.stringify(value)
  return Array.isArray(value) ? value.map(String) : Object.entries(value).map(pair => pair.join('='))
}

/** Where the words for a wrong setting name its flag, these name the option. */
const flag = /--(?:no-)?([a-z]+(?:-[a-z]+)*)/g
const optionOf = (_flag: string, name: string): string => name.replace(/-([a-z])/g, (_, letter) => letter.toUpperCase())
