import { durationPattern } from '../../../base/duration.js'
import { isRecord } from '../../../kit/fields.js'
import { type Guess, words, write } from './guess.js'

const span = String.raw`(\d+(?:\.\d+)?)(?:\s*(ms|s|m|h|d))?`
const rangePattern = new RegExp(`^${span}\\s*(?:-|–|\\.\\.+|to)\\s*${span}$`)
const unitPattern = /^(\d+(?:\.\d+)?)\s*(milliseconds?|msecs?|seconds?|secs?|minutes?|mins?|hours?|hrs?|days?)$/i
const units: Readonly<Record<string, string>> = {
  mil: 'ms',
  mse: 'ms',
  sec: 's',
  min: 'm',
  hou: 'h',
  hrs: 'h',
  hr: 'h',
  day: 'd'
}

/** `40 sec` is `40s`, `2 m` is `2m`. */
export const duration: Guess = value => {
  const text = String(value).trim()
  const [, amount, unit = ''] = unitPattern.exec(text) ?? []
  if (amount !== undefined) return write(`${amount}${units[unit.slice(0, 3).toLowerCase()]}`)
  const spaced = text.replace(/\s+/g, '')
  return spaced !== text && new RegExp(durationPattern).test(spaced) ? write(spaced) : undefined
}

export const delay: Guess = value => {
  if (Array.isArray(value) && value.length === 2) return write(`{ uniform: [${value.join(', ')}] }`)
  if (isRecord(value))
    return 'min' in value && 'max' in value ? write(`{ uniform: [${value.min}, ${value.max}] }`) : undefined
  const [, least, leastUnit, most, mostUnit] = rangePattern.exec(String(value)) ?? []
  const unit = mostUnit ?? leastUnit
  if (least === undefined || unit === undefined) return duration(value)
  return write(`{ uniform: [${least}${leastUnit ?? unit}, ${most}${unit}] }`)
}

export const age: Guess = value =>
  /^\d[\w.]*[a-z]$/.test(String(value)) ? write(`">${value}", for older than that`) : undefined

const never = words({
  infinite: 'never',
  infinity: 'never',
  forever: 'never',
  none: 'never',
  unlimited: 'never',
  off: 'never'
})
export const lifetime: Guess = value => never(value) ?? duration(value)

export const clock: Guess = value => {
  if (String(value).toLowerCase() === 'now') return { remedy: 'leave clock out for the real time' }
  return /^\d{4}-\d\d-\d\d$/.test(String(value)) ? write(`${value}T00:00:00Z`) : zoneless(value)
}

const zoneless: Guess = value =>
  /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?$/.test(String(value))
    ? write(`${String(value).replace(' ', 'T')}${String(value).length === 16 ? ':00' : ''}Z`)
    : undefined
