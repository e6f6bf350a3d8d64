import type { Entry } from './entry.js'

/** The fields of an entry that depend on its space. */
export type EntryPlace = Pick<Entry, 'space' | 'secrets' | 'session'>

/** A copy of an entry for another space. */
export const copyEntry = (entry: Entry, place: Partial<EntryPlace>): Entry => ({
  number: entry.number,
  at: entry.at,
  recordedAt: entry.recordedAt,
  space: entry.space,
  secrets: entry.secrets,
  product: entry.product,
  operation: entry.operation,
  isLogin: entry.isLogin,
  login: entry.login,
  token: entry.token,
  session: entry.session,
  sessionData: entry.sessionData,
  method: entry.method,
  url: entry.url,
  httpVersion: entry.httpVersion,
  headers: entry.headers,
  body: entry.body,
  answer: entry.answer,
  fault: entry.fault,
  left: entry.left,
  pretended: entry.pretended,
  rules: entry.rules,
  failure: entry.failure,
  why: entry.why,
  took: entry.took,
  nearest: entry.nearest,
  ...place
})
