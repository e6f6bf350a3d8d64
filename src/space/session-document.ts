import { defined } from '../base/collections.js'
import { type Policy, Session } from '../session/session-store.js'
import type { PolicyDocument, SessionDocument } from './snapshot-schema.js'

/** A session as JSON, without its product. */
export const sessionDocument = (session: Session): Omit<SessionDocument, 'product'> => ({
  number: session.number,
  ...(session.ordinal > 0 && { ordinal: session.ordinal }),
  token: session.token,
  login: session.login,
  address: session.address,
  openedAt: session.openedAt,
  usedAt: session.usedAt,
  uses: session.uses,
  policy: policyDocument(session.policy),
  ...(session.data && { data: { ...session.data } }),
  ...(session.end && { end: endDocument(session.end) }),
  ...(session.scheduled && { scheduled: endDocument(session.scheduled) })
})

/** Creates a reader of sessions. Consecutive sessions with the same policy share one object. */
export const createSessionReader = () => {
  let last: { readonly document: PolicyDocument; readonly policy: Policy } | undefined
  return (product: string, document: Omit<SessionDocument, 'product'>): Session => {
    if (!last || !isSame(last.document, document.policy))
      last = { document: document.policy, policy: readPolicy(document.policy) }
    return readSession(product, document, last.policy)
  }
}

const isSame = (one: PolicyDocument, other: PolicyDocument): boolean =>
  one.idle === other.idle &&
  one.lifetime === other.lifetime &&
  one.renewed === other.renewed &&
  one.limit === other.limit &&
  one.pinned === other.pinned &&
  one.stateless === other.stateless &&
  one.fixed === other.fixed

/** The session of a document. */
export const readSession = (
  product: string,
  document: Omit<SessionDocument, 'product'>,
  policy = readPolicy(document.policy)
): Session => {
  const { token, login, address, openedAt } = document
  const session = new Session(product, token, login, address, openedAt, policy)
  session.number = document.number
  session.ordinal = document.ordinal ?? 0
  session.usedAt = document.usedAt
  session.uses = document.uses
  session.data = document.data
  session.end = document.end
  session.scheduled = document.scheduled
  return session
}

export const endDocument = ({ cause, at, by, request }: NonNullable<Session['end']>) => ({
  cause,
  at,
  ...defined({ by, request })
})

const policyDocument = ({ idle, lifetime, renewed, limit, pinned, stateless, fixed }: Policy): PolicyDocument => ({
  ...defined({ idle: finite(idle), lifetime: finite(lifetime), limit: finite(limit) }),
  ...(renewed && { renewed }),
  ...(pinned && { pinned }),
  ...(stateless && { stateless }),
  ...(fixed && { fixed })
})

const readPolicy = ({ idle, lifetime, renewed, limit, pinned, stateless, fixed }: PolicyDocument): Policy => ({
  idle: idle ?? Number.POSITIVE_INFINITY,
  lifetime: lifetime ?? Number.POSITIVE_INFINITY,
  renewed: renewed ?? false,
  limit: limit ?? Number.POSITIVE_INFINITY,
  pinned: pinned ?? false,
  ...(stateless && { stateless }),
  ...(fixed && { fixed })
})

/** JSON has no infinite numbers. */
const finite = (value: number): number | undefined => (Number.isFinite(value) ? value : undefined)
