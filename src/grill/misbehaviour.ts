import { keysOf } from '../base/own-keys.js'

/** All misbehaviours of clients, worst first, with their meaning. */
export const misbehaviours = {
  'crash by signal': 'a signal ended it',
  hang: 'it did not end in time',
  'believed a refusal': 'it succeeded although its work was refused',
  'login loop': 'it logged in again and again without any use',
  'retry storm': 'it called again and again',
  'dead token again': 'it went on with a token that was refused',
  'no re-login': 'it did not log in again when its session was over',
  'credentials in a URL': 'a password or token stood in a URL, where logs and proxies keep it',
  'leaked session': 'it left a session open',
  'ignored Retry-After': 'it called again before the time that it was asked to wait was over',
  'needless re-login': 'it logged in while its session was good'
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
