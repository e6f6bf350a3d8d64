import type { Session, SessionEnd } from './session.js'

/** The current status of a token. */
export type TokenStatus =
  | { readonly is: 'open'; readonly session: Session }
  | { readonly is: 'ended'; readonly session: Session; readonly end: SessionEnd }
  | { readonly is: 'unknown' }

export const unknownToken: TokenStatus = { is: 'unknown' }

/** The status of a token with this ended session, or without a session. */
export const endedStatus = (session: Session | undefined): TokenStatus =>
  session?.end ? { is: 'ended', session, end: session.end } : unknownToken
