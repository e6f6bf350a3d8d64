import { distance } from 'fastest-levenshtein'

/** The operator's mistake, in a setting or a file, in words that name the place: printed without a stack, exit 2. */
export class UserError extends Error {
  override readonly name = 'UserError'
}

/** The word of the list that was most likely meant, if one is near enough: at most `slips` letters off, by default as its length allows. */
export const nearest = (word: string, choices: readonly string[], slips?: number): string | undefined => {
  const far = (joinWords: string) => distance(word.toLowerCase(), joinWords.toLowerCase())
  const [best = ''] = [...choices].sort((a, b) => far(a) - far(b))
  const allowed = slips ?? Math.max(2, Math.floor(best.length / 2.5))
  return far(best) <= allowed && far(best) < best.length ? best : undefined
}

/** `a, b or c`. */
export const choice = (words: readonly string[], conjunction: 'or' | 'and' = 'or'): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} ${conjunction} ${words.at(-1)}`
