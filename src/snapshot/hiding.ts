import { redactorOf } from '../journal/redaction.js'
import { type SpaceSecrets, shortToken } from '../state/secrets.js'

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
  text: redactorOf(secrets)
})

/** The name of a counter may contain a token, even one that the session store has dropped. */
const hideWord = (word: string): string => (word.length < leastToken ? word : shortToken(word))

/** Length of the shortest token of a product. */
const leastToken = 15
