import { failureOf } from '../../../product/failure-status.js'
import { type Guess, words } from './guess.js'

export const fail: Guess = value => {
  if (!/^[1-5]\d\d$/.test(String(value))) return failure(value)
  const named = failureOf(Number(value))
  const also = value === 401 || value === '401' ? ', or bad-credentials at a login' : ''
  return {
    expected: 'the name of a failure',
    remedy: named ? `${value} is ${named}${also}` : `write reply: { status: ${value} } in place of fail`
  }
}

const failure: Guess = value => {
  const meant = failureWords(String(value).replaceAll(/[\s_]/g, '-'))
  return meant && { expected: 'the name of a failure', ...meant }
}

const failureWords = words({
  locked: 'forbidden',
  'account-locked': 'forbidden',
  unauthorized: 'no-session',
  unauthenticated: 'no-session',
  'invalid-token': 'no-session',
  expired: 'expired-session',
  'wrong-password': 'bad-credentials',
  'invalid-credentials': 'bad-credentials',
  error: 'server-error',
  'internal-server-error': 'server-error',
  'service-unavailable': 'unavailable',
  down: 'unavailable',
  maintenance: 'unavailable',
  throttled: 'rate-limited',
  'too-many-requests': 'rate-limited'
})
