import { sayDuration } from '../duration.js'

/** Which of the matching calls a rule plays on. Times in milliseconds after the story began. */
export interface Calls {
  readonly first: number
  readonly last: number
  readonly every: number
  readonly times: number
  readonly chance: number
  readonly from: number
  readonly until: number
  readonly per: 'rule' | 'session' | 'login'
}

/** A whole number from 1, a range `2-4`, or one without an end, `3-`. */
export const callPattern = '^[1-9]\\d*-(?:[1-9]\\d*)?$'

/** The first and last call that `3`, `2-4` or `3-` names. */
export const readCall = (call: number | string | undefined): { first: number; last: number } => {
  if (call === undefined) return { first: 1, last: Number.POSITIVE_INFINITY }
  if (typeof call === 'number') return { first: call, last: call }
  const [first, last] = call.split('-')
  return { first: Number(first), last: last ? Number(last) : Number.POSITIVE_INFINITY }
}

/** Whether the rule plays at this count; `times` and `chance` have a say of their own. */
export const isDue = ({ first, last, every }: Calls, count: number): boolean =>
  count >= first && count <= last && (count - (every > 1 ? 0 : first)) % every === 0

export const sayCalls = ({ first, last, every, times, chance, from, until, per }: Calls): string[] => {
  const of = per === 'rule' ? '' : ` of each ${per}`
  const each = per === 'rule' ? '' : ` for each ${per}`
  return [
    ...(first === 1 && last === Number.POSITIVE_INFINITY ? [] : [`at ${sayRange(first, last)}${every > 1 ? '' : of}`]),
    ...(every > 1 ? [`at every ${ordinal(every)} call${of}`] : []),
    ...(times === Number.POSITIVE_INFINITY ? [] : [`${times === 1 ? 'once' : `at most ${times} times`}${each}`]),
    ...(chance === 1 ? [] : [`with a chance of ${chance}`]),
    ...(from === 0 && until === Number.POSITIVE_INFINITY ? [] : [sayWindow(from, until)])
  ]
}

const sayRange = (first: number, last: number): string => {
  if (first === last) return `call ${first}`
  return last === Number.POSITIVE_INFINITY ? `call ${first} and after` : `calls ${first} to ${last}`
}

const sayWindow = (from: number, until: number): string => {
  if (until === Number.POSITIVE_INFINITY) return `from ${sayDuration(from)} after the start`
  return from === 0
    ? `until ${sayDuration(until)} after the start`
    : `from ${sayDuration(from)} to ${sayDuration(until)} after the start`
}

const endings: Readonly<Record<number, string>> = { 1: 'st', 2: 'nd', 3: 'rd' }

/** `1st`, `22nd`, `11th`. The plural rules of Intl would say the same, and take longer to load than the whole story. */
const ordinal = (number: number): string => {
  const isTeen = Math.floor(number / 10) % 10 === 1
  return `${number}${isTeen ? 'th' : (endings[number % 10] ?? 'th')}`
}
