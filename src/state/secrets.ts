/** The secrets of a space, redacted in its journal. */
export interface SpaceSecrets {
  /** Whether the word is the token of a session. */
  isToken(word: string): boolean
  /** Passwords of its accounts. */
  passwords(): readonly string[]
}
