import { type Flags, readSettings } from '../command/read-settings.js'
import { duration } from '../command/setting-values.js'
import { type SettingName, type Settings, settingNames, settings } from '../command/settings.js'
import { Complaint, nearest } from '../complaint.js'
import type { Product } from '../product.js'
import type { StartOptions } from './start-options.js'

/**
 * The settings that the options of `start` mean, read by the rules of the command line; the port is a free one where none is
 * said. Throws a Complaint with a line for each wrong option.
 */
export const readOptions = ({ output: _output, ...options }: StartOptions, products: readonly Product[]): Settings => {
  const unknown = Object.keys(options).flatMap(stray)
  if (unknown.length > 0) throw new Complaint(unknown.join('\n'))
  try {
    return readSettings(flagsOf({ ...options, port: options.port || 0 }), {}, { products })
  } catch (error) {
    if (error instanceof Complaint) throw new Complaint(error.message.replace(flag, optionOf))
    throw error
  }
}

const stray = (name: string): string[] => {
  if (settingNames.some(each => each === name)) return []
  const meant = nearest(name, settingNames)
  return [`there is no option ${name}${meant === undefined ? '' : `; did you mean ${meant}?`}`]
}

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
