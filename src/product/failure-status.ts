import type { FailureName } from './failure.js'

const failures: Readonly<Record<number, FailureName>> = {
  400: 'bad-request',
  401: 'no-session',
  403: 'forbidden',
  404: 'not-found',
  405: 'method-not-allowed',
  413: 'too-large',
  429: 'rate-limited',
  500: 'server-error',
  503: 'unavailable'
}

/** The failure with this usual HTTP status. */
export const failureOf = (status: number): FailureName | undefined => failures[status]
