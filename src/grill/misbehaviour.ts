import { keysOf } from '../base/own-keys.js'

/** All misbehaviours of clients, worst first, with their meaning. */
export const misbehaviours = {
  'crash by signal': 'a signal ended it',
  hang: 'it did not end in time',
  'believed a refusal': 'it succeeded although its work was refused',
  'login loop': 'it logged in repeatedly without any use',
  'retry storm': 'it retried too often',
  'dead token again': 'it used a refused token again',
  'no re-login': 'it did not log in again after the end of its session',
  'credentials in a URL': 'a password or token was in a URL, visible to logs and proxies',
  'leaked session': 'it left a session open',
  'ignored Retry-After': 'it called again before the end of the requested wait',
  'needless re-login': 'it logged in during an open session'
} as const

export type MisbehaviourName = keyof typeof misbehaviours

export const misbehaviourNames: readonly MisbehaviourName[] = keysOf(misbehaviours)

/** An observed misbehaviour. */
export interface Misbehaviour {
  readonly name: MisbehaviourName
  /** The observation in words. */
  readonly words: string
  /** Numbers of the requests that show it. */
  readonly requests: readonly number[]
}

/** The misbehaviours of the first run that are also in the second. */
export const inBoth = (one: readonly Misbehaviour[], other: readonly Misbehaviour[]): Misbehaviour[] =>
  one.filter(({ name }) => other.some(each => each.name === name))
