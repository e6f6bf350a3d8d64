import { defined } from '../base/collections.js'
import { eachInSlices, type Slices } from '../base/slices.js'
import type { Answer } from '../http/response.js'
import type { Entry } from '../journal/entry.js'
import type { Why } from '../product/failure.js'
import type { Session } from '../session/session-store.js'
import { readSession, sessionDocument } from './session-document.js'
import type { RowDocument } from './snapshot-schema.js'

/** An entry as JSON, without loss. `isListed`: the document lists the session, so that the row has only its number. */
export const rowDocument = (entry: Entry, isListed: (session: Session) => boolean): RowDocument => {
  const { session, why, rules } = entry
  return {
    number: entry.number,
    at: entry.at,
    recordedAt: entry.recordedAt,
    took: entry.took,
    ...defined({
      product: entry.product,
      operation: entry.operation,
      login: entry.login,
      token: entry.token,
      sessionData: entry.sessionData && { ...entry.sessionData },
      body: entry.body,
      fault: entry.fault,
      failure: entry.failure,
      nearest: entry.nearest,
      why: why && whyDocument(why),
      session: session && (isListed(session) ? session.number : wholeSession(session))
    }),
    method: entry.method,
    url: entry.url,
    httpVersion: entry.httpVersion,
    headers: [...entry.headers],
    answer: answerDocument(entry.answer),
    ...(entry.isLogin && { isLogin: true }),
    ...(entry.left && { left: true }),
    ...(entry.pretended && { pretended: true }),
    ...(rules.length > 0 && { rules: rules.map(({ number, title, sentence }) => ({ number, title, sentence })) })
  }
}

/** The entry of a row; `sessionOf` finds its session. Its space and secrets are set by the space that restores it. */
export const readRow = (
  row: RowDocument,
  sessionOf: (session: NonNullable<RowDocument['session']>) => Session | undefined
): Entry => ({
  number: row.number,
  at: row.at,
  recordedAt: row.recordedAt,
  space: '',
  product: row.product,
  operation: row.operation,
  isLogin: row.isLogin ?? false,
  login: row.login,
  token: row.token,
  session: row.session === undefined ? undefined : sessionOf(row.session),
  sessionData: row.sessionData,
  method: row.method,
  url: row.url,
  httpVersion: row.httpVersion,
  headers: row.headers,
  body: row.body,
  answer: row.answer,
  fault: row.fault,
  left: row.left ?? false,
  pretended: row.pretended ?? false,
  rules: row.rules ?? [],
  failure: row.failure,
  why: row.why as Why | undefined,
  took: row.took,
  nearest: row.nearest
})

/** Finds the sessions of rows: listed ones by their numbers; rows with the same unlisted session share one object. */
export const createSessionLookup = async (
  listed: Iterable<Session>,
  slices: Slices
): Promise<(session: NonNullable<RowDocument['session']>) => Session | undefined> => {
  const known = new Map<number, Session>()
  await eachInSlices(listed, slices, session => known.set(session.number, session))
  return session => {
    if (typeof session === 'number') return known.get(session)
    const before = session.number === 0 ? undefined : known.get(session.number)
    const found = before ?? readSession(session.product, session)
    if (session.number !== 0) known.set(session.number, found)
    return found
  }
}

const wholeSession = (session: Session) => ({ product: session.product, ...sessionDocument(session) })

const answerDocument = ({ status, headers, always, body }: Answer): RowDocument['answer'] => ({
  status,
  headers: Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, typeof value === 'string' ? value : [...value]])
  ),
  ...defined({ always: always && { ...always }, body })
})

/** Infinite values are left out, as JSON has no number for them. */
const whyDocument = ({ reason, at, ...facts }: Why): NonNullable<RowDocument['why']> => ({
  reason,
  ...defined({ at }),
  ...Object.fromEntries(Object.entries(facts).filter(([, fact]) => typeof fact === 'string' || Number.isFinite(fact)))
})
