import type { Test } from 'tap'
import type { FailureName } from '../../src/product/failure.js'
import type { Driver, Reply, Words } from './driver.js'

/** The status of a failure and a part of its body; an empty text for an empty body. */
export const words = (driver: Driver, by: 'login' | 'use' | 'logout', failure: FailureName): Words => {
  const { refusals, refusalsAtUse, refusalsAtLogout } = driver
  return { login: undefined, use: refusalsAtUse, logout: refusalsAtLogout }[by]?.[failure] ?? refusals[failure]
}

/** Asserts this status, and this part of the body. */
export const isReply = (t: Test, { statusCode, body }: Reply, [status, part]: Words): void => {
  t.equal(statusCode, status)
  if (part === '') t.equal(body, '')
  else t.ok(body.includes(part), `${part} is in ${body}`)
}
