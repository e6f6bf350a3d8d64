/** Suggestion for an invalid value: the end of the message, and a shorter expectation than the schema's. */
export interface Meant {
  readonly remedy: string
  readonly expected?: string
}

/** Guesses the intended value. `choices` are the allowed words, if they are a closed set. */
export type Guess = (value: unknown, choices?: readonly string[]) => Meant | undefined

export const write = (text: string): Meant => ({ remedy: `write ${text}` })

/** Guesses by a table of words, in lower case. */
export const words =
  (meant: Readonly<Record<string, string>>): Guess =>
  value => {
    const word = String(value).toLowerCase()
    return Object.hasOwn(meant, word) ? write(`${meant[word]}`) : undefined
  }
