import { createRedactor, shortToken } from '../journal/redactor.js'
import type { SpaceSecrets } from '../state/secrets.js'

/** The replacements of secrets in a snapshot for reading. */
export interface Hiding {
  token(token: string): string
  /** The name of a counter. */
  name(name: string): string
  text(text: string): string
}

/** Hides the tokens and passwords of a space. */
export const hidingOf = (secrets: SpaceSecrets): Hiding => ({
  token: shortToken,
  name: name => name.split(' ').map(hideWord).join(' '),
  text: createRedactor({ tokens: [], passwords: secrets.passwords(), isToken: word => secrets.isToken(word) })
})

/** The name of a counter may contain a token, even one that the session store has dropped. */
const hideWord = (word: string): string => (word.length < leastToken ? word : shortToken(word))

/** Length of the shortest token of a product. */
const leastToken = 15
