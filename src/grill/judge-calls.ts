import type { Entry } from '../journal/entry.js'
import type { Misbehaviour } from './misbehaviour.js'
import { operationOf } from './place.js'
import { retryAfter } from './place-fault.js'
import { countBy, type Expectation, isSuccess, type Run, times } from './run.js'

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
