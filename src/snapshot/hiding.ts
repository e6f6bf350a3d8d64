import { createRedactor, shortToken } from '../journal/redactor.js'
import type { SpaceSecrets } from '../state/secrets.js'

/** What stands for secrets in a snapshot that is only read. */
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

/** Counters are named by words, of which one may be a token, also one that is forgotten. */
const hideWord = (word: string): string => (word.length < leastToken ? word : shortToken(word))

/** Characters of the shortest token that a product makes. */
const leastToken = 15
