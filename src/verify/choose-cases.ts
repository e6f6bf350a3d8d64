import { formatDuration } from '../base/duration.js'
import type { Case } from './case.js'
import { placeholdersOf } from './fill.js'

export interface ChoiceOptions {
  /** Send one wrong password. */
  readonly wrongPassword: boolean
  /** Wait for the expiry of idle sessions. */
  readonly waitExpiry: boolean
  /** Idle timeout of a session, in milliseconds. */
  readonly idle: number
}

/** For each case, in order: the reason not to send it to a real server, or undefined. */
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
