import { parseDuration } from '../../base/duration.js'
import { UserError } from '../../base/user-error.js'
import { lastOf, type Parse } from './parse.js'

export const wholeNumber =
  (least: number, most: number, description: string): Parse<number> =>
  values => {
    const value = Number(lastOf(values))
    if (/^\d+$/.test(lastOf(values)) && value >= least && value <= most) return value
    throw new UserError(`expected ${description}`)
  }

export const port = wholeNumber(0, 65_535, 'a whole number from 0 to 65535, where 0 selects a free port')

/** Milliseconds. */
export const duration: Parse<number> = values => {
  const value = parseDuration(lastOf(values))
  if (value !== undefined && value > 0) return value
  throw new UserError('expected a duration such as 90s, 30m or 1h30m')
}
