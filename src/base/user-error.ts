import { distance } from 'fastest-levenshtein'

/** A mistake of the user, in a setting or a file, with its place: printed without a stack, exit code 2. */
export class UserError extends Error {
  override readonly name = 'UserError'
}

/**
 * The most similar word of a list, if the distance is small enough: at most `slips` letters, by default depending on the
 * length.
 */
export const nearest = (word: string, choices: readonly string[], slips?: number): string | undefined => {
  const far = (joinWords: string) => distance(word.toLowerCase(), joinWords.toLowerCase())
  const [best = ''] = [...choices].sort((a, b) => far(a) - far(b))
  const allowed = slips ?? Math.max(2, Math.floor(best.length / 2.5))
  return far(best) <= allowed && far(best) < best.length ? best : undefined
}

/** `a, b or c`. */
export const choice = (words: readonly string[], conjunction: 'or' | 'and' = 'or'): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} ${conjunction} ${words.at(-1)}`
