import { formatDuration } from '../base/duration.js'
import type { Case } from './case.js'
import { placeholdersOf } from './fill.js'

export interface ChoiceOptions {
  /** A wrong password is sent, once. */
  readonly wrongPassword: boolean
  /** Idle sessions are waited for. */
  readonly waitExpiry: boolean
  /** Milliseconds that a session may be idle. */
  readonly idle: number
}

/** Says of each case, in turn, why it is not sent to a real server; undefined where it is. */
export const createChoice = ({
  wrongPassword,
  waitExpiry,
  idle
}: ChoiceOptions): ((each: Case) => string | undefined) => {
  let wrongSent = false
  return ({ unsafe, step, request }) => {
    if (unsafe !== undefined) return unsafe
    if (step === 'expiry' && !waitExpiry) return `it takes ${formatDuration(idle)}: --wait-expiry`
    const isWrong = placeholdersOf(request).some(name => name === 'wrong password' || name === 'unknown login')
    if (!isWrong) return undefined
    if (!wrongPassword) return 'it sends a wrong password: --no-wrong-password'
    if (wrongSent) return 'a wrong password was sent already'
    wrongSent = true
    return undefined
  }
}
