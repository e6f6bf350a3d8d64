/** What a space knows to be secret, to be hidden in its requests wherever it stands. */
export interface SpaceSecrets {
  /** Whether the word is the token of a session. */
  isToken(word: string): boolean
  /** Passwords of its accounts. */
  passwords(): readonly string[]
}
