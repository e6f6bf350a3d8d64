import { redactorOf } from '../journal/redaction.js'
import type { Accounts } from '../state/accounts.js'
import { type SpaceSecrets, shortToken } from '../state/secrets.js'

/** The replacements of secrets in a snapshot for reading. */
export interface Hiding {
  token(token: string): string
  /** The name of a counter. */
  name(name: string): string
  text(text: string): string
}

interface HiddenSpace {
  readonly secrets: SpaceSecrets
  readonly accounts: Accounts
}

/** Hides the tokens and passwords of a space. */
export const hidingOf = ({ secrets, accounts }: HiddenSpace): Hiding => {
  const text = redactorOf(secrets)
  // A counter is named by words and numbers, then a login or a token, which the session store may have dropped or never had.
  const isShown = (word: string) => /^(?:[a-z_-]*|\d{1,9})$/.test(word) || accounts.find(word)?.isListed === true
  const hideWord = (word: string) => (isShown(word) ? text(word) : shortToken(word))
  return { token: shortToken, name: name => name.split(' ').map(hideWord).join(' '), text }
}
