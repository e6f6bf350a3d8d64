import type { Entry } from '../journal/entry.js'
import { outcomeOf } from '../journal/rendering.js'
import type { Misbehaviour } from './misbehaviour.js'
import { isSuccess, type Run } from './run.js'

/** Misbehaviour with sessions. */
export const judgeSessions = ({ entries, ended, signal }: Run): Misbehaviour[] => [
  ...deadTokenAgain(entries),
  // A command that was stopped or has crashed could not complete its work.
  ...(ended === undefined && signal === undefined ? [...noLogin(entries), ...leakedSession(entries)] : [])
]

/** A refusal that shows the client that its token is invalid. */
const isRefusedToken = (entry: Entry): boolean =>
  (entry.failure === 'no-session' || entry.failure === 'expired-session') &&
  entry.token !== undefined &&
  outcomeOf(entry) === 'refused' &&
  entry.operation !== 'login'

const deadTokenAgain = (entries: readonly Entry[]): Misbehaviour[] => {
  for (const refused of entries.filter(isRefusedToken)) {
    const again = entries.filter(entry => isLaterUse(entry, refused))
    if (again.length > 0)
      return [
        {
          name: 'dead token again',
          words: `it used a token again after its refusal by request ${refused.number}`,
          requests: [refused, ...again].map(({ number }) => number)
        }
      ]
  }
  return []
}

/** A logout with the token is harmless. A request that was already under way does not count. */
const isLaterUse = (entry: Entry, { number, product, token, recordedAt, took }: Entry): boolean =>
  entry.number > number &&
  entry.product === product &&
  entry.token === token &&
  entry.operation !== 'logout' &&
  entry.recordedAt >= Math.floor(recordedAt + took)

const noLogin = (entries: readonly Entry[]): Misbehaviour[] => {
  const refused = entries.find(
    (entry, index) =>
      isRefusedToken(entry) &&
      entry.operation !== 'logout' &&
      !isFreshToken(entry, entries.slice(0, index)) &&
      !entries.slice(index + 1).some(({ product, operation }) => product === entry.product && operation === 'login')
  )
  const words = `it did not log in again after request ${refused?.number} reported the end of its session`
  return refused ? [{ name: 'no re-login', words, requests: [refused.number] }] : []
}

/** The token is from a login after an earlier refusal, and was never accepted: another login would not help. */
const isFreshToken = ({ product, token }: Entry, before: readonly Entry[]): boolean => {
  const own = before.filter(entry => entry.product === product)
  return own.some(isRefusedToken) && !own.some(entry => entry.token === token && isSuccess(entry))
}

const leakedSession = (entries: readonly Entry[]): Misbehaviour[] => {
  const over = new Set(
    entries
      .filter(entry => entry.operation === 'logout' || isRefusedToken(entry))
      .map(({ product, token }) => `${product} ${token}`)
  )
  const leaked = entries.find(
    entry =>
      entry.operation === 'login' &&
      isSuccess(entry) &&
      entry.session?.end === undefined &&
      !over.has(`${entry.product} ${entry.session?.token}`)
  )
  const words = `it never logged out of the session of request ${leaked?.number}`
  return leaked ? [{ name: 'leaked session', words, requests: [leaked.number] }] : []
}
