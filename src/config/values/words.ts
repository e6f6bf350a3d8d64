import { choice, nearest, UserError } from '../../base/user-error.js'
import { lastOf, type Parse } from './parse.js'

export const oneOf = <const Word extends string>(...words: readonly Word[]): Parse<Word> =>
  Object.assign(
    (values: readonly string[]) => {
      const found = words.find(word => word === lastOf(values))
      if (found !== undefined) return found
      throw new UserError(`expected ${choice(words)}${suggestion(lastOf(values), words)}`)
    },
    { words }
  )

/** `; did you mean observed?`, or nothing. */
export const suggestion = (word: string, choices: readonly string[]): string => {
  const meant = nearest(word, choices)
  return meant === undefined ? '' : `; did you mean ${meant}?`
}

const booleans: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  on: true,
  1: true,
  false: false,
  no: false,
  off: false,
  0: false
}

export const trueOrFalse: Parse<boolean> = values => {
  const value = booleans[lastOf(values).toLowerCase()]
  if (value !== undefined) return value
  throw new UserError('expected true or false')
}
