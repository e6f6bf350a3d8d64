import { distance } from 'fastest-levenshtein'
import { isError } from './node-globals.js'

/** A mistake of the user, in a setting or a file, with its place: printed without a stack, exit code 2. */
export class UserError extends Error {
  override readonly name = 'UserError'
}

/**
 * The most similar word of a list, if the distance is small enough: at most `slips` letters, by default depending on the
 * length.
 */
export const nearest = (word: string, choices: readonly string[], slips?: number): string | undefined => {
  const wanted = word.toLowerCase()
  let best = ''
  let least = Number.POSITIVE_INFINITY
  for (const choice of choices) {
    // The distance is at least the difference in length.
    const far = Math.abs(choice.length - word.length) < least ? distance(wanted, choice.toLowerCase()) : least
    if (far < least) [best, least] = [choice, far]
  }
  const allowed = slips ?? Math.max(2, Math.floor(best.length / 2.5))
  return least <= allowed && least < best.length ? best : undefined
}

/** `a, b or c`. */
export const choice = (words: readonly string[], conjunction: 'or' | 'and' = 'or'): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} ${conjunction} ${words.at(-1)}`

/** Whether this is an error of the operating system, with a `code` such as ENOENT. */
export const isSystemError = (error: unknown): error is NodeJS.ErrnoException =>
  isError(error) && 'syscall' in error && 'code' in error
