import { keysOf } from '../base/own-keys.js'
import type { Entry } from '../journal/entry.js'
import { outcomeOf } from '../journal/rendering.js'
import { retryAfter } from './faults.js'
import { operationOf } from './place.js'
import { countBy, type Expectation, isSuccess, type Run, times } from './run.js'

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

/** Misbehaviour in the number and timing of calls. */
export const judgeCalls = (run: Run, expected: Expectation, isFaulted: (entry: Entry) => boolean): Misbehaviour[] => {
  const loop = loginLoop(run.entries)
  return [...(loop ? [loop] : retryStorm(run, expected, isFaulted)), ...ignoredRetryAfter(run.entries, isFaulted)]
}

/** Minimum number of consecutive logins in a loop. */
const minLoop = 4

/** Logins, successful or refused for their credentials, without a successful use between them. */
const loginLoop = (entries: readonly Entry[]): Misbehaviour | undefined => {
  const rows = new Map<string, Entry[]>()
  for (const entry of entries) {
    const product = entry.product ?? ''
    const row = rows.get(product) ?? []
    if (isAnsweredLogin(entry)) rows.set(product, [...row, entry])
    else if (entry.operation !== 'logout' && isSuccess(entry)) {
      if (row.length >= minLoop) break
      rows.set(product, [])
    }
  }
  const row = [...rows.values()].find(({ length }) => length >= minLoop)
  const words = `it logged in ${times(row?.length ?? 0)} in a row without a successful call`
  return row && { name: 'login loop', words, requests: row.map(({ number }) => number) }
}

const isAnsweredLogin = (entry: Entry): boolean =>
  entry.operation === 'login' && (isSuccess(entry) || entry.failure === 'bad-credentials')

const retryStorm = (
  { entries, isFaulted: hasFault }: Run,
  { calls, retries }: Expectation,
  isFaulted: (entry: Entry) => boolean
): Misbehaviour[] => {
  const first = entries.findIndex(isFaulted)
  if (!hasFault) return []
  const before = countBy(entries.slice(0, first + 1))
  const after = entries.slice(first + 1)
  return [...countBy(after)].flatMap(([operation, count]) => {
    const left = Math.max(0, (calls.get(operation) ?? 0) - (before.get(operation) ?? 0))
    if (count - left <= retries * Math.max(1, left)) return []
    const requests = after.filter(entry => operationOf(entry) === operation).map(({ number }) => number)
    const words = `it called ${operation} ${times(count)} after the fault; without one it would have ${left === 0 ? 'not called it again' : `called it ${times(left)}`}`
    return [{ name: 'retry storm', words, requests }]
  })
}

/** Tolerated difference of clocks and timers, in milliseconds. */
const tolerance = 50

const ignoredRetryAfter = (entries: readonly Entry[], isFaulted: (entry: Entry) => boolean): Misbehaviour[] => {
  const limited = entries.find(entry => entry.failure === 'rate-limited' && isFaulted(entry))
  if (!limited) return []
  const again = entries.find(entry => entry.number > limited.number && operationOf(entry) === operationOf(limited))
  const waited = (again?.recordedAt ?? 0) - limited.recordedAt - limited.took
  if (!again || waited >= retryAfter * 1000 - tolerance) return []
  const words = `it received Retry-After: ${retryAfter}, and called ${operationOf(again)} again after ${Math.round(waited)}ms`
  return [{ name: 'ignored Retry-After', words, requests: [limited.number, again.number] }]
}

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
