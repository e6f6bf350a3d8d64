import type { Setting } from '../config/setting.js'
import { type SettingName, settings } from '../config/settings.js'
import { duration } from '../config/values/numbers.js'

interface Kind {
  readonly words: string
  readonly test: (value: unknown) => boolean
}

const isString = (value: unknown): value is string => typeof value === 'string'
const isNumber = (value: unknown): value is number => typeof value === 'number'
const isPort = (value: unknown): boolean => isNumber(value) || (isString(value) && /^\d+@/.test(value))
const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const text: Kind = { words: 'a string', test: isString }
const number: Kind = { words: 'a number', test: isNumber }
const flag: Kind = { words: 'true or false', test: value => typeof value === 'boolean' }
const strings: Kind = { words: 'an array of strings', test: value => Array.isArray(value) && value.every(isString) }
const span: Kind = {
  words: 'a duration such as "30m", or milliseconds',
  test: value => isString(value) || isNumber(value)
}

/** Options with another JavaScript type than the kind of their setting. */
const exceptions: Partial<Record<SettingName, Kind>> = {
  port: { words: 'a number, or false', test: value => isNumber(value) || value === false },
  listen: {
    words: 'an object of ports by product, such as { cbrain: 3000 } or { cbrain: "3000@w4" }',
    test: value => isObject(value) && Object.values(value).every(isPort)
  },
  fidelity: { words: 'a string, or an object by product', test: value => isString(value) || isObject(value) },
  scenario: { words: 'a string or an object', test: value => isString(value) || isObject(value) }
}

/** The expected type of an option in words; undefined for a valid value. */
export const wrongType = (name: SettingName, value: unknown): string | undefined => {
  const { words, test } = exceptions[name] ?? kindOf(settings[name])
  return test(value) ? undefined : words
}

const kindOf = ({ onOff, repeatable, parse, placeholder }: Setting<unknown>): Kind => {
  if (onOff) return flag
  if (repeatable) return strings
  if (Object.is(parse, duration)) return span
  return placeholder === '<number>' || placeholder === '<bytes>' ? number : text
}
