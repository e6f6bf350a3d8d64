/**
 * The tokens with capital letters in lower case, to find one that is written in another case. Filled at the first question, so that
 * it costs nothing before.
 */
export class FoldedTokens {
  #folded: Set<string> | undefined
  /** Tokens that may still be added before the forgotten ones are too many. */
  #room = 0

  add(token: string): void {
    if (!this.#folded || !hasCapitals(token)) return
    this.#room -= 1
    if (this.#room < 0) this.#folded = undefined
    else this.#folded.add(token.toLowerCase())
  }

  clear(): void {
    this.#folded = undefined
  }

  /** Whether such a token is equal to the word but for the case of its letters. `all`: the present tokens. */
  has(word: string, all: () => Iterable<string>): boolean {
    this.#folded ??= this.#fill(all())
    return this.#folded.has(word.toLowerCase())
  }

  #fill(tokens: Iterable<string>): Set<string> {
    const folded = new Set<string>()
    for (const token of tokens) if (hasCapitals(token)) folded.add(token.toLowerCase())
    this.#room = folded.size + 1000
    return folded
  }
}

const hasCapitals = (token: string): boolean => /[A-Z]/.test(token)
